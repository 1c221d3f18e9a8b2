import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { cancelRun, resumeRun, runList, type RotationRun } from '../../api/rotations.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { toneOf } from './rotation-words.ts';
import { StartRun } from './start-run.tsx';

const total = (row: RotationRun): number => row.planned + row.underWay + row.done + row.failed + row.cancelled;

const columns: readonly Column<RotationRun>[] = [
  { id: 'why', header: 'Why', title: true, cell: (row) => row.because },
  {
    id: 'state',
    header: 'State',
    width: '8rem',
    cell: (row) => <StateBadge tone={toneOf(row.state)}>{row.state}</StateBadge>,
  },
  {
    id: 'wave',
    header: 'Wave',
    width: '6rem',
    right: true,
    cell: (row) => `${String(row.releasedTo + 1)} of ${String(row.lastWave + 1)}`,
  },
  {
    id: 'done',
    header: 'Done',
    width: '6rem',
    right: true,
    cell: (row) => `${String(row.done)} of ${String(total(row))}`,
  },
  { id: 'failed', header: 'Failed', width: '5rem', right: true, cell: (row) => row.failed },
  { id: 'at', header: 'Planned', width: '8rem', minor: true, cell: (row) => <TimeAgo at={row.plannedAt} /> },
];

/** Rotations of many accounts: in waves, a canary first, stopped when too many fail. */
export const RunsPage = () => {
  const me = useMe();
  const [search, setSearch] = useListSearch();
  const [starting, setStarting] = useState(false);
  const list = useRows(runList());
  const resume = useAct({ run: resumeRun, stales: ['rotation-runs'], done: () => 'It goes on' });
  const cancel = useAct({ run: cancelRun, stales: ['rotation-runs', 'rotations'], done: () => 'Cancelled' });
  const may = can(me, 'rotation_run.manage');
  const commands: readonly Command<RotationRun>[] = [
    {
      id: 'resume',
      label: 'Go on',
      keys: 'e',
      primary: true,
      when: (row) => may && row.state === 'stopped',
      run: ([row]) => (row === undefined ? undefined : resume.mutate(row.id)),
    },
    {
      id: 'cancel',
      label: 'Cancel…',
      danger: true,
      when: (row) => may && row.endedAt === null,
      run: ([row]) =>
        row === undefined
          ? undefined
          : void confirm({
              title: 'Cancel what was not begun?',
              text: `${String(row.planned)} are planned and would not be rotated. What is under way goes to its end.`,
              action: 'Cancel the rest',
              danger: true,
            }).then((answer) => (answer === undefined ? undefined : cancel.mutate(row.id))),
    },
  ];
  return (
    <Page
      fill
      title="Many at once"
      lead="Rotations of many accounts go in waves. None of the canary may fail; too many in one run wait in Changes for another person."
      crumbs={<Link to="/rotations">Rotations</Link>}
      actions={may ? <Button onClick={() => setStarting(true)}>Rotate many…</Button> : undefined}
    >
      <ListView
        label="Rotations of many"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => row.because}
        facets={{}}
        search={search}
        onSearch={setSearch}
        commands={commands}
        detail={(row) => (
          <Facts
            of={[
              ['State', row.state],
              ['Problem', row.problem ?? undefined],
              ['Canary', row.canary === 0 ? 'none' : String(row.canary)],
              ['Each wave', String(row.waveSize)],
              ['May fail', String(row.mayFail)],
              ['Incident', row.incident ? 'yes: live sessions end' : undefined],
              [
                'Window',
                row.window === null ? undefined : `${row.window.from} to ${row.window.to}, ${row.window.timeZone}`,
              ],
              ['Under way', String(row.underWay)],
              ['Planned', String(row.planned)],
              ['Cancelled', row.cancelled === 0 ? undefined : String(row.cancelled)],
            ]}
          />
        )}
        empty={{
          title: 'Nothing was rotated in waves yet',
          text: 'Start with one system, and a canary of one account.',
        }}
        cli="reeve rotate runs"
      />
      <StartRun opened={starting} onClose={() => setStarting(false)} />
    </Page>
  );
};
