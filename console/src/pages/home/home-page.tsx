import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { findingList } from '../../api/findings.ts';
import { mySessionList, sessionList } from '../../api/guard.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { grantList } from '../../api/people.ts';
import { approvalCountQuery, requestList } from '../../api/requests.ts';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import { nameOfGrant } from '../access/grant-words.tsx';
import { requestTone, whatOf } from '../requests/request-words.ts';
import { Emergency } from './emergency-card.tsx';
import { FirstDay } from './first-day.tsx';
import s from './home.module.css';

const soon = 24 * 3_600_000;

const Decisions = () => {
  const { data: count } = useQuery(approvalCountQuery);
  return (
    <section className="card">
      <h2>Waiting for you</h2>
      <p className={s['big']}>{count ?? '–'}</p>
      {count === 0 ? (
        <p className="dim small">Inbox zero. New requests come here and by mail.</p>
      ) : (
        <Link to="/inbox">Open the inbox</Link>
      )}
    </section>
  );
};

const Expiring = () => {
  const grants = useRows(grantList(useMe().id, true));
  const ending = grants.rows
    .flatMap((grant) =>
      grant.validTo !== null && Date.parse(grant.validTo) - Date.now() < soon
        ? [{ ...grant, validTo: grant.validTo }]
        : [],
    )
    .toSorted((a, b) => a.validTo.localeCompare(b.validTo));
  return (
    <section className="card">
      <h2>Ending within a day</h2>
      {ending.length === 0 ? <p className="dim small">None of your access ends today.</p> : null}
      <ul className="plain">
        {ending.map((grant) => (
          <li key={grant.id} className={s['line']}>
            <Link to="/access" search={{ open: grant.id }}>
              {nameOfGrant(grant)}
            </Link>
            <span className="dim small">
              <Countdown to={grant.validTo} /> left
            </span>
          </li>
        ))}
      </ul>
      <Link to="/access">All my access</Link>
    </section>
  );
};

const MyRequests = () => {
  const requests = useRows(requestList({ scope: 'mine' }));
  return (
    <section className="card">
      <h2>My requests</h2>
      {requests.rows.length === 0 ? <p className="dim small">You have not asked for anything yet.</p> : null}
      <ul className="plain">
        {requests.rows.slice(0, 5).map((request) => (
          <li key={request.id} className={s['line']}>
            <Link to="/requests/$id" params={{ id: request.id }}>
              {whatOf(request)}
            </Link>
            <StateBadge tone={requestTone[request.state]}>{request.state}</StateBadge>
          </li>
        ))}
      </ul>
      <Link to="/request">Request access</Link>
    </section>
  );
};

const RecentSessions = ({ everybody }: { readonly everybody: boolean }) => {
  const sessions = useRows(everybody ? sessionList() : mySessionList());
  return (
    <section className="card">
      <h2>{everybody ? 'Recent sessions' : 'My recent sessions'}</h2>
      {sessions.rows.length === 0 ? (
        <p className="dim small">No session yet. Sessions through the SSH gateway appear here as they start.</p>
      ) : null}
      <ul className="plain">
        {sessions.rows.slice(0, 5).map((session) => (
          <li key={session.id} className={s['line']}>
            <Link to="/sessions/$id" params={{ id: session.id }}>
              {session.accountName}@{session.systemName}
            </Link>
            <span className="dim small">
              {everybody ? `${session.identityName}, ` : ''}
              {session.state === 'live' ? 'live now' : <TimeAgo at={session.startedAt} />}
            </span>
          </li>
        ))}
      </ul>
      {everybody ? <Link to="/sessions">All sessions</Link> : null}
    </section>
  );
};

const Findings = () => {
  const findings = useRows(findingList({ state: 'open' }));
  return (
    <section className="card">
      <h2>Open findings</h2>
      <p className={s['big']}>{findings.total ?? `${String(findings.rows.length)}${findings.hasMore ? '+' : ''}`}</p>
      <Link to="/findings">Look at them</Link>
    </section>
  );
};

/** What this person should know now, and the one next thing to do. */
export const HomePage = () => {
  const me = useMe();
  return (
    <Page title={`Good day, ${me.displayName.split(' ')[0] ?? ''}`}>
      <div className={s['grid']}>
        <Decisions />
        <Emergency />
        <Expiring />
        <MyRequests />
        <RecentSessions everybody={can(me, 'session.list')} />
        {can(me, 'finding.list') ? <Findings /> : null}
      </div>
      <FirstDay />
    </Page>
  );
};
