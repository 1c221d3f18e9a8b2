import { Link } from '@tanstack/react-router';
import type { CampaignItem } from '../../api/shapes/campaigns.ts';
import { Privileged, RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo, duration, utc } from '../../ui/show/time-ago.tsx';
import { SodHits } from '../requests/sod-hits.tsx';
import { measured } from './item-words.tsx';
import s from './campaigns.module.css';

const Removal = ({ item }: { readonly item: CampaignItem }) => {
  const { revocation } = item;
  if (revocation === null) return null;
  const ended =
    revocation.endedSessions === 0
      ? ''
      : ` ${String(revocation.endedSessions)} live ${revocation.endedSessions === 1 ? 'session' : 'sessions'} ended.`;
  return (
    <section className={s['proof']} role="status" aria-label="Removal">
      {revocation.state === 'proven' ? (
        <>
          <StateBadge tone="good">proved gone</StateBadge>
          <span>
            From decision to effect, read back on the target:{' '}
            <strong>{revocation.milliseconds === null ? 'not measured' : measured(revocation.milliseconds)}</strong>.
            {ended}
          </span>
          {revocation.provenAt === null ? null : (
            <span className="dim small">Read back {utc(revocation.provenAt)}</span>
          )}
        </>
      ) : revocation.state === 'failed' ? (
        <>
          <StateBadge tone="bad">removal failed</StateBadge>
          <span>
            {revocation.note ??
              'The target did not take the change. It is tried again by itself; until then the access may still work there.'}
          </span>
        </>
      ) : (
        <>
          <StateBadge tone="wait">revoked, pending proof</StateBadge>
          <span>Reeve has withdrawn it and is reading the target back.{ended}</span>
        </>
      )}
    </section>
  );
};

const peersSaid = (item: CampaignItem): string | undefined => {
  const { peers } = item.evidence;
  if (peers === null || peers.of === 0) return undefined;
  return `${String(peers.having)} of ${String(peers.of)} in ${peers.group} have it (${String(Math.round((peers.having / peers.of) * 100))} %)`;
};

/** What a reviewer needs to know about one line, and where to look further. */
export const ItemDetail = ({ item }: { readonly item: CampaignItem }) => {
  const { evidence } = item;
  return (
    <div className={s['evidence']}>
      <Removal item={item} />
      {item.recommendation === null ? null : <p className={s['say']}>{item.recommendation.sentence}</p>}
      <Facts
        of={[
          [
            'Who',
            <Link key="who" to="/identities/$id" params={{ id: item.identity.id }}>
              {item.identity.name}
            </Link>,
          ],
          ['Job', [item.identity.jobTitle, item.identity.department].filter(Boolean).join(', ') || undefined],
          ['Access', item.entitlement.name],
          ['System', item.entitlement.system.name],
          [
            'Account',
            item.account === null ? undefined : (
              <span key="account" className="mono">
                {item.account.name}
              </span>
            ),
          ],
          [
            'Risk',
            <span key="risk" className="row">
              <RiskBadge risk={item.risk} />
              {item.entitlement.privileged ? <Privileged /> : null}
            </span>,
          ],
          ['Why it is there', evidence.because],
          ['Since', <TimeAgo key="since" at={evidence.since} />],
          ['Last used', <TimeAgo key="used" at={evidence.lastUsedAt} never="never seen used" />],
          ['Used in 30 days', `${String(evidence.uses30d)} times`],
          ['Peers', peersSaid(item)],
          [
            'Decided',
            item.decision === null
              ? undefined
              : `${item.decision.decision} by ${item.decision.by.name}${item.decision.reason === null ? '' : `: ${item.decision.reason}`}`,
          ],
        ]}
      />
      <SodHits hits={evidence.sod} />
      <section>
        <h3>Sessions</h3>
        {evidence.sessions.length === 0 ? <p className="dim small">None was recorded with this access.</p> : null}
        <ul className="plain">
          {evidence.sessions.map((session) => (
            <li key={session.id} className="spread">
              <Link to="/sessions/$id" params={{ id: session.id }}>
                {session.live ? 'Live now' : 'Replay'}
                <span className="visually-hidden"> the session of {utc(session.startedAt)}</span>
              </Link>
              <span className="dim small">
                <TimeAgo at={session.startedAt} />
                {session.seconds === null ? '' : `, ${duration(session.seconds)}`}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
};
