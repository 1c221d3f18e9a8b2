import type { Permit } from '#spine/decide/port.ts';
import { grantsOfRoles } from '#spine/graph/index.ts';
import { raiseSignal } from '#spine/events/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { LOCKED_WORDS, type LockedOn, type LockScope } from '#spine/locks/index.ts';
import { lockOfSession } from './live/refuse-locked-session.ts';
import { sessionEndAsked, sessionRests } from './events.ts';
import { grantsOf } from './keep-or-end.ts';
import type { Session } from './model.ts';
import { liveSessionsOf, restOn } from './store.ts';

/** Why a session ends, as its person is told; with `said`, events say that in clear, and `because` is somebody's own words. */
export interface Why {
  readonly because: string;
  readonly said?: string | undefined;
}

/**
 * Says that a session must end: a row, an event and a signal to the node that has it, all in one commit. The first
 * reason stands; that a second person asked too is on record beside it.
 */
export async function askToEnd(ctx: Ctx, permit: Permit, session: Session, why: Why): Promise<void> {
  const { because, said } = why;
  const asked = await ctx.tx.run(sql`
    update session set ending_because = ${because}, ending_said = ${said ?? null}
     where id = ${session.id} and state = 'live' and ending_because is null`);
  await raiseSignal(ctx.tx, { kind: 'end_session', subject: session.id, message: because });
  if (asked === 1 || ctx.principal.kind === 'identity') {
    await ctx.record(permit, {
      event: sessionEndAsked,
      subject: session.identityId,
      data: { sessionId: session.id, because: said ?? because, words: said === undefined ? undefined : because },
    });
  }
}

/**
 * A grant ended: every live session that rests on it ends, unless another live grant carries it. One that goes on
 * now rests on those others only.
 */
export async function endSessionsOfGrant(ctx: Ctx, permit: Permit, grantId: string, why: Why): Promise<number> {
  let ended = 0;
  for (const session of await liveSessionsOf(ctx.tx, { grantId })) {
    const left = (await grantsOf(ctx.tx, session, ctx.now)).filter((g) => g.grantId !== grantId);
    if (left.length === 0) {
      await askToEnd(ctx, permit, session, why);
      ended += 1;
      continue;
    }
    await restOn(ctx.tx, session.id, left);
    await ctx.record(permit, {
      event: sessionRests,
      subject: session.identityId,
      data: { sessionId: session.id, grantIds: left.map((g) => g.grantId) },
    });
  }
  return ended;
}

/** Ends every live session of an identity: it left, was suspended or locked. */
export async function endSessionsOfIdentity(
  ctx: Ctx,
  permit: Permit,
  identityId: string,
  because: string,
): Promise<number> {
  const sessions = await liveSessionsOf(ctx.tx, { identityId });
  for (const session of sessions) await askToEnd(ctx, permit, session, { because });
  return sessions.length;
}

/** Ends every live session on an account: what it is opened with is not to be trusted any more. */
export async function endSessionsOfAccount(
  ctx: Ctx,
  permit: Permit,
  accountId: string,
  because: string,
): Promise<number> {
  const sessions = await liveSessionsOf(ctx.tx, { accountId });
  for (const session of sessions) await askToEnd(ctx, permit, session, { because });
  return sessions.length;
}

/** Ends every live session whose person was proved by one of these certificates. */
export async function endSessionsOfCertificates(ctx: Ctx, permit: Permit, ids: readonly string[]): Promise<number> {
  const sessions = ids.length === 0 ? [] : await liveSessionsOf(ctx.tx, { certificateIds: ids });
  for (const session of sessions)
    await askToEnd(ctx, permit, session, { because: 'the certificate it was opened with was revoked' });
  return sessions.length;
}

/** Ends every live session whose person was proved by a key that is removed. */
export async function endSessionsOfKey(ctx: Ctx, permit: Permit, keyId: string): Promise<void> {
  for (const session of await liveSessionsOf(ctx.tx, { keyId }))
    await askToEnd(ctx, permit, session, { because: 'the key it was opened with was removed' });
}

/**
 * Says of every session past a lock that it must end. Nodes have felt the lock's own signal before; this is what is on
 * record of each, and a second signal. One that a lock let through, on emergency access that began since, stays.
 */
export async function endLockedSessions(
  ctx: Ctx,
  permit: Permit,
  lock: LockedOn & { readonly lockId: string; readonly scope: LockScope },
): Promise<void> {
  for (const session of await liveSessionsOf(ctx.tx, { locked: lock })) {
    if ((await lockOfSession(ctx.tx, ctx.now, session)) === undefined) continue;
    await askToEnd(ctx, permit, session, { because: `${LOCKED_WORDS[lock.scope]} (lock ${lock.lockId})` });
  }
}

/** Live sessions that rest on one of these grants and that nothing carries, as the graph is in this transaction. */
export const sessionsWithoutGrant = async (tx: Tx, grantIds: readonly string[]): Promise<readonly Session[]> => {
  const without: Session[] = [];
  for (const session of await liveSessionsOf(tx, { grantIds }))
    if ((await grantsOf(tx, session, tx.now)).length === 0) without.push(session);
  return without;
};

/** A role is made of something else now: sessions end that rested on having it, and that nothing carries any more. */
export async function endSessionsOfRole(ctx: Ctx, permit: Permit, roleId: string): Promise<number> {
  const grants = await grantsOfRoles(ctx.tx, [roleId]);
  const ending = await sessionsWithoutGrant(
    ctx.tx,
    grants.map(({ id }) => id),
  );
  for (const session of ending)
    await askToEnd(ctx, permit, session, { because: 'access ended: the role it came by no longer gives it' });
  return ending.length;
}
