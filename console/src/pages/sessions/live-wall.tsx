import { SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Suspense, lazy, useCallback, useState } from 'react';
import { sessionList } from '../../api/guard.ts';
import { useRows } from '../../api/pages.ts';
import type { Session } from '../../api/shapes/guard.ts';
import { Empty, Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { StateBadge } from '../../ui/show/badges.tsx';
import { Countdown, duration, useNow } from '../../ui/show/time-ago.tsx';
import { heldWords } from './held-words.ts';
import { sessionSeconds } from './end-session.ts';
import type { Following } from './follow-session.ts';
import s from './sessions.module.css';

const LiveScreen = lazy(() => import('./live-screen.tsx').then((module) => ({ default: module.LiveScreen })));

/** Those that want somebody first: nobody observes them, then paused ones, then the newest. */
const urgency = ({ held }: Session): number => (held === null ? 3 : { recording: 0, observer: 1, paused: 2 }[held]);

const Tile = ({ session }: { readonly session: Session }) => {
  const [failed, setFailed] = useState<string>();
  const onNow = useCallback((now: Following) => setFailed(now.state === 'failed' ? now.because : undefined), []);
  const now = useNow(1);
  return (
    <li className={`card ${s['tile'] ?? ''}`} data-held={session.held ?? undefined}>
      <div className={s['tileHead']}>
        <Link to="/sessions/$id/watch" params={{ id: session.id }}>
          {session.identityName} on <span className="mono">{`${session.accountName}@${session.systemName}`}</span>
        </Link>
        {session.held === null ? null : (
          <StateBadge tone={session.held === 'recording' ? 'bad' : 'wait'}>{heldWords[session.held]}</StateBadge>
        )}
      </div>
      <Suspense fallback={<Waiting />}>
        <LiveScreen sessionId={session.id} glance onNow={onNow} />
      </Suspense>
      <div className="dim small">
        {failed ?? (
          <>
            {duration(sessionSeconds(session, now))}
            {session.endsAt === null ? null : (
              <>
                {' · ends in '}
                <Countdown to={session.endsAt} />
              </>
            )}
            {session.watchers > 1 ? ` · ${String(session.watchers)} watch` : ''}
          </>
        )}
      </div>
    </li>
  );
};

/** Every session that runs, side by side, as it is now. */
export const LiveWall = () => {
  const list = useRows(sessionList({ state: 'live' }));
  const [most, setMost] = useState('4');
  const shown = list.rows.toSorted((a, b) => urgency(a) - urgency(b)).slice(0, Number(most));
  return (
    <Page
      title="Live sessions"
      crumbs={<Link to="/sessions">Sessions</Link>}
      lead="As they are now, a second or two behind. That you watch each of them is in the audit log."
      actions={
        <SegmentedControl
          aria-label="How many side by side"
          size="xs"
          value={most}
          onChange={setMost}
          data={['4', '9', '16']}
        />
      }
    >
      {list.error === null ? null : <Failed error={list.error} onRetry={() => list.retry()} />}
      {list.rows.length === 0 && list.error === null ? (
        <Empty title="Nobody is connected" text="A session appears here within seconds of its start." />
      ) : null}
      <ul className={s['wall']}>
        {shown.map((session) => (
          <Tile key={session.id} session={session} />
        ))}
      </ul>
      {list.rows.length > shown.length ? (
        <p className="small">
          {String(list.rows.length - shown.length)} more are not shown here.{' '}
          <Link to="/sessions" search={{ q: 'state:live' }}>
            See all
          </Link>
        </p>
      ) : null}
    </Page>
  );
};
