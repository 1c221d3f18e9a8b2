import { sql } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { raiseSignal } from '#spine/events/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Session } from '../model.ts';
import { sessionMessaged, sessionPaused, sessionResumed } from './events.ts';

function refuseEnded(session: Session): void {
  if (session.state === 'ended') throw conflict('session.ended', 'this session has ended already');
}

/** What is told or asked of a session whose gateway obeys no orders never arrives; so it is not taken. */
function refuseDeaf(session: Session): void {
  refuseEnded(session);
  if (!session.holds)
    throw conflict(
      'session.takes_no_orders',
      `a session over ${session.protocol} can be neither paused nor told anything`,
      `end it: reeve sessions end ${session.id}`,
    );
}

/** Lets nothing flow any more, until somebody resumes it. The row first, and a signal to the node that has it. */
export async function pauseSession(ctx: Ctx, permit: Permit, session: Session, reason: string): Promise<void> {
  refuseDeaf(session);
  const paused = await ctx.tx.run(sql`
    update session set paused_because = ${reason} where id = ${session.id} and state = 'live' and paused_because is null`);
  if (paused === 0) throw conflict('session.paused', 'this session is paused already');
  await raiseSignal(ctx.tx, { kind: 'session_changed', subject: session.id, message: 'paused' });
  await ctx.record(permit, {
    event: sessionPaused,
    subject: session.identityId,
    data: { sessionId: session.id, reason },
  });
}

/** Lets it go on, as far as nothing else holds it: one that needs an observer waits for one. */
export async function resumeSession(ctx: Ctx, permit: Permit, session: Session, reason: string): Promise<void> {
  refuseEnded(session);
  const resumed = await ctx.tx.run(
    sql`update session set paused_because = null where id = ${session.id} and paused_because is not null`,
  );
  if (resumed === 0) throw conflict('session.not_paused', 'nobody paused this session');
  await raiseSignal(ctx.tx, { kind: 'session_changed', subject: session.id, message: 'resumed' });
  await ctx.record(permit, {
    event: sessionResumed,
    subject: session.identityId,
    data: { sessionId: session.id, reason },
  });
}

/** Tells the person something, in their terminal. */
export async function messageSession(ctx: Ctx, permit: Permit, session: Session, words: string): Promise<void> {
  refuseDeaf(session);
  await raiseSignal(ctx.tx, { kind: 'message_session', subject: session.id, message: words });
  await ctx.record(permit, {
    event: sessionMessaged,
    subject: session.identityId,
    data: { sessionId: session.id, words },
  });
}
