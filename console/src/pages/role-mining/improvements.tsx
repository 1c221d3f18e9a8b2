import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import {
  cancelImprovements,
  draftImprovement,
  improvementsQuery,
  lookAtVersion,
  startImprovements,
  type Improvement,
} from '../../api/roles.ts';
import type { Out } from '../../api/shapes/of-contract.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';

const WORDS: Readonly<Record<Improvement['because'], string>> = {
  gives_nothing: 'It gives nothing',
  held_by_nobody: 'Nobody has it',
  redundant: 'Whoever has it has all of it by other roles',
  unused: 'Nobody who has it used it in 90 days',
  unseen: 'No session rested on it in 90 days; other use is not known',
  same_access: 'They give the same',
  same_people: 'The same people have both',
  overlap: 'They give almost the same',
  contained: 'All the first gives is in the second too',
  seldom_used: 'Few used part of it: better asked for when needed',
};
const DRAFTS: Readonly<Record<Improvement['kind'], string>> = {
  retire: 'Draft without content',
  merge: 'Draft as one',
  nest: 'Draft one in the other',
  split: 'Draft two roles',
};

/** What could be better about the roles there are, with the use behind it. A draft changes nothing until it is published. */
export const Improvements = () => {
  const me = useMe();
  const navigate = useNavigate();
  const query = useQuery(improvementsQuery());
  const draft = useAct({
    run: async (row: Improvement) => {
      const { versions } = await draftImprovement(row);
      for (const { id } of versions) await lookAtVersion(id);
      return versions[0];
    },
    stales: ['roles'],
    done: () => 'Drafted; nothing is changed',
    after: (made) =>
      made === undefined ? undefined : void navigate({ to: '/role-versions/$id', params: { id: made.id } }),
  });
  if (query.isPending) return <Waiting />;
  if (query.data === undefined) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Stack gap="sm">
      <Looks run={query.data.run} mayStart={can(me, 'role_improvement.start')} />
      <PlainTable
        label="What could be better"
        rows={query.data.items}
        rowId={(row) => `${row.kind} ${row.because} ${row.role.id} ${row.other?.id ?? ''}`}
        empty="Nothing was found."
        columns={[
          {
            id: 'roles',
            header: 'Roles',
            title: true,
            cell: (row) =>
              [row.role, ...(row.other === null ? [] : [row.other])].map((role) => (
                <div key={role.id} style={{ lineHeight: '1.75rem', whiteSpace: 'nowrap' }}>
                  <Link to="/roles/$id" params={{ id: role.id }} style={{ display: 'inline-block' }}>
                    {role.name}
                  </Link>
                </div>
              )),
          },
          {
            id: 'why',
            header: 'Why',
            cell: (row) => (
              <Stack gap={0}>
                <span>{WORDS[row.because]}</span>
                {row.onDemand.length > 0 && (
                  <Text size="xs" c="dimmed">
                    {row.onDemand.map((e) => e.name).join(', ')}
                  </Text>
                )}
              </Stack>
            ),
          },
          { id: 'people', header: 'People', right: true, cell: (row) => row.people },
          { id: 'coverage', header: 'Stays', right: true, cell: (row) => row.coverage },
          { id: 'extra', header: 'Extra', right: true, cell: (row) => row.extra },
          { id: 'lost', header: 'Goes', right: true, cell: (row) => row.lost },
          { id: 'found', header: 'Found again', right: true, cell: (row) => `${Math.round(row.stability * 100)} %` },
          {
            id: 'use',
            header: 'Use of the first',
            cell: (row) => `${row.sessions} sessions · ${row.used} used, ${row.unused} unused, ${row.unknown} unknown`,
          },
          {
            id: 'do',
            header: 'Do',
            cell: (row) =>
              can(me, 'role_version.draft') ? (
                <Button size="compact-xs" variant="default" onClick={() => draft.mutate(row)}>
                  {DRAFTS[row.kind]}
                </Button>
              ) : null,
          },
        ]}
      />
    </Stack>
  );
};

type Run = NonNullable<Out<'roleImprovements.list'>['run']>;

/** The newest look: how far it is, or when it was, and another. */
const Looks = ({ run, mayStart }: { readonly run: Run | null; readonly mayStart: boolean }) => {
  const stales = ['roles'];
  const start = useAct({ run: startImprovements, stales, quiet: true });
  const cancel = useAct({ run: (id: string) => cancelImprovements(id), stales, done: () => 'Stopped' });
  const underWay = run?.state === 'waiting' || run?.state === 'running';
  return (
    <Group gap="sm">
      {run !== null && underWay ? (
        <>
          <Progress w={200} value={Math.max(3, run.progress)} aria-label="How far the look is" />
          <Button size="compact-sm" variant="default" onClick={() => cancel.mutate(run.id)}>
            Stop
          </Button>
        </>
      ) : (
        <>
          {mayStart ? (
            <Button
              size="compact-sm"
              variant="default"
              loading={start.isPending}
              onClick={() => start.mutate(undefined)}
            >
              Look now
            </Button>
          ) : null}
          <Text size="sm" c="dimmed">
            {run === null ? 'Nobody looked yet.' : (run.problem ?? <LookedAt run={run} />)}
          </Text>
        </>
      )}
    </Group>
  );
};

const LookedAt = ({ run }: { readonly run: Run }) => (
  <>
    {run.state === 'cancelled' ? 'The last look was stopped ' : 'Looked '}
    <TimeAgo at={run.settledAt ?? run.askedAt} />
  </>
);
