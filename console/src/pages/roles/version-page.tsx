import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import {
  askApproval,
  lookAtVersion,
  publishVersion,
  returnVersion,
  versionQuery,
  withdrawVersion,
  type ShownVersion,
} from '../../api/roles.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { GoneSince } from './gone-since.tsx';
import { ImpactView } from './impact-view.tsx';
import { CHANGE_TONES, during, VERSION_TONES } from './role-words.ts';
import { WhomView } from './whom-view.tsx';

const route = getRouteApi('/shell/role-versions/$id');

/** One version of a role: what would be different, what publishing it would do, and the decision. */
export const VersionPage = () => {
  const { id } = route.useParams();
  const query = useQuery(versionQuery(id));
  if (query.isPending) return <Waiting />;
  const version = query.data;
  if (version === undefined) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  const parts = [...version.content.roles, ...version.content.entitlements];
  return (
    <Page
      title={`${version.roleName}, version ${String(version.number)}`}
      crumbs={
        <Link to="/roles/$id" params={{ id: version.roleId }}>
          {version.roleName}
        </Link>
      }
      actions={<Decide version={version} />}
    >
      <Facts
        of={[
          [
            'State',
            <StateBadge key="state" tone={VERSION_TONES[version.state] ?? 'info'}>
              {version.state}
            </StateBadge>,
          ],
          ['Kind', version.kind],
          ['Why', version.reason],
          ['Drafted by', version.madeByName],
          ['Settled by', version.settledByName ?? undefined],
          ['Because', version.settledBecause ?? undefined],
        ]}
      />
      <Section title="What is different">
        <PlainTable
          label="What is different"
          rows={parts}
          rowId={(part) => part.id}
          empty="It is made of nothing."
          columns={[
            {
              id: 'name',
              header: 'Name',
              title: true,
              cell: (part) => (
                <>
                  {part.systemName === null ? part.name : `${part.name} on ${part.systemName}`}{' '}
                  <GoneSince at={part.goneSince} />
                </>
              ),
            },
            {
              id: 'change',
              header: 'Change',
              cell: (part) => <StateBadge tone={CHANGE_TONES[part.change] ?? 'info'}>{part.change}</StateBadge>,
            },
            { id: 'when', header: 'When', cell: during },
          ]}
        />
      </Section>
      {version.content.patterns.length === 0 ? null : (
        <Section title="By its parameters">
          <PlainTable
            label="By its parameters"
            rows={version.content.patterns}
            rowId={(one) => `${one.systemId} ${one.pattern}`}
            empty="Nothing."
            columns={[
              {
                id: 'name',
                header: 'Pattern',
                title: true,
                cell: (one) => `${one.pattern} on ${one.systemName}`,
              },
              {
                id: 'change',
                header: 'Change',
                cell: (one) => <StateBadge tone={CHANGE_TONES[one.change] ?? 'info'}>{one.change}</StateBadge>,
              },
              { id: 'when', header: 'When', cell: during },
            ]}
          />
        </Section>
      )}
      <Section title="For whom">
        <WhomView whom={version.whom} />
      </Section>
      <Section title="What publishing would do">
        <ImpactView versionId={version.id} impact={version.impact} />
      </Section>
    </Page>
  );
};

const Decide = ({ version }: { readonly version: ShownVersion }) => {
  const me = useMe();
  const stales = ['roles'];
  const look = useAct({ run: () => lookAtVersion(version.id), stales });
  const ask = useAct({ run: () => askApproval(version.id), stales, done: () => 'It waits for approval' });
  const settle = useAct({
    run: async (how: 'publish' | 'return' | 'withdraw') => {
      const { gaining, losing, sessions, over } = version.impact;
      const text =
        how === 'publish'
          ? `${String(gaining)} people gain access, ${String(losing)} lose some, ${String(sessions)} live sessions end.${over.length === 0 ? '' : ` It is over limits: ${over.map((o) => o.detail).join('; ')}. Publishing accepts that.`}`
          : 'Nothing about the role changes.';
      const title = { publish: 'Publish this version?', return: 'Give it back?', withdraw: 'Withdraw it?' }[how];
      const answer = await confirm({
        title,
        text,
        action: title.replace(/\?| this version| it/g, ''),
        reason: 'required',
      });
      if (answer === undefined) return undefined;
      if (how === 'publish') return await publishVersion(version.id, answer.reason, over.length > 0);
      return await (how === 'return' ? returnVersion : withdrawVersion)(version.id, answer.reason);
    },
    stales,
    done: (now) => (now === undefined ? 'Nothing is changed' : `The version is ${now.state}`),
  });
  const open = version.state === 'draft' || version.state === 'awaiting';
  if (!open) return null;
  return (
    <Group gap="xs">
      {can(me, 'role_version.look') ? (
        <Button size="sm" variant="default" loading={look.isPending} onClick={() => look.mutate(undefined)}>
          Look at its impact
        </Button>
      ) : null}
      {version.state === 'draft' && can(me, 'role_version.ask') ? (
        <Button size="sm" disabled={version.impact.stale !== null} onClick={() => ask.mutate(undefined)}>
          Ask for approval
        </Button>
      ) : null}
      {version.state === 'awaiting' && can(me, 'role_version.publish') ? (
        <>
          <Button size="sm" variant="default" onClick={() => settle.mutate('return')}>
            Give back…
          </Button>
          <Button size="sm" disabled={version.impact.stale !== null} onClick={() => settle.mutate('publish')}>
            Publish…
          </Button>
        </>
      ) : null}
      {can(me, 'role_version.withdraw') ? (
        <Button size="sm" variant="default" onClick={() => settle.mutate('withdraw')}>
          Withdraw…
        </Button>
      ) : null}
    </Group>
  );
};
