import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { exportLog } from '#lab/demo/audit-steps.ts';
import { until } from '#lab/demo/cast.ts';
import type { Person } from '#lab/reeve/person.ts';
import { verifyExport } from '#spine/audit/index.ts';
import type { WatchedSession } from './watch-session.ts';

/** What is looked at: a Reeve and its host, with nobody else at work on either. */
export interface Looked {
  readonly administrator: Person;
  readonly lenaId: string;
  readonly dataDir: string;
  /** What web1 itself says, by the back door of the lab. */
  onTarget(command: string): Promise<string>;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string | null;
}
interface Grant {
  readonly id: string;
  readonly validTo: string | null;
  readonly endedBecause: string | null;
  readonly systemName: string | null;
}

const WITHIN_MS = 45_000;

/** Says what is wrong with the audit log, checked as a copy with the checkpoint kept outside the database. */
export async function auditWrong(looked: Pick<Looked, 'administrator' | 'dataDir'>): Promise<string | undefined> {
  const { administrator, dataDir } = looked;
  const key = await until(
    () => administrator.get<{ publicKey: string; size: number }>('/v1/audit/key'),
    (k) => k.size > 0,
    'a checkpoint',
  );
  // Before the copy: taking a copy is itself in the log, and the checkpoint moves on.
  const witness = readFileSync(join(dataDir, 'audit-witness'), 'utf8');
  const lines = await exportLog(administrator);
  const result = await verifyExport(Readable.from(lines.map((line) => `${line}\n`)), key.publicKey, {
    witnesses: [witness],
  });
  return result.ok ? undefined : `the log does not verify: ${result.first?.kind} ${result.first?.detail}`;
}

/**
 * Waits until nothing of the grants is under way, then says where the target and the grants differ: access that
 * outlived its grant, a session or process of somebody without one, or access somebody is owed and has not.
 */
export async function accessWrong(looked: Looked): Promise<string | undefined> {
  const { administrator, lenaId } = looked;
  const live = async (): Promise<readonly Grant[]> => {
    const { items } = await administrator.get<Page<Grant>>(`/v1/grants?identityId=${lenaId}&system=web1&limit=200`);
    const late = items.filter(
      (g) => g.endedBecause === null && g.validTo !== null && Date.parse(g.validTo) < Date.now() - 5_000,
    );
    if (late.length > 0) throw new Error(`grant ${late[0]?.id} is live five seconds after its end`);
    return items.filter((g) => g.endedBecause === null);
  };
  const settle = async (): Promise<string | undefined> => {
    const [grants, waiting, sessions, target] = [
      await live(),
      await administrator.get<Page<object>>('/v1/provisioning?state=waiting'),
      await administrator.get<Page<{ id: string }>>('/v1/sessions?state=live'),
      await looked.onTarget(
        'cat /etc/sudoers.d/reeve-lena 2>/dev/null; echo "state $(passwd -S lena 2>/dev/null | cut -d" " -f2)"; echo "running $(pgrep -u lena -c)"',
      ),
    ];
    if (waiting.items.length > 0) return `${waiting.items.length} changes on targets are under way`;
    if (sessions.items.length > 0) return `session ${sessions.items[0]?.id} of a dead gateway is said to be live`;
    const running = Number(/running (\d+)/.exec(target)?.[1] ?? 0);
    if (running > 0) return `${running} processes of lena run on web1 and nobody is connected`;
    const may = target.includes('NOPASSWD') || target.includes('ALL=');
    const open = /state P/.test(target);
    if (grants.length === 0 && (may || open)) return `lena has no grant, and web1 says: ${target}`;
    if (grants.length > 0 && !(may && open)) return `lena has grant ${grants[0]?.id}, and web1 says: ${target}`;
    return undefined;
  };
  let wrong: string | undefined = 'nothing was seen';
  await until(
    async () => {
      wrong = await settle();
      return wrong;
    },
    (w) => w === undefined,
    'target and grants',
    WITHIN_MS,
  ).catch(() => undefined);
  return wrong;
}

/** How a recording stands against what its client had seen. */
export interface RecordingCheck {
  readonly wrong: string | undefined;
  /** Milliseconds between the last the recording has and the moment its session broke off, as the client saw it. */
  readonly lostMs: number;
}

const MOST_LOST_MS = 1_000;

/** Opens a recording and says what is missing of what its client had seen a second before the crash. */
export async function recordingWrong(
  administrator: Person,
  session: WatchedSession,
  killedAt: number,
): Promise<RecordingCheck> {
  const id = session.id();
  const seen = session.seenBy(Number.POSITIVE_INFINITY);
  if (id === undefined)
    return { wrong: seen === 0 ? undefined : `a session was not told its id: ${session.said()}`, lostMs: 0 };
  const cast = await administrator.get<string>(`/v1/sessions/${id}/recording`);
  const verified = await administrator.get<{ ok: boolean; problem: string | null }>(`/v1/sessions/${id}/verify`);
  const ticks = [...cast.matchAll(/tick (\d+)\./g)].map((found) => Number(found[1]));
  const last = ticks.at(-1) ?? 0;
  const ended = Math.min(killedAt, (await session.ended).at);
  let lostMs = 0;
  while (session.seenBy(ended - lostMs) > last) lostMs += 10;
  const due = session.seenBy(ended - MOST_LOST_MS);
  const wrong =
    last < due
      ? `recording ${id} ends at tick ${last}; its client had seen ${due} a second before (${lostMs} ms lost)`
      : verified.ok || verified.problem?.includes('what is there is whole') === true
        ? undefined
        : `recording ${id}: ${verified.problem}`;
  return { wrong, lostMs };
}
