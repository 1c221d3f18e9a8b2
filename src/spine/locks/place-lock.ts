import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { PLATFORM, type Permit, type ResourceRef } from '#spine/decide/port.ts';
import { raiseSignal } from '#spine/events/index.ts';
import type { Ctx, TakeStepUp } from '#spine/operations/index.ts';
import { lockLifted, lockPlaced } from './events.ts';
import { LOCKED_WORDS, type Lock, type LockScope } from './model.ts';
import { lockById } from './store.ts';

/** What a lock is to be on, as a person names it. */
export interface LockOn {
  readonly scope: LockScope;
  /** Id, username, `account@system` or name of a system; absent for everything. */
  readonly subject?: string | undefined;
}

const TYPES = { identity: 'Identity', account: 'Account', system: 'System' } as const;

/** The thing that is meant. Throws 422 where nothing is named or too much is, 404 where it is not there. */
export async function meantBy(tx: Tx, { scope, subject }: LockOn): Promise<ResourceRef> {
  if (scope === 'everything') {
    if (subject !== undefined) throw invalid('/subject', 'is not for everything', 'leave it out');
    return PLATFORM;
  }
  if (subject === undefined) throw invalid('/subject', `says which ${scope}`, 'give an id or a name');
  const found = await tx.maybe<{ id: string }>(idOf(scope, subject, tx.now));
  if (found === undefined) throw notFound(scope, subject);
  return { type: TYPES[scope], id: found.id };
}

function idOf(scope: keyof typeof TYPES, subject: string, now: Date) {
  if (scope === 'identity')
    return sql`
      select i.id from identity i
        join identity_facts f on f.identity_id = i.id and f.valid_from <= ${now} and (f.valid_to is null or f.valid_to > ${now})
       where i.id::text = ${subject} or lower(f.username) = lower(${subject}) limit 1`;
  if (scope === 'system') return sql`select id from system where id::text = ${subject} or name = ${subject} limit 1`;
  const at = subject.lastIndexOf('@');
  return sql`
    select a.id from account a join system s on s.id = a.system_id
     where a.id::text = ${subject} or (a.name = ${subject.slice(0, Math.max(0, at))} and s.name = ${subject.slice(at + 1)})
     order by a.id desc limit 1`;
}

/** What is proved afresh for, before everything is locked or unlocked. */
export const EVERYTHING = 'everything';

/**
 * Stops all access past something. The row, its event and the signal every node feels are one commit: whoever is admitted
 * before it is felt is ended by it, whoever comes later finds the row.
 */
export async function placeLock(
  edges: { readonly takeStepUp: TakeStepUp },
  ctx: Ctx,
  permit: Permit<'lock.place'>,
  input: LockOn & { readonly reason: string; readonly endsAt?: Date | undefined },
): Promise<Lock> {
  const { scope, reason, endsAt } = input;
  if (endsAt !== undefined && endsAt <= ctx.now) throw invalid('/endsAt', 'is over already', 'name a later time');
  const on = await meantBy(ctx.tx, input);
  if (scope === 'everything') await edges.takeStepUp(ctx, { action: 'lock.place', resourceId: EVERYTHING });
  const id = newId(ctx.now.getTime());
  const where = {
    identityId: scope === 'identity' ? on.id : undefined,
    accountId: scope === 'account' ? on.id : undefined,
    systemId: scope === 'system' ? on.id : undefined,
  };
  await ctx.tx.run(sql`
    insert into access_lock (id, scope, identity_id, account_id, system_id, reason, placed_by, placed_at, ends_at)
    values (${id}, ${scope}, ${where.identityId ?? null}, ${where.accountId ?? null}, ${where.systemId ?? null},
            ${reason}, ${ctx.principal.id}, ${ctx.now}, ${endsAt ?? null})`);
  await ctx.record(permit, {
    event: lockPlaced,
    // the reason is about whoever is locked, else it is the words of whoever locks
    subject: where.identityId ?? ctx.principal.id,
    data: { lockId: id, scope, ...where, endsAt: endsAt?.toISOString(), reason },
  });
  await raiseSignal(ctx.tx, { kind: `lock_${scope}`, subject: on.id, message: `${LOCKED_WORDS[scope]} (lock ${id})` });
  return await requireLock(ctx.tx, id);
}

/** Lifts one lock; others on the same thing go on holding. Throws `lock.lifted` where it was lifted before. */
export async function liftLock(
  edges: { readonly takeStepUp: TakeStepUp },
  ctx: Ctx,
  permit: Permit<'lock.lift'>,
  input: { readonly id: string; readonly because: string },
): Promise<Lock> {
  const lock = await requireLock(ctx.tx, input.id);
  if (lock.liftedAt !== null) throw conflict('lock.lifted', 'this lock was lifted already');
  if (lock.scope === 'everything') await edges.takeStepUp(ctx, { action: 'lock.lift', resourceId: EVERYTHING });
  await ctx.tx.run(sql`
    update access_lock set lifted_at = ${ctx.now}, lifted_by = ${ctx.principal.id}, lifted_because = ${input.because}
     where id = ${lock.id} and lifted_at is null`);
  await ctx.record(permit, {
    event: lockLifted,
    subject: lock.identityId ?? ctx.principal.id,
    data: {
      lockId: lock.id,
      scope: lock.scope,
      identityId: lock.identityId ?? undefined,
      accountId: lock.accountId ?? undefined,
      systemId: lock.systemId ?? undefined,
      because: input.because,
    },
  });
  return await requireLock(ctx.tx, lock.id);
}

async function requireLock(tx: Tx, id: string): Promise<Lock> {
  const lock = await lockById(tx, id);
  if (lock === undefined) throw notFound('lock', id);
  return lock;
}
