import { Button, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { can, useMe } from '../../api/me.ts';
import { identityQuery, makeEnrolmentLink } from '../../api/people.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge, Tag } from '../../ui/show/badges.tsx';
import { Copyable } from '../../ui/show/copyable.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { AccountTab, DriftTab, GrantTab, ReachTab } from './access-tabs.tsx';
import { LockButton, LockedNote } from '../locks/locked-note.tsx';
import { DutiesTab } from './duties-tab.tsx';
import { FactsFrom } from './facts-tab.tsx';
import { HistoryTab, SessionTab } from './history-tabs.tsx';
import { IdentityName } from './identity-name.tsx';
import { RiskTab } from './risk-tab.tsx';
import { stateTone } from './identity-words.ts';
import { MergeDialog } from './merge-dialog.tsx';
import { MergedLines } from './merged-lines.tsx';
import { StayActions } from './stay-actions.tsx';

const route = getRouteApi('/shell/identities/$id');

/** One identity: facts, what it should have and why, what it has on the targets, and where the two differ. */
export const IdentityPage = () => {
  const { id } = route.useParams();
  const me = useMe();
  const identity = useQuery(identityQuery(id));
  const [link, setLink] = useState<string>();
  const [merging, setMerging] = useState(false);
  const enrol = useAct({ run: () => makeEnrolmentLink(id), stales: [], after: ({ url }) => setLink(url) });
  if (identity.error !== null && identity.data === undefined)
    return <Failed error={identity.error} onRetry={() => void identity.refetch()} />;
  if (identity.data === undefined) return <Waiting />;
  const who = identity.data;
  const maySeeRisk = can(me, 'identity_risk.list') || [who.id, who.managerId, who.ownerId].includes(me.id);
  return (
    <Page
      title={who.displayName}
      crumbs={<Link to="/identities">Identities</Link>}
      lead={
        <span className="row">
          <StateBadge tone={stateTone(who.state)}>{who.mergedInto === null ? who.state : 'merged'}</StateBadge>
          {[who.kind === 'person' ? undefined : who.kind, who.jobTitle, who.department].filter(Boolean).join(' · ')}
          {who.adminRoles.map((role) => (
            <Tag key={role}>{role.replaceAll('_', ' ')}</Tag>
          ))}
        </span>
      }
      actions={
        <>
          <LockButton scope="identity" id={who.id} name={who.displayName} />
          <StayActions who={who} />
          {can(me, 'identity.merge') && who.mergedInto === null ? (
            <Button variant="default" onClick={() => setMerging(true)}>
              This is the same person as…
            </Button>
          ) : null}
          {can(me, 'enrolment.create') && who.kind === 'person' && who.mergedInto === null ? (
            <Button
              variant="default"
              loading={enrol.isPending}
              onClick={() =>
                void confirm({
                  title: `Let ${who.displayName} sign in?`,
                  text: 'Makes a link that works once within a day. Whoever opens it becomes this person to Reeve: hand it over yourself.',
                  action: 'Make the link',
                }).then((answer) => (answer === undefined ? undefined : enrol.mutate(undefined)))
              }
            >
              Sign-in link…
            </Button>
          ) : null}
        </>
      }
    >
      <LockedNote of={{ identityId: who.id }} />
      <MergedLines who={who} may={can(me, 'identity.split')} />
      {merging ? <MergeDialog id={who.id} name={who.displayName} onClose={() => setMerging(false)} /> : null}
      {link === undefined ? null : (
        <div className="card" role="status">
          <strong>Works once, within a day; it is not shown again.</strong>
          <div>
            <Copyable text={link} label="the link" />
          </div>
        </div>
      )}
      <Tabs key={id} defaultValue="grants" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="grants">Grants</Tabs.Tab>
          <Tabs.Tab value="reach">Reaches</Tabs.Tab>
          <Tabs.Tab value="accounts">Accounts</Tabs.Tab>
          <Tabs.Tab value="drift">Drift</Tabs.Tab>
          <Tabs.Tab value="duties">Duties</Tabs.Tab>
          {maySeeRisk ? <Tabs.Tab value="risk">Risk</Tabs.Tab> : null}
          {can(me, 'session.list') ? <Tabs.Tab value="sessions">Sessions</Tabs.Tab> : null}
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="facts">Facts</Tabs.Tab>
        </Tabs.List>
        <div style={{ paddingTop: 14 }}>
          <Tabs.Panel value="grants">
            <GrantTab id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="reach">
            <ReachTab id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="accounts">
            <AccountTab id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="drift">
            <DriftTab id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="duties">
            <DutiesTab id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="risk">
            <RiskTab id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="sessions">
            <SessionTab id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="history">
            <HistoryTab id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="facts">
            <FactsFrom
              id={id}
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
                  who.managerId === null ? undefined : (
                    <Link key="manager" to="/identities/$id" params={{ id: who.managerId }}>
                      {who.managerName ?? who.managerId}
                    </Link>
                  ),
                ],
                ['Owner', who.ownerId === null ? undefined : <IdentityName key="owner" id={who.ownerId} />],
                [
                  'Contract ends',
                  who.contractEnd === null ? undefined : <TimeAgo key="contract" at={who.contractEnd} />,
                ],
                ['As now since', <TimeAgo key="since" at={who.validFrom} />],
                ...Object.entries(who.attributes).map(([name, value]) => [name, String(value)] as const),
              ]}
            />
          </Tabs.Panel>
        </div>
      </Tabs>
    </Page>
  );
};
