import { Button, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { Suspense, lazy, useCallback, useMemo, useState } from 'react';
import { recordingQuery, sessionQuery } from '../../api/guard.ts';
import { can, useMe } from '../../api/me.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Page } from '../../ui/page.tsx';
import { CommandLine } from '../../ui/show/copyable.tsx';
import { parseCast } from './cast.ts';
import { useEndSessions } from './end-session.ts';
import { EventList } from './event-list.tsx';
import { KeptFiles } from './kept-files.tsx';
import { SessionFacts } from './session-facts.tsx';
import { StatementList } from './statement-list.tsx';
import { Transcript } from './transcript.tsx';
import s from './sessions.module.css';

const route = getRouteApi('/shell/sessions/$id');
const ReplayPlayer = lazy(() => import('./player.tsx').then((module) => ({ default: module.ReplayPlayer })));

/** One session played back, or read as text, beside what led to it. */
export const ReplayPage = () => {
  const { id } = route.useParams();
  const { at } = route.useSearch();
  const me = useMe();
  const session = useQuery(sessionQuery(id));
  const recorded = session.data?.recorded === true && session.data.recordingPurgedAt === null;
  // what was asked of a database is read as statements, not played
  const isTerminal = session.data === undefined || session.data.protocol === 'ssh';
  const recording = useQuery({ ...recordingQuery(id), enabled: recorded && isTerminal });
  const cast = useMemo(() => {
    try {
      return recording.data === undefined ? undefined : parseCast(recording.data);
    } catch {
      return null;
    }
  }, [recording.data]);
  const [jump, setJump] = useState<{ readonly event: number }>();
  const toSecond = useCallback(
    (seconds: number): { readonly event: number } | undefined =>
      cast === undefined || cast === null
        ? undefined
        : {
            event: Math.max(
              0,
              cast.events.findIndex((event) => event.at >= seconds),
            ),
          },
    [cast],
  );
  const first = useMemo(() => (at === undefined ? undefined : toSecond(at)), [at, toSecond]);
  const end = useEndSessions();
  if (session.error !== null && session.data === undefined)
    return <Failed error={session.error} onRetry={() => void session.refetch()} />;
  if (session.data === undefined) return <Waiting />;
  const { data } = session;
  return (
    <Page
      title={`${data.identityName} on ${data.accountName}@${data.systemName}`}
      crumbs={<Link to="/sessions">Sessions</Link>}
      actions={
        <>
          {data.state === 'live' && recorded && isTerminal ? (
            <Button variant="default" loading={recording.isFetching} onClick={() => void recording.refetch()}>
              Load up to now
            </Button>
          ) : null}
          {data.state === 'live' && can(me, 'session.watch') ? (
            <Button variant="default" component={Link} to="/sessions/$id/watch" params={{ id } as never}>
              Watch live
            </Button>
          ) : null}
          {data.state === 'live' && can(me, 'session.end') ? (
            <Button color="red" onClick={() => end([data])}>
              End now…
            </Button>
          ) : null}
        </>
      }
    >
      <div className={s['layout']}>
        <div className="stack">
          {recorded ? null : (
            <p className="dim">
              {data.recordingPurgedAt === null
                ? 'Nothing of this session was recorded.'
                : `Its recording was taken away, as its class ${data.recordingPurgedClass ?? ''} says. The session and what the audit log has of it stay.`}
            </p>
          )}
          {recorded && !isTerminal ? <StatementList id={data.id} /> : null}
          {recording.error === null ? null : (
            <Failed error={recording.error} onRetry={() => void recording.refetch()} />
          )}
          {recorded && isTerminal && recording.data === undefined && recording.error === null ? <Waiting /> : null}
          {cast === null ? (
            <p role="alert">
              This recording cannot be read: it does not begin as an asciicast. Check it with{' '}
              <code>reeve sessions verify {data.id}</code>.
            </p>
          ) : null}
          {cast === undefined || cast === null || recording.data === undefined ? null : (
            <>
              <Suspense fallback={<Waiting />}>
                <ReplayPlayer text={recording.data} cast={cast} jump={jump ?? first} />
              </Suspense>
              {cast.cut ? (
                <p role="note" className="small">
                  The recording ends in the middle of a line: its last second may be missing.
                </p>
              ) : null}
              <Tabs defaultValue="transcript" keepMounted={false}>
                <Tabs.List>
                  <Tabs.Tab value="transcript">Transcript</Tabs.Tab>
                  <Tabs.Tab value="events">Events {data.events.length === 0 ? '' : data.events.length}</Tabs.Tab>
                  <Tabs.Tab value="files">Files</Tabs.Tab>
                  <Tabs.Tab value="proves">What this proves</Tabs.Tab>
                </Tabs.List>
                <Tabs.Panel value="transcript" pt="sm">
                  <Transcript cast={cast} onJump={(event) => setJump({ event })} />
                </Tabs.Panel>
                <Tabs.Panel value="events" pt="sm">
                  <EventList events={data.events} onJump={(seconds) => setJump(toSecond(seconds))} />
                </Tabs.Panel>
                <Tabs.Panel value="files" pt="sm">
                  <KeptFiles id={data.id} />
                </Tabs.Panel>
                <Tabs.Panel value="proves" pt="sm">
                  <p>
                    It shows every byte the target sent to this terminal, in order and with its time; its digest is in
                    the audit log.
                  </p>
                  <p>
                    It does not show what a program did without printing it: scripts, encoded commands and background
                    jobs can hide from a terminal recording.
                  </p>
                </Tabs.Panel>
              </Tabs>
            </>
          )}
        </div>
        <div className="stack">
          <section className="card">
            <h2>Session</h2>
            <SessionFacts session={data} />
          </section>
          <section className="card">
            <h2>In a terminal</h2>
            <CommandLine text={`reeve sessions ${isTerminal ? 'play' : 'statements'} ${data.id}`} />
          </section>
        </div>
      </div>
    </Page>
  );
};
