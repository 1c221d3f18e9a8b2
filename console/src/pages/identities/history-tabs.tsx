import { Link } from '@tanstack/react-router';
import { eventList } from '../../api/audit.ts';
import { sessionList } from '../../api/guard.ts';
import { useRows } from '../../api/pages.ts';
import { Failed, Waiting } from '../../ui/feedback/states.tsx';
import { Timeline } from '../../ui/show/facts.tsx';

/** What happened to this identity, from the audit log. */
export const HistoryTab = ({ id }: { readonly id: string }) => {
  const events = useRows(eventList({ subject: id }));
  if (events.error !== null) return <Failed error={events.error} onRetry={events.retry} />;
  if (events.loading) return <Waiting />;
  return (
    <Timeline
      label="What happened"
      of={events.rows.map((event) => ({
        id: event.id,
        at: event.at,
        tone: event.type.endsWith('refused') ? ('bad' as const) : ('quiet' as const),
        title: (
          <Link to="/audit" search={{ q: `subject:${id}`, open: event.id }}>
            {event.type}
          </Link>
        ),
        text: `through ${event.via}`,
      }))}
    />
  );
};

export const SessionTab = ({ id }: { readonly id: string }) => {
  const sessions = useRows(sessionList({ identityId: id }));
  if (sessions.error !== null) return <Failed error={sessions.error} onRetry={sessions.retry} />;
  if (sessions.loading) return <Waiting />;
  if (sessions.rows.length === 0) return <p className="dim">No session through Reeve yet.</p>;
  return (
    <Timeline
      label="Sessions"
      of={sessions.rows.map((session) => ({
        id: session.id,
        at: session.startedAt,
        tone: session.state === 'live' ? ('good' as const) : ('quiet' as const),
        title: (
          <Link to="/sessions/$id" params={{ id: session.id }}>
            {session.accountName}@{session.systemName}
          </Link>
        ),
        text: session.state === 'live' ? 'live now' : (session.endedBecause ?? 'ended'),
      }))}
    />
  );
};
