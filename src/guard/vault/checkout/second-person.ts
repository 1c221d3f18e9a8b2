import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { conflict, denied, notFound, unavailable } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getIdentity, nowOf } from '#spine/graph/index.ts';
import type { Ctx, TakeStepUp } from '#spine/operations/index.ts';
import { lockSecret } from '../store.ts';
import { checkoutApproved, checkoutAsked, checkoutAskWithdrawn, checkoutDenied } from './events.ts';
import { needsSecondPerson, refuseAgainstTerms, type Said, type TicketPattern } from './meet-terms.ts';
import { termsOf } from './terms.ts';

/** What a second person is held to, given by whoever knows about proofs and deputies. */
export interface SecondPersonEdges {
  readonly takeStepUp: TakeStepUp;
  /** Whether somebody speaks in another's name now, about anything. */
  readonly isDeputyOf: (tx: Tx, ask: { readonly identityId: string; readonly deputyId: string }) => Promise<boolean>;
}

/** An ask that a second person agrees to one checkout. */
export interface CheckoutAsk {
  readonly id: string;
  readonly secretId: string;
  readonly secretName: string;
  readonly askerId: string;
  readonly reason: string;
  readonly ticket: string | null;
  readonly seconds: number;
  readonly askedAt: Date;
  readonly lapsesAt: Date;
  /** `lapsed` where nobody decided, or nobody used it, within its time. */
  readonly state: 'waiting' | 'approved' | 'denied' | 'used' | 'withdrawn' | 'lapsed';
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly decidedBecause: string | null;
}

/** How long an ask waits for a second person, and how long what was agreed to may be used. */
const WAITS_MS = 24 * 3_600_000;
const USABLE_MS = 3_600_000;

const columns = (now: Date) => sql`a.id, a.secret_id, s.name as secret_name, a.asker_id, a.reason, a.ticket, a.seconds,
  a.asked_at, a.lapses_at, a.decided_by, a.decided_at, a.decided_because,
  case when a.state in ('waiting', 'approved') and a.lapses_at <= ${now} then 'lapsed' else a.state end as state`;

/** Asks that a second person agrees. Throws `checkout.needs_nobody` where none is wanted. */
export async function askSecondPerson(
  ctx: Ctx,
  permit: Permit,
  input: Said & { readonly id: string; readonly reason: string },
  pattern: TicketPattern,
): Promise<CheckoutAsk> {
  const secret = await lockSecret(ctx.tx, input.id);
  const terms = await termsOf(ctx.tx, secret);
  refuseAgainstTerms(secret, terms, input, pattern);
  if (!needsSecondPerson(terms, ctx.principal.id))
    throw conflict(
      'checkout.needs_nobody',
      `${secret.name} is taken out without a second person`,
      `reeve vault checkout ${secret.id}`,
    );
  await ctx.tx.run(sql`
    update checkout_ask set state = 'withdrawn', decided_by = null, decided_at = null
     where secret_id = ${secret.id} and asker_id = ${ctx.principal.id} and state in ('waiting', 'approved')`);
  const id = newId(ctx.now.getTime());
  const lapsesAt = new Date(ctx.now.getTime() + WAITS_MS);
  await ctx.tx.run(sql`
    insert into checkout_ask (id, secret_id, asker_id, reason, ticket, seconds, asked_at, lapses_at)
    values (${id}, ${secret.id}, ${ctx.principal.id}, ${input.reason}, ${input.ticket ?? null}, ${input.seconds},
            ${ctx.now}, ${lapsesAt})`);
  await ctx.record(permit, {
    event: checkoutAsked,
    subject: ctx.principal.id,
    data: {
      askId: id,
      secretId: secret.id,
      name: secret.name,
      identityId: ctx.principal.id,
      seconds: input.seconds,
      ticket: input.ticket,
      reason: input.reason,
    },
  });
  return await requireAsk(ctx.tx, id, ctx.now);
}

/** Agrees to one checkout, or does not. Nobody decides about their own, nor for whom they speak or who answers for them. */
export async function decideAsk(
  edges: SecondPersonEdges | undefined,
  ctx: Ctx,
  permit: Permit,
  input: { readonly id: string; readonly decision: 'approved' | 'denied'; readonly because?: string | undefined },
): Promise<CheckoutAsk> {
  await ctx.tx.run(sql`select id from checkout_ask where id = ${input.id} for update`);
  const ask = await requireAsk(ctx.tx, input.id, ctx.now);
  if (edges === undefined)
    throw unavailable('checkout.no_second_person', 'this Reeve cannot tell who is a second person');
  await refuseTheSamePerson(edges, ctx, ask);
  if (ask.state !== 'waiting')
    throw conflict('checkout_ask.over', `this was ${ask.state} already`, 'let it be asked for again');
  const said = {
    askId: ask.id,
    secretId: ask.secretId,
    name: ask.secretName,
    identityId: ask.askerId,
  };
  const because = input.because ?? '';
  const usableUntil = new Date(ctx.now.getTime() + USABLE_MS);
  const { method } =
    input.decision === 'approved'
      ? await edges.takeStepUp(ctx, { action: 'secret.approve_checkout', resourceId: ask.id })
      : { method: 'none' };
  await ctx.tx.run(sql`
    update checkout_ask set state = ${input.decision}, decided_by = ${ctx.principal.id}, decided_at = ${ctx.now},
           decided_because = ${input.because ?? null}, lapses_at = ${input.decision === 'approved' ? usableUntil : ask.lapsesAt}
     where id = ${ask.id}`);
  await (input.decision === 'approved'
    ? ctx.record(permit, { event: checkoutApproved, subject: ask.askerId, data: { ...said, method } })
    : ctx.record(permit, { event: checkoutDenied, subject: ask.askerId, data: { ...said, because } }));
  return await requireAsk(ctx.tx, ask.id, ctx.now);
}

/** Throws `checkout.same_person` for whoever asked, is one with them, speaks in their name or answers for them. */
async function refuseTheSamePerson(edges: SecondPersonEdges, ctx: Ctx, ask: CheckoutAsk): Promise<void> {
  const me = ctx.principal.id;
  const { now } = await ctx.tx.one<{ now: { me: string; asker: string } }>(
    sql`select jsonb_build_object('me', ${nowOf(sql`${me}::uuid`)}, 'asker', ${nowOf(sql`${ask.askerId}::uuid`)}) as now`,
  );
  const asker = await getIdentity(ctx.tx, ask.askerId);
  const decider = await getIdentity(ctx.tx, me);
  const same =
    now.me === now.asker ||
    asker === undefined ||
    asker.ownerId === me ||
    decider === undefined ||
    decider.kind !== 'person' ||
    (await edges.isDeputyOf(ctx.tx, { identityId: ask.askerId, deputyId: me }));
  if (same)
    throw denied(
      'checkout.same_person',
      'whoever asked, speaks in their name or answers for them does not agree to it',
      'let somebody else who may take this secret out decide',
    );
}

/** Takes back an ask of one's own. */
export async function withdrawAsk(ctx: Ctx, permit: Permit, id: string): Promise<CheckoutAsk> {
  const ask = await requireAsk(ctx.tx, id, ctx.now);
  if (ask.askerId !== ctx.principal.id) throw notFound('checkout_ask', id);
  const changed = await ctx.tx.run(sql`
    update checkout_ask set state = 'withdrawn', decided_by = null, decided_at = null
     where id = ${id} and state in ('waiting', 'approved')`);
  if (changed === 0) throw conflict('checkout_ask.over', `this was ${ask.state} already`);
  await ctx.record(permit, {
    event: checkoutAskWithdrawn,
    data: { askId: ask.id, secretId: ask.secretId, name: ask.secretName, identityId: ask.askerId },
  });
  return await requireAsk(ctx.tx, id, ctx.now);
}

/** What a second person agreed to for this asker, used up. Throws `checkout.needs_second_person`. */
export async function useAgreement(
  ctx: Ctx,
  secret: { readonly id: string; readonly name: string },
): Promise<CheckoutAsk> {
  const found = await ctx.tx.maybe<CheckoutAsk>(sql`
    select ${columns(ctx.now)} from checkout_ask a join secret s on s.id = a.secret_id
     where a.secret_id = ${secret.id} and a.asker_id = ${ctx.principal.id} and a.state = 'approved'
       and a.lapses_at > ${ctx.now} for update of a`);
  if (found === undefined)
    throw conflict(
      'checkout.needs_second_person',
      `${secret.name} is taken out with a second person only, who agrees to this one checkout`,
      `reeve vault ask ${secret.id} --reason …`,
    );
  await ctx.tx.run(sql`update checkout_ask set state = 'used' where id = ${found.id}`);
  return found;
}

/** Throws `checkout_ask.not_found`. */
export async function requireAsk(tx: Queryable, id: string, now: Date): Promise<CheckoutAsk> {
  const found = await tx.maybe<CheckoutAsk>(
    sql`select ${columns(now)} from checkout_ask a join secret s on s.id = a.secret_id where a.id = ${id}`,
  );
  if (found === undefined) throw notFound('checkout_ask', id);
  return found;
}

/** Asks, newest first: those of one person, or all of them. */
export const listAsks = (
  tx: Tx,
  filter: { readonly askerId?: string | undefined; readonly open?: boolean | undefined },
): Promise<CheckoutAsk[]> =>
  tx.many<CheckoutAsk>(sql`
    select ${columns(tx.now)} from checkout_ask a join secret s on s.id = a.secret_id
     where (${filter.askerId ?? null}::uuid is null or a.asker_id = ${filter.askerId ?? null})
       and (${filter.open === true} = false or (a.state in ('waiting', 'approved') and a.lapses_at > ${tx.now}))
     order by a.asked_at desc, a.id limit 500`);

/** The secret an ask is about, for whoever decides whether one may. */
export const secretOfAsk = async (tx: Queryable, id: string): Promise<string | undefined> =>
  (await tx.maybe<{ secretId: string }>(sql`select secret_id from checkout_ask where id = ${id}`))?.secretId;
