import type { Beside } from './beside.ts';
import { TICK } from './protocols.ts';

/** What is left of one session whose gateway was killed. */
export interface Left {
  readonly wrong: string | undefined;
  /** Between the last thing its recording shows and the kill. */
  readonly lostMs: number;
}

const MOST_LOST_MS = 1_000;

/** Opens, plays and verifies the recording of a session as an officer would, and holds its end against the kill. */
export async function whatIsLeft(
  beside: Beside,
  officer: string,
  session: { readonly id: string; readonly protocol: string; readonly startedAt: Date },
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
  const lostMs = Math.max(0, killedAt - last);
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
        ? `the recording ends ${lostMs} ms before the kill`
        : undefined;
  return { wrong: wrong === undefined ? undefined : `${protocol} session ${id}: ${wrong}`, lostMs };
}
