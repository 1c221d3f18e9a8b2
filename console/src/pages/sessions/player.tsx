import { create, type Player } from 'asciinema-player';
import 'asciinema-player/dist/bundle/asciinema-player.css';
import { ActionIcon, Checkbox, NativeSelect } from '@mantine/core';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Icon } from '../../ui/show/icon.tsx';
import { duration } from '../../ui/show/time-ago.tsx';
import { density, shorten, type Cast } from './cast.ts';
import s from './sessions.module.css';

interface ReplayPlayerProps {
  readonly text: string;
  readonly cast: Cast;
  /** Event to go to; a new object goes again. */
  readonly jump: { readonly event: number } | undefined;
}

const speeds = ['0.5', '1', '2', '4', '8', '16'];

/** How much was printed when, as a picture of the whole session. The slider over it is the control. */
const Lane = ({ counts }: { readonly counts: readonly number[] }) => {
  const most = Math.max(1, ...counts);
  return (
    <svg className={s['lane']} viewBox={`0 0 ${String(counts.length)} 20`} preserveAspectRatio="none" aria-hidden>
      {counts.map((count, i) => (
        <rect
          key={i}
          x={i}
          width={0.8}
          y={count === 0 ? 19 : 20 - Math.max(2, (count / most) * 20)}
          height={count === 0 ? 1 : Math.max(2, (count / most) * 20)}
        />
      ))}
    </svg>
  );
};

/** Plays a recording: space, ← → five seconds. The engine is asciinema's; the controls are ours, so that they can be named and reached. */
export const ReplayPlayer = ({ text, cast, jump }: ReplayPlayerProps) => {
  const screen = useRef<HTMLDivElement>(null);
  const player = useRef<Player>(undefined);
  const [speed, setSpeed] = useState('1');
  const [skipIdle, setSkipIdle] = useState(true);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const limit = skipIdle ? 2 : undefined;
  const times = useMemo(() => shorten(cast.events, limit), [cast, limit]);
  const counts = useMemo(() => density(cast.events, times, 120), [cast, times]);
  const total = times.at(-1) ?? 0;
  const resume = useRef({ event: 0, playing: false });

  const eventAt = useCallback(
    (time: number) =>
      Math.max(
        0,
        times.findLastIndex((each) => each <= time),
      ),
    [times],
  );

  useEffect(() => {
    if (screen.current === null) return;
    const made = create({ data: text }, screen.current, {
      controls: false,
      speed: Number(speed),
      fit: 'width',
      theme: 'auto/asciinema',
      startAt: times[resume.current.event] ?? 0,
      poster: `npt:${String(times[resume.current.event] ?? Math.min(1, total))}`,
      terminalFontFamily: 'var(--mantine-font-family-monospace)',
      ...(limit === undefined ? {} : { idleTimeLimit: limit }),
    });
    made.addEventListener('playing', () => setPlaying(true));
    made.addEventListener('pause', () => setPlaying(false));
    made.addEventListener('ended', () => setPlaying(false));
    player.current = made;
    if (resume.current.playing) void made.play();
    return () => {
      player.current = undefined;
      made.dispose();
    };
  }, [text, speed, limit, times, total]);

  useEffect(() => {
    const timer = setInterval(() => {
      const now = player.current?.getCurrentTime() ?? 0;
      setAt(now);
      resume.current = { event: eventAt(now), playing };
    }, 200);
    return () => clearInterval(timer);
  }, [eventAt, playing]);

  const seek = useCallback((time: number): void => {
    setAt(time);
    void player.current?.seek(Math.max(0, time));
  }, []);
  useEffect(() => {
    if (jump !== undefined) seek(times[jump.event] ?? 0);
  }, [jump, seek, times]);

  const toggle = (): void => void (playing ? player.current?.pause() : player.current?.play());
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target instanceof HTMLSelectElement || event.target instanceof HTMLInputElement) return;
    const act = { ' ': toggle, ArrowLeft: () => seek(at - 5), ArrowRight: () => seek(Math.min(total, at + 5)) }[
      event.key
    ];
    if (act === undefined || (event.key === ' ' && event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    act();
  };
  return (
    <div className={s['player']} role="group" aria-label="Replay" onKeyDown={onKeyDown}>
      <div
        ref={screen}
        className={s['screen']}
        tabIndex={0}
        role="img"
        aria-label="The terminal as it was. The transcript has it as text."
      />
      <div className={s['scrub']}>
        <Lane counts={counts} />
        <input
          type="range"
          min={0}
          max={Math.max(total, 0.1)}
          step={0.1}
          value={Math.min(at, total)}
          aria-label="Position"
          aria-valuetext={`${duration(at)} of ${duration(total)}`}
          onChange={(event) => seek(Number(event.currentTarget.value))}
        />
      </div>
      <div className={s['controls']}>
        <ActionIcon
          variant="default"
          size="md"
          aria-label={playing ? 'Pause' : 'Play'}
          title={`${playing ? 'Pause' : 'Play'}  Space`}
          onClick={toggle}
        >
          <Icon name={playing ? 'pause' : 'play'} />
        </ActionIcon>
        <span className="num small">
          {duration(at)} / {duration(total)}
        </span>
        <NativeSelect
          aria-label="Speed"
          size="xs"
          value={speed}
          onChange={(event) => setSpeed(event.currentTarget.value)}
          data={speeds.map((value) => ({ value, label: `${value}×` }))}
        />
        <Checkbox
          size="xs"
          label="Skip pauses"
          checked={skipIdle}
          onChange={(event) => setSkipIdle(event.currentTarget.checked)}
        />
        {cast.seconds > total + 1 ? <span className="dim small">{duration(cast.seconds)} in real time</span> : null}
      </div>
    </div>
  );
};
