import { useSyncExternalStore } from 'react';

// One clock for every relative time on the page, so that a hundred rows cost one timer.
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
};
/** Now, to the second. Re-renders with it only when `step` seconds have passed. */
export const useNow = (step = 20): number =>
  useSyncExternalStore(subscribe, () => Math.floor(now / (step * 1_000)) * step * 1_000);

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

export const relativeTime = (at: number, from: number): string => {
  const seconds = Math.round((at - from) / 1_000);
  for (const [unit, size] of units)
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit).replace('.', '');
  return Math.abs(seconds) < 45 ? 'just now' : relative.format(seconds < 0 ? -1 : 1, 'minute').replace('.', '');
};

export const utc = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
const local = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** When, as people say it; the exact time in UTC and here on hover. */
export const TimeAgo = ({
  at,
  never = 'never',
}: {
  readonly at: string | null | undefined;
  readonly never?: string;
}) => {
  const current = useNow();
  if (at === null || at === undefined) return <span className="dim">{never}</span>;
  const instant = Date.parse(at);
  return (
    <time
      dateTime={at}
      title={`${utc(new Date(instant).toISOString())}\n${local.format(instant)} here`}
      className="nowrap"
    >
      {relativeTime(instant, Math.max(current, instant > Date.now() ? current : instant))}
    </time>
  );
};

/** `1 h 04 min`, `12 s`. */
export const duration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${String(whole)} s`;
  if (whole < 3_600)
    return `${String(Math.floor(whole / 60))} min${whole % 60 === 0 ? '' : ` ${String(whole % 60).padStart(2, '0')} s`}`;
  if (whole < 172_800)
    return `${String(Math.floor(whole / 3_600))} h${whole % 3_600 < 60 ? '' : ` ${String(Math.floor((whole % 3_600) / 60)).padStart(2, '0')} min`}`;
  return `${String(Math.round(whole / 86_400))} days`;
};

/** Time left until `to`, counting; a word once it is over. */
export const Countdown = ({ to, over = 'over' }: { readonly to: string; readonly over?: string }) => {
  const current = useNow(1);
  const left = (Date.parse(to) - Math.max(current, 0)) / 1_000;
  return (
    <time dateTime={to} title={utc(new Date(to).toISOString())} className="num nowrap">
      {left <= 0 ? over : duration(left)}
    </time>
  );
};
