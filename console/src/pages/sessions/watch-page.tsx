import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { Suspense, lazy, useState } from 'react';
import { sessionQuery } from '../../api/guard.ts';
import { can, useMe } from '../../api/me.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { CommandLine } from '../../ui/show/copyable.tsx';
import { DirectSession } from './direct-session.tsx';
import { SessionFacts } from './session-facts.tsx';
import s from './sessions.module.css';

const route = getRouteApi('/shell/sessions/$id/watch');
const LiveScreen = lazy(() => import('./live-screen.tsx').then((module) => ({ default: module.LiveScreen })));

/** One session as it runs, and what whoever is in charge can do with it. */
export const WatchPage = () => {
  const { id } = route.useParams();
  const me = useMe();
  const session = useQuery(sessionQuery(id));
  const [observes, setObserves] = useState(false);
  if (session.error !== null && session.data === undefined)
    return <Failed error={session.error} onRetry={() => void session.refetch()} />;
  if (session.data === undefined) return <Waiting />;
  const { data } = session;
  const mayObserve =
    data.observerSeconds !== null && data.identityId !== me.id && data.state === 'live' && can(me, 'session.observe');
  return (
    <Page
      title={`${data.identityName} on ${data.accountName}@${data.systemName}`}
      crumbs={<Link to="/live">Live</Link>}
      lead="What the target sends, at most a second behind. That you watch is in the audit log."
      actions={<DirectSession session={data} />}
    >
      <div className={s['layout']}>
        <div className="stack">
          {mayObserve ? (
            <div className="card row" role="note">
              <span>
                {observes
                  ? 'You observe: the session runs while this page is open.'
                  : 'This session runs only while somebody observes it.'}
              </span>
              <Button
                size="compact-sm"
                variant={observes ? 'default' : 'filled'}
                onClick={() => setObserves((was) => !was)}
              >
                {observes ? 'Stop observing' : 'Observe'}
              </Button>
            </div>
          ) : null}
          <Suspense fallback={<Waiting />}>
            <LiveScreen key={String(observes)} sessionId={id} observes={observes} />
          </Suspense>
        </div>
        <div className="stack">
          <section className="card">
            <h2>Session</h2>
            <SessionFacts session={data} />
          </section>
          <section className="card">
            <h2>In a terminal</h2>
            <CommandLine text={`reeve watch ${data.id}${observes ? ' --observe' : ''}`} />
          </section>
        </div>
      </div>
    </Page>
  );
};
