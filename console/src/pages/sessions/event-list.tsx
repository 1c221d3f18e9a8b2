import type { SessionDetail } from '../../api/shapes/guard.ts';
import { duration } from '../../ui/show/time-ago.tsx';
import s from './sessions.module.css';

interface EventListProps {
  readonly events: SessionDetail['events'];
  readonly onJump: (seconds: number) => void;
}

/** What the gateway understood of the session: commands, files, channels. A click goes to the moment. */
export const EventList = ({ events, onJump }: EventListProps) =>
  events.length === 0 ? (
    <p className="dim">The gateway noted nothing beside what was on the screen.</p>
  ) : (
    <ol className={s['transcript']} aria-label="Events">
      {events.map((event) => (
        <li key={`${String(event.atMs)} ${event.type} ${event.detail}`}>
          <button type="button" onClick={() => onJump(event.atMs / 1_000)}>
            <span className="dim">
              {duration(event.atMs / 1_000)} {event.type}{' '}
            </span>
            {event.detail}
          </button>
        </li>
      ))}
    </ol>
  );
