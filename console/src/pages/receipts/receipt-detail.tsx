import { useQuery } from '@tanstack/react-query';
import { receiptQuery } from '../../api/lifecycle.ts';
import type { Out } from '../../api/shapes/of-contract.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { IdentityName } from '../identities/identity-name.tsx';

type ItemOf = Out<'receipts.show'>['items'][number];

const came = (item: ItemOf) => {
  if (item.provenAt !== null)
    return (
      <>
        proven on the target <TimeAgo at={item.provenAt} />
      </>
    );
  if (item.doneAt !== null)
    return (
      <>
        done <TimeAgo at={item.doneAt} />
        {item.problem === null ? null : `: ${item.problem}`}
      </>
    );
  if (item.problem !== null) return `not yet: ${item.problem}`;
  if (item.dueAt === null) return 'kept';
  return (
    <>
      due <TimeAgo at={item.dueAt} />
    </>
  );
};

/** Everything that followed for one person, and when each was due, done and proven. */
export const ReceiptDetail = ({ id }: { readonly id: string }) => {
  const receipt = useQuery(receiptQuery(id));
  if (receipt.error !== null && receipt.data === undefined)
    return <Failed error={receipt.error} onRetry={() => void receipt.refetch()} />;
  if (receipt.data === undefined) return <Waiting />;
  const { data } = receipt;
  return (
    <div className="stack">
      <Facts
        of={[
          ['Who', <IdentityName key="who" id={data.identityId} />],
          ['What', data.what],
          ['Because', data.because],
          ['Effective', <TimeAgo key="effective" at={data.effectiveAt} />],
          ['Carried out', <TimeAgo key="at" at={data.at} />],
        ]}
      />
      <PlainTable
        label="What followed"
        rows={data.items}
        rowId={(item) => `${item.what} ${item.subjectId}`}
        empty="Nothing had to follow."
        columns={[
          { id: 'what', header: 'What', cell: (item) => item.what.replaceAll('_', ' ') },
          { id: 'name', header: 'Which', title: true, cell: (item) => item.name },
          { id: 'came', header: 'Came to', cell: came },
        ]}
      />
    </div>
  );
};
