import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { isolationQuery, proveIsolation, type Isolation } from '../../api/isolation.ts';
import { can, useMe } from '../../api/me.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { Failed, Problem, Waiting } from '../../ui/feedback/states.tsx';
import { StateBadge, type Tone } from '../../ui/show/badges.tsx';
import { copyText } from '../../ui/show/copyable.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { IsolationForm } from './isolation-form.tsx';

const CHECKS: Readonly<Record<string, string>> = {
  through_reeve: 'Through Reeve it is reached',
  network: 'From elsewhere it is not reached',
  firewall: 'The firewall lets only gateways to the port',
  sshd_elsewhere: 'From elsewhere sshd lets nobody log on',
  sshd_gateway: 'From a gateway only what Reeve keeps opens',
  sshd_authorities: 'Only authorities of Reeve are trusted',
  hba_elsewhere: 'pg_hba.conf lets only gateways log on',
  hba_loaded: 'pg_hba.conf is as the server read it',
  account_hosts: 'Accounts may come from gateways only',
};
const PARTS: Readonly<Record<string, string>> = {
  sshd: 'sshd',
  nftables: 'Firewall',
  pg_hba: 'pg_hba.conf',
  accounts: 'Accounts',
  keys: 'Keys that stay',
};
const TONES: Readonly<Record<string, Tone>> = {
  passed: 'good',
  proved: 'good',
  failed: 'bad',
  unknown: 'quiet',
  asked: 'wait',
};

/** That only the gateways reach the system: who they are, what to put there, what was proved, and whether log-ons are looked for. */
export const IsolationTab = ({ id, systemName }: { readonly id: string; readonly systemName: string }) => {
  const me = useMe();
  const isolation = useQuery(isolationQuery(id));
  if (isolation.error !== null && isolation.data === undefined)
    return <Failed error={isolation.error} onRetry={() => void isolation.refetch()} />;
  if (isolation.data === undefined) return <Waiting />;
  const { data } = isolation;
  return (
    <div className="stack" style={{ maxWidth: '60rem' }}>
      {data.isSet ? (
        <Proof id={id} isolation={data} systemName={systemName} />
      ) : (
        <p>Nobody said yet who may reach it.</p>
      )}
      {can(me, 'isolation.set') ? (
        <section>
          <h2 style={{ margin: '0 0 6px', fontSize: 13, fontWeight: 600 }}>Who may reach it</h2>
          <IsolationForm
            key={JSON.stringify([data.gatewaysSaid, data.exemptions, data.everySeconds])}
            id={id}
            isolation={data}
          />
        </section>
      ) : null}
      {data.parts.length > 0 ? <Parts isolation={data} /> : null}
    </div>
  );
};

interface Props {
  readonly isolation: Isolation;
}

const Proof = ({ id, systemName, isolation }: Props & { readonly id: string; readonly systemName: string }) => {
  const me = useMe();
  const { proof, lookout } = isolation;
  const prove = useAct({
    run: () => proveIsolation(id),
    stales: ['systems'],
    quiet: true,
    done: () => 'Looking at it now',
  });
  return (
    <section className="stack">
      <Facts
        of={[
          ['Gateways', isolation.gateways.join(', ') || 'none is known'],
          [
            'Proof',
            <StateBadge key="state" tone={TONES[proof.state ?? 'unknown'] ?? 'quiet'}>
              {proof.state ?? 'not looked at'}
            </StateBadge>,
          ],
          ['Looked at', <TimeAgo key="at" at={proof.at} never="never" />],
          ['Proved last', <TimeAgo key="proved" at={proof.provedAt} never="never" />],
          [
            'Log-ons',
            isolation.everySeconds === 0 ? (
              'not looked for'
            ) : lookout.blindSince === null ? (
              <span key="seen">
                read every {isolation.everySeconds} s, last <TimeAgo at={lookout.lookedAt} never="not yet" />
              </span>
            ) : (
              <span key="blind">
                <StateBadge tone="bad">not seen</StateBadge> since <TimeAgo at={lookout.blindSince} />:{' '}
                {lookout.problem}
              </span>
            ),
          ],
          ...lookout.leftOut.map((what) => ['Not seen', what] as const),
        ]}
      />
      <PlainTable
        label="What was proved"
        rows={proof.checks}
        rowId={(check) => check.name}
        empty="Nothing yet."
        columns={[
          { id: 'check', header: 'Check', title: true, cell: (check) => CHECKS[check.name] ?? check.name },
          {
            id: 'outcome',
            header: 'Outcome',
            cell: (check) => <StateBadge tone={TONES[check.outcome] ?? 'quiet'}>{check.outcome}</StateBadge>,
          },
          { id: 'evidence', header: 'Evidence', cell: (check) => check.evidence },
        ]}
      />
      <Problem error={prove.error} />
      <div className="row">
        {can(me, 'isolation.prove') ? (
          <Button
            size="sm"
            variant="default"
            loading={prove.isPending || proof.state === 'asked'}
            onClick={() => prove.mutate(undefined)}
          >
            Prove it now
          </Button>
        ) : null}
        <span>
          From a place of your own: <code>{`reeve isolate prove ${systemName}`}</code>
        </span>
        <Link to="/findings" search={{ q: `system:${systemName} kind:past_reeve` }}>
          Log-ons past Reeve
        </Link>
      </div>
    </section>
  );
};

/** What is put on the system, by hand or by whatever manages its configuration. Reeve changes nothing there. */
const Parts = ({ isolation }: Props) => (
  <section>
    <h2 style={{ margin: '0 0 6px', fontSize: 13, fontWeight: 600 }}>What to put there</h2>
    {isolation.parts.map((part) => (
      <details key={part.name}>
        <summary style={{ paddingBlock: 6 }}>
          {PARTS[part.name] ?? part.name}
          {part.file === null ? '' : `: ${part.file}`}
        </summary>
        <pre className="mono" tabIndex={0} style={{ overflowX: 'auto' }}>
          {part.text}
        </pre>
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Copy the text for ${PARTS[part.name] ?? part.name}`}
          onClick={() => void copyText(part.text)}
        >
          Copy
        </Button>
        <Commands label="Then" lines={part.apply} />
        <Commands label="To take it back" lines={part.remove} />
      </details>
    ))}
  </section>
);

const Commands = ({ label, lines }: { readonly label: string; readonly lines: readonly string[] }) =>
  lines.length === 0 ? null : (
    <div>
      <p>{label}:</p>
      <pre className="mono" tabIndex={0} style={{ overflowX: 'auto' }}>
        {lines.join('\n')}
      </pre>
    </div>
  );
