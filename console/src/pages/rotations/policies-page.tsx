import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { policiesQuery, removePolicy, type RotationPolicy } from '../../api/rotations.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Problem, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { SetPolicy } from './set-policy.tsx';

const nameOf = (policy: RotationPolicy): string =>
  policy.accountName === null
    ? (policy.systemName ?? 'The house')
    : `${policy.accountName} on ${policy.systemName ?? 'its system'}`;

const PolicyCard = ({ policy, may }: { readonly policy: RotationPolicy; readonly may: boolean }) => {
  const remove = useAct({ run: removePolicy, stales: ['rotation-policies'], done: () => 'Policy removed' });
  const ask = (): void =>
    void confirm({
      title: `Remove the policy of ${nameOf(policy)}?`,
      text: 'The next wider one holds from then on.',
      action: 'Remove policy',
      danger: true,
    }).then((answer) => (answer === undefined ? undefined : remove.mutate(policy.id)));
  const { window, generator } = policy;
  return (
    <section className="card stack" aria-label={`Policy of ${nameOf(policy)}`}>
      <div className="spread">
        <strong>{nameOf(policy)}</strong>
        {may ? (
          <Button variant="default" size="xs" onClick={ask}>
            Remove…
          </Button>
        ) : null}
      </div>
      <Facts
        of={[
          ['By age', policy.maxAgeDays === null ? 'never' : `after ${String(policy.maxAgeDays)} days`],
          ['By use', policy.maxUses === null ? 'never' : `after ${String(policy.maxUses)} sessions`],
          ['After a checkout', policy.afterCheckout ? 'yes' : 'no'],
          ['When somebody leaves', policy.afterLeaver ? 'what they have seen' : 'no'],
          ['Tried', `every ${String(policy.checkEveryHours)} hours`],
          ['Changed behind Reeve', policy.onDrift === 'repair' ? 'repaired' : 'reported'],
          [
            'New passwords',
            `${String(generator.length)} characters${generator.signs === '' ? ', no signs' : `, signs ${generator.signs}`}`,
          ],
          ['Window', window === null ? 'at once' : `${window.from} to ${window.to}, ${window.timeZone}`],
        ]}
      />
    </section>
  );
};

/** When credentials are rotated and tried: of an account before that of its system before that of the house. */
export const PoliciesPage = () => {
  const me = useMe();
  const policies = useQuery(policiesQuery);
  const may = can(me, 'rotation_policy.manage');
  return (
    <Page
      title="Rotation policies"
      lead="Of an account before that of its system before that of the house. After a checkout, a leaver or an incident there is nothing to set up."
      crumbs={<Link to="/rotations">Rotations</Link>}
    >
      <Problem error={policies.error} />
      <Section title="In force">
        {policies.data === undefined ? <Waiting lines={4} /> : null}
        {policies.data?.items.length === 0 ? (
          <p className="dim">
            Nothing was set: nothing is rotated by age or use, everything is tried every 24 hours, and what was changed
            behind Reeve is repaired.
          </p>
        ) : null}
        {policies.data?.items.map((policy) => (
          <PolicyCard key={policy.id} policy={policy} may={may} />
        ))}
      </Section>
      {may ? <SetPolicy /> : null}
    </Page>
  );
};
