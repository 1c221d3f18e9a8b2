import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { eventList } from '../../api/audit.ts';
import { sessionList } from '../../api/guard.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { identityAccessQuery, identityQuery } from '../../api/people.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Copyable } from '../../ui/show/copyable.tsx';
import { Facts, Timeline } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { AccountTable, DriftTable, GrantTable } from './access-tables.tsx';
import { identityTone } from './identity-words.ts';

const route = getRouteApi('/shell/identities/$id');

const History = ({ id }: { readonly id: string }) => {
  const events = useRows(eventList({ subject: id }));
  if (events.error !== null) return <Failed error={events.error} onRetry={events.retry} />;
  if (events.loading) return <Waiting />;
  return (
    <Timeline
      label="What happened"
      of={events.rows.map((event) => ({
        id: event.id,
        at: event.at,
        tone: event.outcome === 'refused' ? ('bad' as const) : ('quiet' as const),
        title: (
          <Link to="/audit" search={{ open: event.id }}>
            {event.type}
          </Link>
        ),
        text: `${event.actor.name ?? event.actor.id}${event.outcome === 'refused' ? ', refused' : ''}`,
      }))}
    />
  );
};

const Sessions = ({ id }: { readonly id: string }) => {
  const sessions = useRows(sessionList({ identityId: id }));
  if (sessions.error !== null) return <Failed error={sessions.error} onRetry={sessions.retry} />;
  if (sessions.loading) return <Waiting />;
  if (sessions.rows.length === 0) return <p className="dim">No session through Reeve yet.</p>;
  return (
    <Timeline
      label="Sessions"
      of={sessions.rows.map((session) => ({
        id: session.id,
        at: session.startedAt,
        tone: session.state === 'live' ? ('good' as const) : ('quiet' as const),
        title: (
          <Link to="/sessions/$id" params={{ id: session.id }}>
            {session.account}@{session.system.name}
          </Link>
        ),
        text: session.state === 'live' ? 'live now' : (session.endedBecause ?? 'ended'),
      }))}
    />
  );
};

/** One identity: facts, what it should have and why, what it has on the targets, and where the two differ. */
export const IdentityPage = () => {
  const { id } = route.useParams();
  const me = useMe();
  const identity = useQuery(identityQuery(id));
  const access = useQuery(identityAccessQuery(id));
  if (identity.error !== null) return <Failed error={identity.error} onRetry={() => void identity.refetch()} />;
  if (identity.data === undefined) return <Waiting />;
  const who = identity.data;
  const drift = access.data?.drift ?? [];
  return (
    <Page
      title={who.displayName}
      crumbs={<Link to="/identities">Identities</Link>}
      lead={
        <span className="row">
          <StateBadge tone={identityTone[who.state]}>{who.state}</StateBadge>
          {[who.kind === 'person' ? undefined : who.kind, who.jobTitle, who.department].filter(Boolean).join(' · ')}
        </span>
      }
    >
      <Tabs defaultValue="access" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="access">Access</Tabs.Tab>
          <Tabs.Tab value="accounts">Accounts {access.data === undefined ? '' : access.data.accounts.length}</Tabs.Tab>
          <Tabs.Tab value="drift">Drift {drift.length === 0 ? '' : drift.length}</Tabs.Tab>
          {can(me, 'session.list') ? <Tabs.Tab value="sessions">Sessions</Tabs.Tab> : null}
          {can(me, 'audit.list') ? <Tabs.Tab value="history">History</Tabs.Tab> : null}
          <Tabs.Tab value="facts">Facts</Tabs.Tab>
        </Tabs.List>
        <div style={{ paddingTop: 14 }}>
          {access.error === null ? null : <Failed error={access.error} onRetry={() => void access.refetch()} />}
          <Tabs.Panel value="access">
            {access.data === undefined ? <Waiting /> : <GrantTable grants={access.data.grants} />}
          </Tabs.Panel>
          <Tabs.Panel value="accounts">
            {access.data === undefined ? <Waiting /> : <AccountTable accounts={access.data.accounts} />}
          </Tabs.Panel>
          <Tabs.Panel value="drift">
            {access.data === undefined ? <Waiting /> : <DriftTable drift={drift} />}
          </Tabs.Panel>
          <Tabs.Panel value="sessions">
            <Sessions id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="history">
            <History id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="facts">
            <Facts
              of={[
                ['Id', <Copyable key="id" text={who.id} label="the identity's id" />],
                ['User name', who.username ?? undefined],
                ['Mail', who.email ?? undefined],
                ['Kind', who.kind],
                ['Department', who.department ?? undefined],
                ['Unit', who.orgUnit ?? undefined],
                ['Job', who.jobTitle ?? undefined],
                [
                  'Manager',
                  who.manager === null ? undefined : (
                    <Link key="m" to="/identities/$id" params={{ id: who.manager.id }}>
                      {who.manager.name}
                    </Link>
                  ),
                ],
                [
                  'Owner',
                  who.owner === null ? undefined : (
                    <Link key="o" to="/identities/$id" params={{ id: who.owner.id }}>
                      {who.owner.name}
                    </Link>
                  ),
                ],
                ['Contract ends', who.contractEnd ?? undefined],
                ['Known since', <TimeAgo key="since" at={who.since} />],
              ]}
            />
          </Tabs.Panel>
        </div>
      </Tabs>
    </Page>
  );
};
