import type { Beside } from './beside.ts';
import { TICK, type Talking } from './talking.ts';

/** What is left of one session whose gateway was killed. */
export interface Left {
  readonly wrong: string | undefined;
  /** How long before the kill its client first saw what its recording lacks; 0: it lacks nothing. */
  readonly lostMs: number;
  /** Between the time its recording shows last and the kill: that, and how late the target was. */
  readonly endsMs: number;
}

const MOST_LOST_MS = 1_000;

/** Opens, plays and verifies the recording of a session as an officer would, and holds its end against the kill. */
export async function whatIsLeft(
  beside: Beside,
  officer: string,
  session: { readonly id: string; readonly protocol: string; readonly startedAt: Date },
  talk: Talking,
  killedAt: number,
): Promise<Left> {
  const { id, protocol } = session;
  const cast = await beside.perform<string>('sessions.recording', { id }, officer);
  const shown = cast
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as [number, string, string])
    .filter(([, kind]) => kind === 'o')
    .map(([, , text]) => text)
    .join('');
  const last = Math.max(session.startedAt.getTime(), ...[...shown.matchAll(TICK)].map(([, at]) => Number(at)));
  const lostMs = Math.max(0, killedAt - (talk.sawAfter(last) ?? killedAt));
  const endsMs = Math.max(0, killedAt - last);
  const verified = await beside.perform<{ ok: boolean; cut: boolean; problem: string | null }>(
    'sessions.verify',
    { id },
    officer,
  );
  const wrong = !verified.ok
    ? `the recording does not verify: ${verified.problem}`
    : !verified.cut
      ? 'the recording does not say that it was cut'
      : lostMs > MOST_LOST_MS
        ? `the recording lacks what its client saw ${lostMs} ms before the kill`
        : undefined;
  return { wrong: wrong === undefined ? undefined : `${protocol} session ${id}: ${wrong}`, lostMs, endsMs };
}
