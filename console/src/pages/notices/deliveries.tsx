import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { deliveryList, sendAgain } from '../../api/notices.ts';
import { useRows } from '../../api/pages.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Problem } from '../../ui/feedback/states.tsx';
import { Section } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

const STATES = { waiting: 'waits', delivered: 'delivered', not_delivered: 'not delivered' } as const;
type State = keyof typeof STATES;
const isState = (value: string): value is State => value in STATES;

/** What was sent to receivers, and what was not and why. */
export const Deliveries = () => {
  const [state, setState] = useState<State>();
  const list = useRows(deliveryList(state));
  const again = useAct({ run: sendAgain, stales: ['webhook-deliveries'], done: () => 'It is sent again' });
  return (
    <Section
      title="Deliveries"
      aside={
        <NativeSelect
          aria-label="State"
          value={state ?? ''}
          data={[
            { value: '', label: 'All' },
            ...Object.entries(STATES).map(([value, label]) => ({
              value,
              label: `Only what ${value === 'waiting' ? label : `was ${label}`}`,
            })),
          ]}
          onChange={(event) => setState(isState(event.currentTarget.value) ? event.currentTarget.value : undefined)}
        />
      }
    >
      <Problem error={list.error} />
      <PlainTable
        label="Deliveries"
        rows={list.rows}
        rowId={({ id }) => id}
        empty="Nothing was sent."
        columns={[
          { id: 'event', header: 'Event', title: true, cell: (row) => <span className="mono">{row.eventType}</span> },
          { id: 'to', header: 'To', cell: (row) => row.webhookName },
          { id: 'state', header: 'State', cell: (row) => STATES[row.state] },
          { id: 'tries', header: 'Tries', right: true, cell: (row) => String(row.attempts) },
          { id: 'why', header: 'Why', cell: (row) => row.because ?? '' },
          { id: 'at', header: 'Since', cell: (row) => <TimeAgo at={row.wantedAt} /> },
          {
            id: 'act',
            header: 'Actions',
            cell: (row) =>
              row.state === 'not_delivered' ? (
                <Button
                  variant="subtle"
                  size="compact-xs"
                  aria-label={`Send ${row.eventType} to ${row.webhookName} again`}
                  onClick={() => again.mutate(row.id)}
                >
                  Send again
                </Button>
              ) : null,
          },
        ]}
      />
      {list.hasMore ? (
        <Button variant="default" size="compact-sm" loading={list.loadingMore} onClick={list.more}>
          Show more
        </Button>
      ) : null}
    </Section>
  );
};
