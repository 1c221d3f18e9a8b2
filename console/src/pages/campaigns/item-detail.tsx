import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { withoutQuery } from '../../api/reviewing.ts';
import { sodCheckQuery } from '../../api/sod.ts';
import type { CampaignItem } from '../../api/shapes/campaigns.ts';
import { Privileged, RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { Problem } from '../../ui/feedback/states.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo, duration, utc } from '../../ui/show/time-ago.tsx';
import { IdentityName } from '../identities/identity-name.tsx';
import { Conflicts } from '../sod/conflicts.tsx';
import { DutiesWhatIf } from '../sod/what-if.tsx';
import { adviceWords, changesSaid, itemState, measured, rerouteWords, routeWords } from './campaign-words.ts';
import s from './campaigns.module.css';
import { EndingChoice } from './subject/ending-choice.tsx';
import { Gives, ItemSubject } from './subject/item-subject.tsx';

/** After a revocation: pending until read back, then the measured time. */
const Removal = ({ item }: { readonly item: CampaignItem }) => {
  if (item.state !== 'revoking' && item.state !== 'revoked') return null;
  const sessions =
    item.sessionsEndedMs === null ? null : ` Its live sessions ended after ${measured(item.sessionsEndedMs)}.`;
  return (
    <section className={s['proof']} role="status" aria-label="Removal">
      {item.state === 'revoking' ? (
        <>
          <StateBadge tone="wait">revoked, pending proof</StateBadge>
          <span>
            Reeve has ended it and is reading the target back.
            {sessions}
          </span>
        </>
      ) : (
        <>
          <StateBadge tone={item.proven === false ? 'bad' : 'good'}>
            {item.proven === false ? 'gone, not proved' : 'proved gone'}
          </StateBadge>
          <span>
            From decision to effect, read back on the target:{' '}
            <strong>{item.effectMs === null ? 'not measured' : measured(item.effectMs)}</strong>.{sessions}
          </span>
          {item.closedAt === null ? null : <span className="dim small">Read back {utc(item.closedAt)}</span>}
        </>
      )}
    </section>
  );
};

const peersSaid = ({ evidence: { peers } }: CampaignItem): string =>
  peers === null || peers.of === 0
    ? 'too few to tell'
    : `${String(peers.holding)} of ${String(peers.of)} in the department have it (${String(Math.round((peers.holding / peers.of) * 100))} %)`;

/** What the evidence speaks for, with its reasons; and, when opened, what would not have worked without the access. */
const Advice = ({ item }: { readonly item: CampaignItem }) => {
  const [asked, setAsked] = useState(false);
  const without = useQuery({ ...withoutQuery(item.id), enabled: asked });
  return (
    <section className={s['advice']} aria-label="What the evidence says">
      {item.recommendation === null ? (
        <span className="dim">The evidence says too little to recommend anything.</span>
      ) : (
        <>
          <span>
            The evidence speaks for: <strong>{adviceWords[item.recommendation.what]}</strong>
          </span>
          <ul className="plain">
            {item.recommendation.reasons.map((reason) => (
              <li key={reason} className="small">
                {reason}
              </li>
            ))}
          </ul>
        </>
      )}
      {without.data === undefined ? (
        <Button variant="default" size="compact-xs" loading={without.isFetching} onClick={() => setAsked(true)}>
          What would not have worked without it?
        </Button>
      ) : (
        <p className="small" role="status">
          {without.data.sentence}
        </p>
      )}
      <Problem error={without.error} />
    </section>
  );
};

/** Conflicts of duties the person stands in now; nothing where the reviewer may not ask. */
const Duties = ({ identityId }: { readonly identityId: string }) => {
  const { data } = useQuery(sodCheckQuery(identityId));
  if (data === undefined || data.standing.length === 0) return null;
  return (
    <section>
      <h3>Conflicts of duties</h3>
      <Conflicts of={data.standing} />
    </section>
  );
};

/** What a reviewer needs to know about one line, frozen at launch, and where to look further. */
export const ItemDetail = ({ item }: { readonly item: CampaignItem }) => {
  const { evidence } = item;
  const state = itemState(item);
  return (
    <div className={s['evidence']}>
      <Removal item={item} />
      <Facts
        of={[
          ['Who', item.identityId === null ? undefined : <IdentityName key="who" id={item.identityId} />],
          ['Access', <Gives key="what" item={item} />],
          [
            'Risk',
            <span key="risk" className="row">
              <RiskBadge risk={evidence.risk} />
              {evidence.privileged ? <Privileged /> : null}
            </span>,
          ],
          ['Came by', evidence.reason === null ? evidence.origin : `${evidence.origin}: ${evidence.reason}`],
          ['Since', <TimeAgo key="since" at={evidence.since} />],
          ['Until', evidence.until === null ? 'for good' : <TimeAgo key="until" at={evidence.until} />],
          ['Last used', <TimeAgo key="used" at={evidence.lastUse} never="no use was recorded: unknown, not unused" />],
          ['Recorded uses', evidence.uses],
          ['Peers', peersSaid(item)],
          ['Last kept', item.lastKeptAt === null ? 'never reviewed' : <TimeAgo key="kept" at={item.lastKeptAt} />],
          ['Changed since', item.lastKeptAt === null ? undefined : changesSaid(item)],
          ['Asked as', routeWords(item.routed)],
          ['Not another, because', item.reroutedBecause === null ? undefined : rerouteWords(item.reroutedBecause)],
          ['They object', item.objection ?? undefined],
          [
            'They may answer until',
            item.state === 'challenged' && item.answerBy !== null ? utc(item.answerBy) : undefined,
          ],
          [
            'State',
            <StateBadge key="state" tone={state.tone}>
              {state.word}
            </StateBadge>,
          ],
          [
            'Decided',
            item.decidedBy === null ? undefined : (
              <span key="by">
                <IdentityName id={item.decidedBy} />
                {item.decidedFor === null ? null : (
                  <>
                    {' '}
                    in the name of <IdentityName id={item.decidedFor} />
                  </>
                )}
                {item.comment === null ? '' : `: ${item.comment}`}
              </span>
            ),
          ],
        ]}
      />
      <ItemSubject item={item} />
      {item.subject === 'grant' ? <Advice item={item} /> : null}
      <EndingChoice item={item} />
      {item.identityId === null ? null : <Duties identityId={item.identityId} />}
      {item.decision === null && item.identityId !== null && item.grantId !== null ? (
        <DutiesWhatIf of={{ identity: item.identityId, endsGrantIds: [item.grantId] }} when="If it is revoked" />
      ) : null}
      <section>
        <h3>Sessions</h3>
        {evidence.sessions.length === 0 ? <p className="dim small">None was recorded with this access.</p> : null}
        <ul className="plain">
          {evidence.sessions.map((session) => (
            <li key={session.sessionId} className="spread">
              <Link to="/sessions/$id" params={{ id: session.sessionId }}>
                {session.endedAt === null ? 'Live at launch' : 'Replay'}
                <span className="visually-hidden"> the session of {utc(session.startedAt)}</span>
              </Link>
              <span className="dim small">
                <TimeAgo at={session.startedAt} />
                {session.endedAt === null
                  ? ''
                  : `, ${duration((Date.parse(session.endedAt) - Date.parse(session.startedAt)) / 1_000)}`}
                {session.commands === 0 ? '' : `, ${String(session.commands)} commands`}
                {session.commandClasses.length === 0 ? '' : ` (${session.commandClasses.join(', ')})`}
              </span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
};
