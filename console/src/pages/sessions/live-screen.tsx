import { create, type Player, type Source } from 'asciinema-player';
import 'asciinema-player/dist/bundle/asciinema-player.css';
import { useCallback, useEffect, useRef } from 'react';
import type { Followed } from '../../api/shapes/live.ts';
import { StateBadge } from '../../ui/show/badges.tsx';
import { heldWords } from './held-words.ts';
import { useFollowing, type Following } from './follow-session.ts';
import s from './sessions.module.css';

type Dispatch = (event: string, data?: unknown) => void;

/** What the player calls a driver: it is handed a way to say what happens, and is asked to play. Its types leave these out. */
const liveSource = (ready: (dispatch: Dispatch) => void): Source =>
  (({ dispatch }: { readonly dispatch: Dispatch }) => ({
    init: () => ready(dispatch),
    play: () => {
      dispatch('play');
      dispatch('playing');
      return true;
    },
    getTiming: () => ({ time: 0, rate: 0 }),
  })) as unknown as Source;

const sizeOf = (text: string): { readonly cols: number; readonly rows: number } | undefined => {
  const [cols, rows] = text.split('x').map(Number);
  return cols === undefined || rows === undefined || !(cols > 0) || !(rows > 0) ? undefined : { cols, rows };
};

/** In words, what state a followed session is in. */
export const FollowingState = ({ now }: { readonly now: Following }) => {
  if (now.state === 'failed') return <StateBadge tone="bad">{now.because ?? 'cannot be watched'}</StateBadge>;
  if (now.state === 'ended') return <StateBadge tone="quiet">{`ended: ${now.because ?? 'just now'}`}</StateBadge>;
  if (now.held === 'recording') return <StateBadge tone="bad">{heldWords.recording}</StateBadge>;
  if (now.held != null) return <StateBadge tone="wait">{heldWords[now.held]}</StateBadge>;
  return <StateBadge tone="good">{now.state === 'beginning' ? 'connecting' : 'live'}</StateBadge>;
};

/** The screen of a session as it is now. Opening it is recorded; leaving the page leaves the session. */
export const LiveScreen = ({
  sessionId,
  observes = false,
  glance = false,
  onNow,
}: {
  readonly sessionId: string;
  readonly observes?: boolean;
  /** Small, from a little before now, without a state of its own. */
  readonly glance?: boolean;
  readonly onNow?: (now: Following) => void;
}) => {
  const screen = useRef<HTMLDivElement>(null);
  const dispatch = useRef<Dispatch>(undefined);
  const early = useRef<Pick<Followed, 'events' | 'size'>[]>([]);
  const sized = useRef(false);
  const feed = useCallback((got: Pick<Followed, 'events' | 'size'>): void => {
    const tell = dispatch.current;
    if (tell === undefined) return void early.current.push(got);
    if (!sized.current && got.size !== null && got.size.cols > 0 && got.size.rows > 0) {
      sized.current = true;
      tell('reset', { size: got.size });
    }
    for (const { code, data } of got.events) {
      const size = code === 'r' ? sizeOf(data) : undefined;
      if (size !== undefined) tell('resize', size);
      else if (code === 'o') tell('output', data);
      else if (code === 'm') tell('output', `\r\n\u001b[2m[${data}]\u001b[0m\r\n`);
    }
  }, []);
  useEffect(() => {
    if (screen.current === null) return;
    sized.current = false;
    const made: Player = create(
      liveSource((tell) => {
        tell('reset', { size: { cols: 80, rows: 24 } });
        dispatch.current = tell;
        for (const got of early.current.splice(0)) feed(got);
      }),
      screen.current,
      {
        controls: false,
        autoPlay: true,
        fit: 'width',
        theme: 'auto/asciinema',
        terminalFontFamily: 'var(--mantine-font-family-monospace)',
      },
    );
    return () => {
      dispatch.current = undefined;
      made.dispose();
    };
  }, [sessionId, feed]);
  const now = useFollowing(sessionId, { observes, glance }, feed);
  useEffect(() => onNow?.(now), [now, onNow]);
  return (
    <div className={s['live']}>
      <div
        ref={screen}
        className={s[glance ? 'glance' : 'screen']}
        role="img"
        aria-label="The terminal as it is now. The transcript of the recording has it as text."
      />
      {glance ? null : (
        <div role="status">
          <FollowingState now={now} />
        </div>
      )}
    </div>
  );
};
