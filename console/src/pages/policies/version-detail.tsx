import { Button, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { can, useMe } from '../../api/me.ts';
import { dryRunPolicies, policyVersionQuery, publishPolicies } from '../../api/policies.ts';
import type { PolicyVersion } from '../../api/shapes/platform.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Failed, Problem, Waiting } from '../../ui/feedback/states.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { DryRunResult } from './dry-run-result.tsx';
import s from './policies.module.css';

/** A draft is replayed against the decisions that were really made before it may decide anything. */
const TryDraft = ({ version }: { readonly version: PolicyVersion }) => {
  const me = useMe();
  const dryRun = useMutation({ mutationFn: () => dryRunPolicies(version.id) });
  const publish = useAct({
    run: () => publishPolicies(version.id),
    stales: ['policies', 'me'],
    done: () => `${version.name} decides from now on`,
  });
  if (version.state !== 'draft') return null;
  return (
    <section className="stack">
      <Group gap="xs">
        <Button variant="default" loading={dryRun.isPending} onClick={() => dryRun.mutate()}>
          Dry run on real decisions
        </Button>
        {can(me, 'policy.publish') ? (
          <Button
            disabled={dryRun.data === undefined}
            title={dryRun.data === undefined ? 'See what it would change first' : undefined}
            loading={publish.isPending}
            onClick={() =>
              void confirm({
                title: `Publish ${version.name}?`,
                text: `${String(dryRun.data?.gained ?? 0)} decisions would turn to yes, ${String(dryRun.data?.lost ?? 0)} to no. It decides on every node at once.`,
                action: 'Publish',
              }).then((answer) => (answer === undefined ? undefined : publish.mutate(undefined)))
            }
          >
            Publish…
          </Button>
        ) : null}
      </Group>
      <Problem error={dryRun.error} />
      {dryRun.data === undefined ? null : <DryRunResult result={dryRun.data} />}
    </section>
  );
};

/** One version: what changed, each policy with what it says, and for a draft what it would do. */
export const VersionDetail = ({ version }: { readonly version: PolicyVersion }) => {
  const detail = useQuery(policyVersionQuery(version.id));
  return (
    <div className="stack">
      <p>{version.note}</p>
      <TryDraft version={version} />
      {detail.error === null ? null : <Failed error={detail.error} onRetry={() => void detail.refetch()} />}
      {detail.isPending ? <Waiting /> : null}
      {detail.data?.policies.map((policy) => (
        <details key={policy.id} className={s['policy']}>
          <summary>
            <StateBadge tone={policy.effect === 'permit' ? 'good' : 'bad'}>
              {policy.effect === 'permit' ? 'permits' : 'forbids'}
            </StateBadge>
            <span className="mono">{policy.id}</span>
            {policy.obligation === null ? null : <span className="dim small">{policy.obligation}</span>}
          </summary>
          {policy.description === null ? null : <p>{policy.description}</p>}
          <pre tabIndex={0}>{policy.text}</pre>
        </details>
      ))}
    </div>
  );
};
