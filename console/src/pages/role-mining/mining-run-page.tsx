import { Button, Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { cancelMining, miningRunQuery, outlierList } from '../../api/role-mining.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Loaded } from '../../ui/feedback/loaded.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { IdentityName } from '../identities/identity-name.tsx';
import { Candidates } from './candidates.tsx';
import { asked, TONES } from './run-words.ts';

const route = getRouteApi('/shell/role-mining/$id');

/** One look for roles: how far it is, what it proposes, and who stands out. */
export const MiningRunPage = () => {
  const { id } = route.useParams();
  const me = useMe();
  const query = useQuery(miningRunQuery(id));
  const cancel = useAct({
    run: () => cancelMining(id),
    stales: ['role-mining'],
    done: () => 'Stopped; it finds nothing',
  });
  if (query.isPending) return <Waiting />;
  const run = query.data;
  if (run === undefined) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  const underWay = run.state === 'waiting' || run.state === 'running';
  return (
    <Page
      title={`Roles for ${asked(run)}`}
      crumbs={<Link to="/role-mining">Role mining</Link>}
      actions={
        underWay && can(me, 'role_mining.cancel') ? (
          <Button size="sm" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
            Stop
          </Button>
        ) : null
      }
    >
      <Facts
        of={[
          [
            'State',
            <StateBadge key="state" tone={TONES[run.state] ?? 'info'}>
              {run.state}
            </StateBadge>,
          ],
          ['Doing', run.doing ?? undefined],
          ['Failed because', run.problem ?? undefined],
          ['People', run.people === null ? undefined : String(run.people)],
          ['Entitlements', run.entitlements === null ? undefined : String(run.entitlements)],
          [
            'Covered',
            run.covered === null || run.assignments === null
              ? undefined
              : `${String(run.covered)} of ${String(run.assignments)} direct grants`,
          ],
          ['Fewest roles there can be', run.atLeast === null ? undefined : String(run.atLeast)],
          ['Seed', String(run.seed)],
        ]}
      />
      {underWay ? <Progress value={run.progress} aria-label="How far it is" /> : null}
      {run.state === 'done' ? (
        <>
          <Section title="Candidate roles">
            <Candidates runId={id} />
          </Section>
          <Section title="Who stands out">
            <Outliers runId={id} />
          </Section>
        </>
      ) : null}
    </Page>
  );
};

const Outliers = ({ runId }: { readonly runId: string }) => {
  const list = useRows(outlierList(runId));
  return (
    <Loaded list={list}>
      {(rows) => (
        <PlainTable
          label="Who stands out"
          rows={rows}
          rowId={(row) => String(row.rank)}
          empty="Nobody."
          columns={[
            { id: 'rank', header: 'Rank', right: true, cell: (row) => row.rank },
            { id: 'who', header: 'Person', title: true, cell: (row) => <IdentityName id={row.identity.id} /> },
            { id: 'score', header: 'Score', right: true, cell: (row) => row.score.toFixed(1) },
            {
              id: 'because',
              header: 'Because of',
              cell: (row) =>
                row.because
                  .slice(0, 4)
                  .map(
                    ({ entitlement, likeThem }) =>
                      `${entitlement.name} (${String(likeThem.held)} of ${String(likeThem.of)} like them)`,
                  )
                  .join(', '),
            },
          ]}
        />
      )}
    </Loaded>
  );
};
