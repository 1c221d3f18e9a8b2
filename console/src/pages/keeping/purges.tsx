import { Button, Group } from '@mantine/core';
import { judgePurge } from '../../api/keeping.ts';
import { can, useMe } from '../../api/me.ts';
import type { RecordingPurge } from '../../api/shapes/guard.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { PlainTable } from '../../ui/table/plain-table.tsx';

const words = { held: 'waits for a yes', going: 'goes on', done: 'done', declined: 'declined' } as const;

/** The runs that took recordings away, and one that waits for somebody to say yes. */
export const Purges = ({ purges }: { readonly purges: readonly RecordingPurge[] }) => {
  const me = useMe();
  const judge = useAct({
    run: judgePurge,
    stales: ['keeping'],
    done: (_, { how }) => (how === 'accept' ? 'They are taken away now' : 'Nothing of it is taken away'),
  });
  const ask = (row: RecordingPurge, how: 'accept' | 'decline'): void =>
    void confirm({
      title: how === 'accept' ? `Take ${row.counted.toLocaleString('en')} recordings away?` : 'Take none of them away?',
      text:
        how === 'accept'
          ? 'With their keys and what they are found by. Nothing brings them back but a backup from before.'
          : 'The next run counts anew.',
      action: how === 'accept' ? 'Take away' : 'Decline',
      danger: how === 'accept',
      reason: 'required',
    }).then((answer) => (answer === undefined ? undefined : judge.mutate({ id: row.id, how, because: answer.reason })));
  const columns: readonly Column<RecordingPurge>[] = [
    { id: 'at', header: 'Planned', title: true, cell: (row) => <TimeAgo at={row.asOf} /> },
    {
      id: 'state',
      header: 'State',
      cell: (row) => <StateBadge tone={row.state === 'held' ? 'wait' : 'quiet'}>{words[row.state]}</StateBadge>,
    },
    { id: 'n', header: 'Due', right: true, cell: (row) => row.counted.toLocaleString('en') },
    { id: 'purged', header: 'Purged', right: true, cell: (row) => row.purged.toLocaleString('en') },
    { id: 'why', header: 'Because', cell: (row) => row.because ?? '' },
    {
      id: 'act',
      header: '',
      right: true,
      cell: (row) =>
        row.state === 'held' && can(me, 'recording_purge.judge') ? (
          <Group gap="xs" justify="flex-end" wrap="nowrap">
            <Button size="compact-xs" variant="default" onClick={() => ask(row, 'decline')}>
              Decline…
            </Button>
            <Button size="compact-xs" color="red" onClick={() => ask(row, 'accept')}>
              Take away…
            </Button>
          </Group>
        ) : null,
    },
  ];
  return (
    <PlainTable
      label="Purges"
      rows={purges}
      columns={columns}
      rowId={(row) => row.id}
      empty="No run took anything away."
    />
  );
};
