import { sql } from '#kit/db/index.ts';
import type { AdmissionEdges } from '../edges.ts';
import { inMinutes } from '../model.ts';
import { OBSERVER_GONE_MS } from './observer-gone.ts';
import type { SessionControl } from './session-control.ts';

interface Held {
  readonly id: string;
  readonly pausedBecause: string | null;
  readonly observerSeconds: number | null;
  readonly observer: string | null;
}

/**
 * Brings sessions of this node in line with their rows: held while somebody in charge paused them or nobody observes
 * one that needs it, and otherwise not. What is read is the state, so that it does not matter which news came first.
 */
export async function holdSessions(
  edges: Pick<AdmissionEdges, 'db' | 'live' | 'clock'>,
  ids: readonly string[],
): Promise<void> {
  const here = ids.filter((id) => edges.live.control(id) !== undefined);
  if (here.length === 0) return;
  const since = new Date(edges.clock.now().getTime() - OBSERVER_GONE_MS);
  const rows = await edges.db.many<Held>(sql`
    select s.id, s.paused_because, s.observer_seconds, (
             select f.display_name from session_watch w
               join lateral (select display_name from identity_facts where identity_id = w.identity_id
                              order by valid_from desc limit 1) f on true
              where w.session_id = s.id and w.observes and w.left_at is null and w.seen_at > ${since}
              order by w.began_at limit 1) as observer
      from session s where s.id = any(${here}::uuid[]) and s.state = 'live'`);
  for (const row of rows) {
    const control = edges.live.control(row.id);
    if (control !== undefined) holdOne(edges, control, row);
  }
}

function holdOne(edges: Pick<AdmissionEdges, 'live'>, control: SessionControl, row: Held): void {
  const { id, pausedBecause, observerSeconds, observer } = row;
  const alone = observerSeconds !== null && observer === null;
  if (alone) waitForObserver(edges, id, control, observerSeconds);
  else control.waitNoMore();
  if (pausedBecause !== null) control.hold(`paused by who is in charge: ${pausedBecause}`);
  else if (alone) control.hold(waitsFor(observerSeconds));
  else control.release(observer === null ? 'the session goes on' : `${observer} observes; the session goes on`);
}

/** Nothing flows until somebody observes; where nobody does in time, the session ends. */
export function waitForObserver(
  edges: Pick<AdmissionEdges, 'live'>,
  id: string,
  control: SessionControl,
  seconds: number,
): void {
  control.waitFor(seconds, () =>
    edges.live.end(id, `nobody observed this session for ${inMinutes(seconds)}, and it needs somebody who does`),
  );
}

export const waitsFor = (seconds: number): string =>
  `this session needs somebody who observes it, and waits ${inMinutes(seconds)} for one; nothing flows meanwhile`;
