import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { accountList, provisioningQuery } from '../../api/people.ts';
import { systemQuery } from '../../api/systems.ts';
import type { Grant } from '../../api/shapes/people.ts';
import { StateBadge, type Tone } from '../../ui/show/badges.tsx';
import { controlWords } from '../../ui/show/control-words.ts';
import { CommandLine } from '../../ui/show/copyable.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import { DutiesWhatIf } from '../sod/what-if.tsx';
import { grantState, originWords, until } from './grant-words.tsx';
import { OpenWeb } from './open-web.tsx';

const tones: Readonly<Record<string, Tone>> = { waiting: 'wait', done: 'good', manual: 'wait', stuck: 'bad' };
const gatewayPort = 3022;

const OpenDatabase = ({ system, account }: { readonly system: string; readonly account: string }) => (
  <section>
    <div className="dim small">Statements run through the gateway; each is recorded.</div>
    <p>
      <Link to="/connect/prompt" search={{ system, account, database: '' }}>
        Open an SQL prompt
      </Link>{' '}
      <span className="dim small">in this browser</span>
    </p>
    <CommandLine text={`reeve db connect ${account}@${system}`} />
  </section>
);

/** The line to paste: the gateway takes account and system as the user name. */
const Connect = ({ system }: { readonly system: string }) => {
  const me = useMe();
  const { data, isError } = useQuery(systemQuery(system));
  const accounts = useRows(accountList({ identityId: me.id, system }));
  // Who may not look at systems still may connect; a system known to be no host is left out.
  const account = accounts.rows[0]?.name ?? me.username ?? 'ACCOUNT';
  if (data?.kind === 'postgres' || data?.kind === 'mysql') return <OpenDatabase system={system} account={account} />;
  if (!isError && data?.kind !== 'linux') return null;
  return (
    <section>
      <div className="dim small">Connect with plain ssh; the session is recorded.</div>
      <p>
        <Link to="/connect/terminal" search={{ system, account }}>
          Open a terminal
        </Link>{' '}
        <span className="dim small">in this browser</span>
      </p>
      <CommandLine text={`ssh -p ${String(gatewayPort)} ${account}@${system}@${location.hostname}`} />
    </section>
  );
};

/** How far the targets are with it; nothing where the asker may not see that. */
const OnTheTarget = ({ grantId }: { readonly grantId: string }) => {
  const { data } = useQuery(provisioningQuery(grantId));
  if (data === undefined || data.items.length === 0) return null;
  return (
    <section>
      <h3>On the target</h3>
      <ul className="plain">
        {data.items.map((work) => (
          <li key={work.id}>
            <div className="spread">
              <span className="row">
                <StateBadge tone={tones[work.state] ?? 'info'}>{work.state}</StateBadge>
                {work.wanted}
              </span>
              <span className="dim small">
                <TimeAgo at={work.settledAt ?? work.decidedAt} />
              </span>
            </div>
            {work.problem === null ? null : <div className="small">{work.problem}</div>}
          </li>
        ))}
      </ul>
    </section>
  );
};

/** One grant: how to use it, why it is there, until when, and whether the target has it. */
export const GrantDetail = ({ grant }: { readonly grant: Grant }) => (
  <div className="stack">
    {grant.systemName === null || grant.systemName === 'reeve' || !grantState(grant).live ? null : (
      <>
        <Connect system={grant.systemName} />
        <OpenWeb system={grant.systemName} />
      </>
    )}
    <Facts
      of={[
        ['System', grant.systemName ?? undefined],
        ['Why', originWords(grant)],
        [
          'State',
          <StateBadge key="state" tone={grantState(grant).tone}>
            {grantState(grant).word}
          </StateBadge>,
        ],
        ['Since', <TimeAgo key="since" at={grant.validFrom} />],
        ['Time left', until(grant)],
        ['Under', controlWords(grant.controls).join(' ') || undefined],
        ['Ended because', grant.endedBecause ?? undefined],
      ]}
    />
    <OnTheTarget grantId={grant.id} />
    {grantState(grant).live ? (
      <DutiesWhatIf of={{ identity: grant.identityId, endsGrantIds: [grant.id] }} when="If it ends" />
    ) : null}
    {(grant.origin === 'request' || grant.origin === 'jit') && grant.originId !== null ? (
      <Link to="/requests/$id" params={{ id: grant.originId }}>
        The request it came from
      </Link>
    ) : null}
  </div>
);
