import { equalBytes } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { useKey } from '../store.ts';
import type { LoginEdges } from './edges.ts';
import { loginAgreed, loginOver, loginUsed } from './events.ts';
import { macOf } from './model.ts';

/** Who a login let in, and when they proved it. */
interface UsedLogin {
  readonly identityId: string;
  readonly at: Date;
}

interface Agreed {
  readonly decidedBy: string;
  readonly decidedAt: Date;
  readonly keyId: string | null;
  readonly numberMac: string | null;
  readonly numberTries: number;
}

const NUMBER_TRIES = 3;

/**
 * Lets the person of an agreed login in, once. `number`: what was typed at the client, where the browser showed one.
 * Undefined where nobody is let in: it is used, over, or its person or key counts no more; `again`: that was the wrong
 * number, and there is another try.
 */
export async function useLogin(
  edges: Pick<LoginEdges, 'keys'>,
  ctx: Ctx,
  permit: Permit<'ssh_login.keep'>,
  id: string,
  number: string | undefined,
): Promise<UsedLogin | 'again' | undefined> {
  const login = await ctx.tx.maybe<Agreed>(sql`
    select decided_by, decided_at, key_id, number_mac, number_tries from ssh_login
     where id = ${id} and state = 'agreed' and ends_at > ${ctx.now} for update`);
  if (login === undefined) return undefined;
  if (login.numberMac !== null) {
    const typed = macOf(edges.keys, id, (number ?? '').replaceAll(/\s/gu, ''));
    if (!equalBytes(Buffer.from(typed), Buffer.from(login.numberMac))) {
      await ctx.tx.run(sql`update ssh_login set number_tries = number_tries + 1 where id = ${id}`);
      if (login.numberTries + 1 < NUMBER_TRIES) return 'again';
      await endLogin(ctx, permit, id, 'the number that the browser shows was not typed');
      return undefined;
    }
  }
  const holds =
    login.keyId === null ? await isActive(ctx, login.decidedBy) : await useKey(ctx.tx, login.keyId, ctx.now);
  if (!holds) {
    await endLogin(ctx, permit, id, 'its person or key counts no more');
    return undefined;
  }
  await ctx.tx.run(sql`update ssh_login set state = 'used' where id = ${id}`);
  await ctx.record(permit, {
    event: loginUsed,
    subject: login.decidedBy,
    data: { loginId: id, keyId: login.keyId },
  });
  return { identityId: login.decidedBy, at: login.decidedAt };
}

const isActive = async (ctx: Ctx, identityId: string): Promise<boolean> =>
  (await ctx.tx.maybe(sql`
    select 1 as one from identity_facts where identity_id = ${identityId} and state = 'active'
      and valid_from <= ${ctx.now} and (valid_to is null or valid_to > ${ctx.now})`)) !== undefined;

/** A one-time code was typed at the client and was right: it is agreed to by the person whose key was proved. */
export async function agreeByCode(ctx: Ctx, permit: Permit<'ssh_login.keep'>, id: string): Promise<boolean> {
  const login = await ctx.tx.maybe<{ identityId: string; keyId: string }>(sql`
    update ssh_login set state = 'agreed', decided_at = ${ctx.now}, decided_by = identity_id, method = 'code'
     where id = ${id} and state = 'waiting' and ends_at > ${ctx.now} and identity_id is not null
    returning identity_id, key_id`);
  if (login === undefined) return false;
  await ctx.record(permit, {
    event: loginAgreed,
    subject: login.identityId,
    data: { loginId: id, keyId: login.keyId, method: 'code', elsewhere: false },
  });
  return true;
}

/** It lets nobody in any more; says why on the record. Nothing where it is decided against or used already. */
export async function endLogin(ctx: Ctx, permit: Permit<'ssh_login.keep'>, id: string, because: string): Promise<void> {
  const ended = await ctx.tx.maybe<{ keyId: string | null; who: string | null }>(sql`
    update ssh_login set state = 'over' where id = ${id} and state in ('waiting', 'agreed')
    returning key_id, coalesce(decided_by, identity_id) as who`);
  if (ended === undefined) return;
  await ctx.record(permit, {
    event: loginOver,
    ...(ended.who === null ? {} : { subject: ended.who }),
    data: { loginId: id, keyId: ended.keyId, because },
  });
}
