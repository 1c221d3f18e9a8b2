import { finishLeaving, receiptList } from '../../api/lifecycle.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import type { Item } from '../../api/shapes/of-contract.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { ReceiptDetail } from './receipt-detail.tsx';

type Receipt = Item<'receipts.list'>;

const facets = { what: { label: 'What', values: ['joined', 'moved', 'left', 'returned', 'away', 'back'] } };

const columns: readonly Column<Receipt>[] = [
  { id: 'who', header: 'Who', title: true, cell: (row) => row.identityName ?? row.identityId },
  { id: 'what', header: 'What', width: '8rem', cell: (row) => row.what },
  { id: 'because', minor: true, header: 'Because', width: '30%', cell: (row) => row.because },
  {
    id: 'open',
    header: 'State',
    width: '9rem',
    cell: (row) =>
      row.open === 0 ? (
        <StateBadge tone="good">all done</StateBadge>
      ) : (
        <StateBadge tone="wait">{`${String(row.open)} open`}</StateBadge>
      ),
  },
  { id: 'effective', minor: true, header: 'Effective', width: '8rem', cell: (row) => <TimeAgo at={row.effectiveAt} /> },
  { id: 'at', header: 'Carried out', width: '8rem', cell: (row) => <TimeAgo at={row.at} /> },
];

/** Joiners, movers and leavers, and proof of all that followed for each. */
export const ReceiptsPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(receiptList(filters));
  const shown = words.toLowerCase();
  const rows = list.rows.filter((row) => `${row.identityName ?? ''} ${row.because}`.toLowerCase().includes(shown));
  const finish = useAct({
    run: ({ id, because }: { id: string; because: string }) => finishLeaving(id, because),
    stales: ['receipts', 'identities', 'accounts'],
    done: () => 'Whatever they still have is ended and locked now',
  });
  const commands: readonly Command<Receipt>[] = [
    {
      id: 'finish',
      label: 'End what is left…',
      keys: 'r',
      danger: true,
      when: (row) => row.what === 'left' && row.open > 0 && can(me, 'leaver.finish'),
      run: ([row]) =>
        void confirm({
          title: `End whatever ${row?.identityName ?? 'this person'} still has?`,
          text: 'Every grant, session and sign-in ends, and every account is locked, also those found since.',
          action: 'End it',
          danger: true,
          reason: 'required',
        }).then((answer) =>
          answer === undefined || row === undefined
            ? undefined
            : finish.mutate({ id: row.identityId, because: answer.reason }),
        ),
    },
  ];
  return (
    <Page fill title="Joiners and leavers" lead="Who came, moved and left, and what followed for each, item by item.">
      <ListView
        label="Receipts"
        list={{ ...list, rows }}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.identityName ?? row.identityId} ${row.what}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => <ReceiptDetail key={row.id} id={row.id} />}
        empty={{
          title: 'Nobody came, moved or left yet',
          text: 'Deliveries of people sources and dates that come leave a receipt here for everybody they touch.',
        }}
        cli={`reeve receipts ls${filters['what'] === undefined ? '' : ` --what ${filters['what']}`}`}
      />
    </Page>
  );
};
