import { sql, type Queryable } from '#kit/db/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { raiseSignal } from '#spine/events/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import type { Session } from '../model.ts';
import { sessionWatched, sessionWatchEnded } from './events.ts';

/** Somebody who watches a session as it runs. */
export interface Watch {
  readonly id: string;
  readonly sessionId: string;
  readonly identityId: string;
  /** They stand for the observer it needs. */
  readonly observes: boolean;
  readonly leftAt: Date | null;
}

/** Whoever fetches nothing for so long is taken off the list of who watches. Whether they observe is judged sooner. */
const SILENT_MS = 60_000;
const columns = sql`id, session_id, identity_id, observes, left_at`;

const watchById = (tx: Queryable, id: string): Promise<Watch | undefined> =>
  tx.maybe<Watch>(sql`select ${columns} from session_watch where id = ${id}`);

/** Begins to watch, on the record. An observer is felt by the session's node when this commits. */
export async function beginWatch(
  ctx: Ctx,
  permit: Permit,
  session: Session,
  observes: boolean,
): Promise<{ readonly watchId: string }> {
  if (session.state === 'ended')
    throw conflict('session.ended', 'this session has ended already', 'replay its recording');
  const watchId = newId(ctx.now.getTime());
  await ctx.tx.run(sql`
    insert into session_watch (id, session_id, identity_id, observes, began_at, seen_at)
    values (${watchId}, ${session.id}, ${ctx.principal.id}, ${observes}, ${ctx.now}, ${ctx.now})`);
  await ctx.record(permit, {
    event: sessionWatched,
    subject: session.identityId,
    data: { sessionId: session.id, watchId, watcherId: ctx.principal.id, observes },
  });
  if (observes) await raiseSignal(ctx.tx, { kind: 'session_changed', subject: session.id, message: 'observed' });
  return { watchId };
}

/** Watches no longer. Somebody else's watch answers as if it did not exist; a second leaving is refused. */
export async function leaveWatch(ctx: Ctx, permit: Permit, id: string): Promise<void> {
  const watch = await watchById(ctx.tx, id);
  if (watch === undefined || watch.identityId !== ctx.principal.id) throw notFound('watch', id);
  if (!(await endWatch(ctx, permit, watch, 'left'))) throw conflict('watch.over', 'you watch it no longer');
}

async function endWatch(
  ctx: Ctx,
  permit: Permit,
  watch: Watch,
  because: 'left' | 'fell_silent' | 'session_ended',
): Promise<boolean> {
  const ended = await ctx.tx.run(
    sql`update session_watch set left_at = ${ctx.now} where id = ${watch.id} and left_at is null`,
  );
  if (ended === 0) return false;
  const { holder } = await ctx.tx.one<{ holder: string }>(
    sql`select identity_id as holder from session where id = ${watch.sessionId}`,
  );
  await ctx.record(permit, {
    event: sessionWatchEnded,
    subject: holder,
    data: {
      sessionId: watch.sessionId,
      watchId: watch.id,
      watcherId: watch.identityId,
      observed: watch.observes,
      because,
    },
  });
  if (watch.observes)
    await raiseSignal(ctx.tx, { kind: 'session_changed', subject: watch.sessionId, message: 'observer left' });
  return true;
}

/**
 * Says that whoever watches is still there. Throws `watch.not_found` for somebody else's, `watch.over` where they left or
 * were silent for too long.
 */
export async function seeWatch(db: Queryable, id: string, identityId: string, now: Date): Promise<Watch> {
  const watch = await db.maybe<Watch>(sql`
    update session_watch set seen_at = ${now} where id = ${id} and identity_id = ${identityId} and left_at is null
    returning ${columns}`);
  if (watch !== undefined) return watch;
  const over = await watchById(db, id);
  if (over?.identityId !== identityId) throw notFound('watch', id);
  throw conflict('watch.over', 'you watch it no longer', 'begin to watch it again');
}

/** Takes those off the list who fetch nothing any more, and those whose session is over. */
export async function endSilentWatches(job: JobCtx): Promise<void> {
  const since = new Date(job.clock.now().getTime() - SILENT_MS);
  const silent = await job.db.many<Watch & { readonly over: boolean }>(sql`
    select w.id, w.session_id, w.identity_id, w.observes, w.left_at, s.state = 'ended' as over
      from session_watch w join session s on s.id = w.session_id
     where w.left_at is null and (w.seen_at < ${since} or s.state = 'ended') order by w.id limit 500`);
  for (const watch of silent)
    await job.act({ action: 'session.end_watch' }, (ctx, permit) =>
      endWatch(ctx, permit, watch, watch.over ? 'session_ended' : 'fell_silent'),
    );
}
