import { Button } from '@mantine/core';
import { askToLiftHold, liftHold } from '../../api/keeping.ts';
import { can, useMe } from '../../api/me.ts';
import type { RecordingHold } from '../../api/shapes/guard.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { PlainTable } from '../../ui/table/plain-table.tsx';

/** What is held, and why; one asks for a hold to be lifted, another agrees. */
export const Holds = ({ holds }: { readonly holds: readonly RecordingHold[] }) => {
  const me = useMe();
  const ask = useAct({
    run: askToLiftHold,
    stales: ['keeping'],
    done: () => 'Somebody else has to agree; until then it holds',
  });
  const lift = useAct({ run: liftHold, stales: ['keeping'], done: () => 'Hold lifted' });
  const askFor = (hold: RecordingHold): void =>
    void confirm({
      title: `Ask for the hold on ${hold.onName} to be lifted?`,
      text: `It was placed because: ${hold.reason}. Somebody else has to agree.`,
      action: 'Ask',
      reason: 'required',
    }).then((answer) => (answer === undefined ? undefined : ask.mutate({ id: hold.id, because: answer.reason })));
  const agree = (hold: RecordingHold): void =>
    void confirm({
      title: `Lift the hold on ${hold.onName}?`,
      text: `It was placed because: ${hold.reason}. It is to be lifted because: ${hold.liftBecause ?? ''}`,
      action: 'Lift',
      danger: true,
    }).then((answer) => (answer === undefined ? undefined : lift.mutate(hold.id)));
  const columns: readonly Column<RecordingHold>[] = [
    { id: 'on', header: 'On', title: true, cell: (row) => `${row.scope} ${row.onName}` },
    { id: 'why', header: 'Because', cell: (row) => row.reason },
    { id: 'since', header: 'Since', cell: (row) => <TimeAgo at={row.placedAt} /> },
    {
      id: 'state',
      header: 'State',
      cell: (row) =>
        row.liftAskedBy === null ? (
          <StateBadge tone="good">holds</StateBadge>
        ) : (
          <StateBadge tone="wait">{`holds; to be lifted: ${row.liftBecause ?? ''}`}</StateBadge>
        ),
    },
    {
      id: 'act',
      header: '',
      right: true,
      cell: (row) =>
        !can(me, 'recording_hold.lift') ? null : row.liftAskedBy === null || row.liftAskedBy === me.id ? (
          <Button size="compact-xs" variant="default" onClick={() => askFor(row)}>
            Ask to lift…
          </Button>
        ) : (
          <Button size="compact-xs" variant="default" onClick={() => agree(row)}>
            Agree…
          </Button>
        ),
    },
  ];
  return <PlainTable label="Holds" rows={holds} columns={columns} rowId={(row) => row.id} empty="Nothing is held." />;
};
