import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { changeIdentityFacts, getIdentity, holdIdentities, type IdentityState } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { comeBack } from '../away/come-back.ts';
import { rest, type Extent } from '../away/rest.ts';
import { lifeOf } from '../precedence/merge-records.ts';
import { readSaid } from '../precedence/read-said.ts';

/**
 * Suspends an identity for one more reason, with all that follows at once, and until each of its reasons has ended. Said
 * again for the same handover it adds what was not shut before. A leaver stays one.
 */
export async function suspend(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly identityId: string;
    readonly because: string;
    readonly handoverId?: string | undefined;
    readonly by?: string | undefined;
    readonly extent?: Extent | undefined;
  },
): Promise<void> {
  await holdIdentities(ctx.tx, [input.identityId]);
  const identity = await getIdentity(ctx.tx, input.identityId);
  if (identity === undefined || identity.state === 'leaver') return;
  const news = await ctx.tx.run(sql`
    insert into suspension (id, identity_id, handover_id, because, since, suspended_by)
    values (${newId(ctx.now.getTime())}, ${identity.id}, ${input.handoverId ?? null}, ${input.because}, ${ctx.now}, ${input.by ?? null})
    on conflict (handover_id) where handover_id is not null and ended_at is null do nothing`);
  if (news === 0 && input.extent?.accounts === false) return;
  await changeIdentityFacts(ctx, permit, { identityId: identity.id, change: { state: 'suspended' } });
  await rest(
    ctx,
    permit,
    [{ identityId: identity.id, effectiveAt: ctx.now, because: input.because }],
    input.extent ?? {},
  );
}

/**
 * Ends a reason why an identity is suspended: that of a handover, or whatever people said. When none is left, it is
 * again what its sources say, and the accounts that were locked because of it are opened. True where it is active now.
 */
export async function resume(
  ctx: Ctx,
  permit: Permit,
  input: { readonly identityId: string; readonly handoverId?: string | undefined; readonly because: string },
): Promise<boolean> {
  await holdIdentities(ctx.tx, [input.identityId]);
  const ended = await ctx.tx.run(sql`
    update suspension set ended_at = ${ctx.now}
     where identity_id = ${input.identityId} and ended_at is null
       and handover_id is not distinct from ${input.handoverId ?? null}::uuid`);
  if (ended === 0) return false;
  const left = await ctx.tx.maybe(
    sql`select 1 from suspension where identity_id = ${input.identityId} and ended_at is null limit 1`,
  );
  const identity = await getIdentity(ctx.tx, input.identityId);
  if (left !== undefined || identity?.state !== 'suspended') return false;
  const state = await stateBySources(ctx, identity.id);
  // The day has come that ends it: that is carried out as dates are, with all that follows.
  if (state === 'leaver') return false;
  await changeIdentityFacts(ctx, permit, { identityId: identity.id, change: { state } });
  if (state !== 'active') return false;
  await comeBack(ctx, permit, [{ identityId: identity.id, effectiveAt: ctx.now, because: input.because }]);
  return true;
}

const stateBySources = async (ctx: Ctx, identityId: string): Promise<IdentityState> => {
  const life = lifeOf(await readSaid(ctx.tx, [identityId]).then((said) => said.get(identityId) ?? []), ctx.now);
  return life.decided ? life.derived.state : 'active';
};
