import { Button, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { can, useMe } from '../../api/me.ts';
import { readSystem, systemQuery } from '../../api/systems.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { Copyable } from '../../ui/show/copyable.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { DescriptionTab } from './description-tab.tsx';
import { IsolationTab } from './isolation-tab.tsx';
import { SshTermsTab } from './ssh-terms-tab.tsx';
import { CommandRulesTab } from './command-rules-tab.tsx';
import { StatementRulesTab } from './statement-rules-tab.tsx';
import { WebTab } from './web-tab.tsx';
import { LockButton, LockedNote } from '../locks/locked-note.tsx';
import { CredentialTab, DifferenceTab, ReadingTab, ScheduleTab, WriteTab } from './system-tabs.tsx';

const route = getRouteApi('/shell/systems/$id');

/** Kinds that can be closed to everybody but the gateways. */
/** Their port answers another protocol than HTTP. */
const SPEAKS_OTHERWISE = ['reeve', 'linux', 'postgres', 'mysql', 'ldap', 'activedirectory'];
const ISOLATED: readonly string[] = ['linux', 'postgres', 'mysql'];

/** One system: how it is read, where it differs from what was granted, what is written to it, and how old its credentials are. */
export const SystemPage = () => {
  const { id } = route.useParams();
  const me = useMe();
  const system = useQuery(systemQuery(id));
  const read = useAct({ run: () => readSystem(id), stales: ['systems', 'accounts'], done: () => 'Reading it now' });
  if (system.error !== null && system.data === undefined)
    return <Failed error={system.error} onRetry={() => void system.refetch()} />;
  if (system.data === undefined) return <Waiting />;
  const { data } = system;
  return (
    <Page
      title={data.name}
      crumbs={<Link to="/systems">Systems</Link>}
      lead={
        <span className="row">
          {data.kind} · <span className="mono">{`${data.host}:${String(data.port)}`}</span> ·{' '}
          <span>
            read <TimeAgo at={data.lastReadAt} />
          </span>
          <Link to="/accounts" search={{ q: `system:${data.name}` }}>
            Its accounts
          </Link>
        </span>
      }
      actions={
        data.kind !== 'reeve' ? (
          <>
            <LockButton scope="system" id={id} name={data.name} />
            {can(me, 'system.ask_reading') ? (
              <Button variant="default" loading={read.isPending} onClick={() => read.mutate(undefined)}>
                Read now
              </Button>
            ) : null}
          </>
        ) : null
      }
    >
      <LockedNote of={{ systemId: id }} />
      <Tabs key={id} defaultValue="readings" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="readings">Readings</Tabs.Tab>
          {can(me, 'drift_case.list') ? <Tabs.Tab value="differences">Drift</Tabs.Tab> : null}
          {can(me, 'provisioning.list') ? <Tabs.Tab value="writes">Writes</Tabs.Tab> : null}
          {can(me, 'secret.list') ? <Tabs.Tab value="credentials">Credentials</Tabs.Tab> : null}
          <Tabs.Tab value="schedule">Schedule</Tabs.Tab>
          {data.kind === 'rest' ? <Tabs.Tab value="description">Description</Tabs.Tab> : null}
          {data.kind === 'linux' && can(me, 'ssh_terms.read') ? <Tabs.Tab value="sessions">Sessions</Tabs.Tab> : null}
          {['postgres', 'mysql'].includes(data.kind) && can(me, 'statement_rules.read') ? (
            <Tabs.Tab value="statements">Statement rules</Tabs.Tab>
          ) : null}
          {ISOLATED.includes(data.kind) && can(me, 'isolation.read') ? (
            <Tabs.Tab value="isolation">Isolation</Tabs.Tab>
          ) : null}
          {!SPEAKS_OTHERWISE.includes(data.kind) && data.port !== 0 && can(me, 'web_terms.read') ? (
            <Tabs.Tab value="web">Web</Tabs.Tab>
          ) : null}
          <Tabs.Tab value="facts">Facts</Tabs.Tab>
        </Tabs.List>
        <div style={{ paddingTop: 14 }}>
          <Tabs.Panel value="readings">
            <ReadingTab id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="differences">
            <DifferenceTab id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="writes">
            <WriteTab id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="credentials">
            <CredentialTab id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="schedule">
            <ScheduleTab id={id} />
          </Tabs.Panel>
          <Tabs.Panel value="description">
            <DescriptionTab id={id} description={String(data.settings['description'] ?? '')} />
          </Tabs.Panel>
          <Tabs.Panel value="sessions">
            <SshTermsTab id={id} />
            {can(me, 'command_rules.read') ? <CommandRulesTab id={id} /> : null}
          </Tabs.Panel>
          <Tabs.Panel value="statements">
            <StatementRulesTab id={id} systemName={data.name} />
          </Tabs.Panel>
          <Tabs.Panel value="isolation">
            <IsolationTab id={id} systemName={data.name} />
          </Tabs.Panel>
          <Tabs.Panel value="web">
            <WebTab id={id} systemName={data.name} />
          </Tabs.Panel>
          <Tabs.Panel value="facts">
            <Facts
              of={[
                ['Id', <Copyable key="id" text={data.id} label="the system's id" />],
                ['Kind', data.kind],
                ['Address', `${data.host}:${String(data.port)}`],
                ['Owner', data.ownerName ?? undefined],
                ['Since', <TimeAgo key="since" at={data.validFrom} />],
                ...Object.entries(data.settings)
                  .filter(([name]) => data.kind !== 'rest' || name !== 'description')
                  .map(([name, value]) => [name, String(value)] as const),
                ...data.pinned.map((pin) => ['Trusted by', <Copyable key={pin} text={pin} />] as const),
              ]}
            />
          </Tabs.Panel>
        </div>
      </Tabs>
    </Page>
  );
};
