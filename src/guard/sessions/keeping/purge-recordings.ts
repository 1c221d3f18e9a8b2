import { sql, type Db, type Queryable } from '#kit/db/index.ts';
import { mayTakeFiles } from '#kit/db/dump/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import type { Recordings } from '../edges.ts';
import { countDue, lockDue, someDue } from './due.ts';
import { recordingPurgeAccepted, recordingPurgeDeclined, recordingPurged, recordingPurgeHeld } from './events.ts';

/** So many a run are purged without anybody being asked. */
const MOST_UNASKED = 100;
const AT_A_TIME = 50;

/** A run that takes recordings away, or wants to. */
export interface RecordingPurge {
  readonly id: string;
  readonly state: 'held' | 'going' | 'done' | 'declined';
  /** How many were due when it was planned. */
  readonly counted: number;
  readonly purged: number;
  /** Those whose time was over then. */
  readonly asOf: Date;
  readonly judgedBy: string | null;
  readonly because: string | null;
}

const columns = sql`id, state, counted, purged, as_of, judged_by, because`;

export const listPurges = (tx: Queryable): Promise<RecordingPurge[]> =>
  tx.many<RecordingPurge>(sql`select ${columns} from recording_purge order by id desc limit 100`);

const total = async (db: Queryable, at: Date): Promise<number> =>
  (await countDue(db, at)).reduce((sum, { recordings }) => sum + recordings, 0);

/** Says yes to a held run, as many as it said at most. It begins right after. */
export async function acceptPurge(
  ctx: Ctx,
  permit: Permit<'recording_purge.judge'>,
  id: string,
  because: string,
): Promise<RecordingPurge> {
  const held = await ctx.tx.maybe<RecordingPurge>(
    sql`select ${columns} from recording_purge where id = ${id} and state = 'held' for update`,
  );
  if (held === undefined) throw await notHeld(ctx, id);
  const now = await total(ctx.tx, held.asOf);
  if (now > held.counted)
    throw conflict(
      'recording_purge.grew',
      `${now} recordings are due by now, ${held.counted} were when it was planned: classes or holds changed`,
      'decline it; the next run counts anew',
    );
  const going = await judge(ctx, id, 'going', because);
  await ctx.record(permit, {
    event: recordingPurgeAccepted,
    subject: ctx.principal.id,
    data: { purgeId: id, recordings: now, because },
  });
  return going;
}

/** Says no: nothing of it is purged, and the next run counts anew. */
export async function declinePurge(
  ctx: Ctx,
  permit: Permit<'recording_purge.judge'>,
  id: string,
  because: string,
): Promise<RecordingPurge> {
  const held = await ctx.tx.maybe(sql`select 1 from recording_purge where id = ${id} and state = 'held' for update`);
  if (held === undefined) throw await notHeld(ctx, id);
  const declined = await judge(ctx, id, 'declined', because);
  await ctx.record(permit, {
    event: recordingPurgeDeclined,
    subject: ctx.principal.id,
    data: { purgeId: id, because },
  });
  return declined;
}

const judge = (ctx: Ctx, id: string, state: 'going' | 'declined', because: string): Promise<RecordingPurge> =>
  ctx.tx.one<RecordingPurge>(sql`
    update recording_purge set state = ${state}, judged_by = ${ctx.principal.id}, because = ${because} where id = ${id}
    returning ${columns}`);

async function notHeld(ctx: Ctx, id: string): Promise<Error> {
  const there = await ctx.tx.maybe(sql`select 1 from recording_purge where id = ${id}`);
  return there === undefined
    ? notFound('recording purge', id)
    : conflict('recording_purge.judged', 'this run waits for nobody');
}

/** Plans the run of this day: it goes on at once, or is held where it is of many. One at a time. */
export async function planPurge(job: JobCtx): Promise<void> {
  const at = job.clock.now();
  if ((await total(job.db, at)) === 0) return;
  await job.act({ action: 'recording_purge.plan' }, async (ctx, permit) => {
    const open = await ctx.tx.maybe(sql`select 1 from recording_purge where state in ('held', 'going')`);
    if (open !== undefined) return;
    const recordings = await total(ctx.tx, at);
    const id = newId(at.getTime());
    const state = recordings > MOST_UNASKED ? 'held' : 'going';
    await ctx.tx.run(sql`
      insert into recording_purge (id, state, counted, as_of) values (${id}, ${state}, ${recordings}, ${at})`);
    if (state === 'held') await ctx.record(permit, { event: recordingPurgeHeld, data: { purgeId: id, recordings } });
  });
}

/** Carries out what may go on, and takes away the files of what was purged and is still there. Safe to run twice. */
export async function purgeRecordings(job: JobCtx, recordings: Recordings): Promise<void> {
  await removeFiles(job.db, recordings);
  const going = await job.db.many<RecordingPurge>(sql`select ${columns} from recording_purge where state = 'going'`);
  for (const run of going) {
    for (let left = run.counted - run.purged; left > 0;) {
      const due = await someDue(job.db, run.asOf, Math.min(AT_A_TIME, left));
      if (due.length === 0) break;
      for (const { sessionId } of due)
        await job.act({ action: 'recording.purge' }, (ctx, permit) => purgeOne(ctx, permit, run, sessionId));
      left -= due.length;
      await removeFiles(job.db, recordings);
    }
    await job.db.run(sql`update recording_purge set state = 'done' where id = ${run.id} and state = 'going'`);
  }
}

/** The row and the log say so first; the files go once that is committed. */
async function purgeOne(ctx: Ctx, permit: Permit, run: RecordingPurge, sessionId: string): Promise<void> {
  const due = await lockDue(ctx.tx, sessionId, run.asOf);
  if (due === undefined) return;
  await ctx.tx.run(sql`
    update session set recording_purged_at = ${ctx.now}, recording_purged_class = ${due.class}, recording_files_left = true
     where id = ${sessionId}`);
  await ctx.tx.run(sql`delete from session_event where session_id = ${sessionId}`);
  await ctx.tx.run(sql`update recording_purge set purged = purged + 1 where id = ${run.id}`);
  await ctx.record(permit, {
    event: recordingPurged,
    subject: due.identityId,
    data: { sessionId, purgeId: run.id, class: due.class, days: due.days, head: due.recordingHead },
  });
}

async function removeFiles(db: Db, recordings: Recordings): Promise<void> {
  for (;;) {
    const left = await db.many<{ id: string }>(
      sql`select id from session where recording_files_left order by id limit ${AT_A_TIME}`,
    );
    if (left.length === 0) return;
    for (const { id } of left) {
      const taken = await db.tx(async (tx) => {
        // In the backup they still belong to their sessions; the next run takes them away.
        if (!(await mayTakeFiles(tx))) return false;
        await recordings.remove(id);
        await tx.run(sql`update session set recording_files_left = false where id = ${id}`);
        return true;
      });
      if (!taken) return;
    }
  }
}
