import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { acceptHandover, handoverList, passHandover } from '../../api/owners.ts';
import { useRows } from '../../api/pages.ts';
import type { Item } from '../../api/shapes/of-contract.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { NameDialog } from './name-dialog.tsx';

type Handover = Item<'handovers.list'>;

const WHY: Readonly<Record<string, string>> = {
  left: 'has left',
  leave: 'is on leave',
  suspended: 'is suspended',
  offered: 'asks for it',
};
const isOpen = ({ state }: Handover): boolean => state === 'open' || state === 'lapsed';

/** What was handed over and nobody has accepted yet: to one person, or (for those who run Reeve) to anybody. */
export const Handovers = ({ of }: { readonly of: string | undefined }) => {
  const [passing, setPassing] = useState<Handover>();
  const accept = useAct({
    run: ({ id }: Handover) => acceptHandover(id),
    stales: ['handovers', 'identities'],
    done: (_, { identityName }) => `You answer for ${identityName} now`,
  });
  const ask = (handover: Handover): void =>
    void confirm({
      title: `Answer for ${handover.identityName}?`,
      text: 'You are accountable for what it does and for how long it is here, until somebody else accepts it.',
      action: 'Accept it',
    }).then((answer) => (answer === undefined ? undefined : accept.mutate(handover)));
  return (
    <>
      <Loaded list={useRows(handoverList(of === undefined ? {} : { actingId: of }))}>
        {(handovers) => (
          <PlainTable
            label="Handed over"
            rows={handovers.filter(isOpen)}
            rowId={(handover) => handover.id}
            empty="Nothing waits for somebody to answer for it."
            columns={[
              {
                id: 'what',
                header: 'What',
                title: true,
                cell: (handover) => (
                  <Link to="/identities/$id" params={{ id: handover.identityId }}>
                    {handover.identityName}
                  </Link>
                ),
              },
              { id: 'kind', header: 'Kind', cell: (handover) => handover.kind },
              {
                id: 'from',
                header: 'Because',
                cell: (handover) => `${handover.fromName} ${WHY[handover.because] ?? handover.because}`,
              },
              {
                id: 'acting',
                header: 'Asked',
                cell: (handover) => handover.actingName ?? 'administrators',
              },
              {
                id: 'due',
                header: 'By',
                cell: (handover) =>
                  handover.state === 'lapsed' ? (
                    <StateBadge tone="bad">suspended, nobody accepted</StateBadge>
                  ) : (
                    <TimeAgo at={handover.dueAt} />
                  ),
              },
              {
                id: 'actions',
                header: 'Actions',
                cell: (handover) => (
                  <span className="row">
                    {of === undefined && handover.actingId !== null ? null : (
                      <Button
                        variant="subtle"
                        size="compact-xs"
                        aria-label={`Accept ${handover.identityName}`}
                        onClick={() => ask(handover)}
                      >
                        Accept…
                      </Button>
                    )}
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      aria-label={`Name somebody else for ${handover.identityName}`}
                      onClick={() => setPassing(handover)}
                    >
                      Name somebody else…
                    </Button>
                  </span>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      {passing === undefined ? null : (
        <NameDialog
          name={passing.identityName}
          text="They answer for it for the time being and are asked to accept it. The day by which stays."
          run={(to, because) => passHandover(passing.id, to, because)}
          onClose={() => setPassing(undefined)}
        />
      )}
    </>
  );
};
