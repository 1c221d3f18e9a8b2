import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keepingQuery, removeRecordingClass } from '../../api/keeping.ts';
import { can, useMe } from '../../api/me.ts';
import type { RecordingClass } from '../../api/shapes/guard.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column } from '../../ui/table/column.ts';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { ClassDialog } from './class-dialog.tsx';
import { HoldDialog } from './hold-dialog.tsx';
import { Holds } from './holds.tsx';
import { Purges } from './purges.tsx';

const of = ({ protocol, systemIds }: RecordingClass): string =>
  [
    protocol === null ? 'any protocol' : protocol,
    systemIds.length === 0
      ? 'any system'
      : systemIds.length === 1
        ? 'one system'
        : `${String(systemIds.length)} systems`,
  ].join(', ');

/** How long recordings are kept, what holds them longer, and what is to be taken away. */
export const KeepingPage = () => {
  const me = useMe();
  const keeping = useQuery(keepingQuery);
  const [open, setOpen] = useState<'class' | 'hold'>();
  const remove = useAct({
    run: removeRecordingClass,
    stales: ['keeping'],
    done: ({ name }) => `Class ${name} is gone`,
  });
  const columns: readonly Column<RecordingClass>[] = [
    { id: 'name', header: 'Class', title: true, cell: (row) => row.name },
    { id: 'of', header: 'Of', cell: of },
    { id: 'days', header: 'Kept', cell: (row) => (row.days === null ? 'for good' : `${String(row.days)} days`) },
    {
      id: 'from',
      header: 'Counts',
      cell: (row) =>
        new Date(row.countsFrom) > new Date() ? (
          <>
            from <TimeAgo at={row.countsFrom} />
          </>
        ) : (
          'now'
        ),
    },
    {
      id: 'act',
      header: '',
      right: true,
      cell: (row) =>
        can(me, 'recording_class.remove') ? (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() =>
              void confirm({
                title: `Remove class ${row.name}?`,
                text: 'Its recordings are of the next class that fits, or kept for good. No class purges anything for seven days.',
                action: 'Remove',
                danger: true,
              }).then((answer) => (answer === undefined ? undefined : remove.mutate(row.name)))
            }
          >
            Remove…
          </Button>
        ) : null,
    },
  ];
  if (keeping.error !== null && keeping.data === undefined)
    return <Failed error={keeping.error} onRetry={() => void keeping.refetch()} />;
  if (keeping.data === undefined) return <Waiting />;
  const { classes, holds, due, purges } = keeping.data;
  return (
    <Page
      title="Keeping recordings"
      lead="A recording of no class is kept for good. What is held is not purged, whatever its class says."
      actions={
        <Group gap="xs">
          {can(me, 'recording_class.put') ? (
            <Button variant="default" onClick={() => setOpen('class')}>
              Class…
            </Button>
          ) : null}
          {can(me, 'recording_hold.place') ? <Button onClick={() => setOpen('hold')}>Hold…</Button> : null}
        </Group>
      }
    >
      <Section title="Holds">
        <Holds holds={holds} />
      </Section>
      <Section title="Classes">
        <PlainTable
          label="Classes"
          rows={classes}
          columns={columns}
          rowId={(row) => row.id}
          empty="Every recording is kept for good."
        />
      </Section>
      <Section title="Purges">
        <p className="small">
          {due.length === 0
            ? 'Nothing is due.'
            : `The next run takes away ${due.map((one) => `${one.recordings.toLocaleString('en')} of ${one.class}`).join(', ')}.`}
        </p>
        <Purges purges={purges} />
      </Section>
      {open === 'class' ? <ClassDialog onClose={() => setOpen(undefined)} /> : null}
      {open === 'hold' ? <HoldDialog onClose={() => setOpen(undefined)} /> : null}
    </Page>
  );
};
