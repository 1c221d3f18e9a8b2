import { sql } from '#kit/db/index.ts';
import { conflict, denied, invalid } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { planMassChange, type MassChange } from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { driftChanges, itemsOf } from './drift-changes.ts';
import { driftDecided } from './events.ts';
import { FITTING, type DriftCase, type Reaction } from './model.ts';
import { lockCases } from './store.ts';

/**
 * A person says what should follow from cases. It goes through the same guard as what follows of itself: over a limit
 * it waits for an administrator. Nobody decides about what is theirs.
 */
export async function decideCases(
  ctx: Ctx,
  permit: Permit<'drift_case.decide'>,
  input: { readonly ids: readonly string[]; readonly reaction: Exclude<Reaction, 'review'>; readonly because: string },
): Promise<MassChange | undefined> {
  const cases = await openOnes(ctx, input.ids);
  const unfit = cases.find((c) => !FITTING[c.situation].includes(input.reaction));
  if (unfit !== undefined)
    throw invalid(
      '/reaction',
      `does not fit ${unfit.situation}`,
      `choose one of ${FITTING[unfit.situation].filter((r) => r !== 'review').join(', ')}`,
    );
  const ids = cases.map((c) => c.id);
  await ctx.tx.run(sql`
    update drift_case set decided_by = ${ctx.principal.id}, because = ${input.because}, problem = null
     where id = any(${ids}::uuid[])`);
  await ctx.record(permit, {
    event: driftDecided,
    subject: ctx.principal.id,
    data: { caseIds: ids, reaction: input.reaction, because: input.because },
  });
  return await planMassChange(ctx, permit, driftChanges, {
    key: ids.length === 1 ? (ids[0] ?? '') : `${ctx.principal.id}:${ctx.now.getTime()}`,
    title: `Drift decided by hand: ${input.reaction}`,
    items: itemsOf(sql`select id, ${input.reaction}::text as reaction from unnest(${ids}::uuid[]) as x(id)`),
  });
}

/** A person leaves cases as they are until a day, and answers for it. */
export async function acceptCases(
  ctx: Ctx,
  permit: Permit<'drift_case.decide'>,
  input: { readonly ids: readonly string[]; readonly until: Date; readonly because: string },
): Promise<void> {
  if (input.until <= ctx.now) throw invalid('/until', 'is past', 'choose a day to come');
  const ids = (await openOnes(ctx, input.ids)).map((c) => c.id);
  await ctx.tx.run(sql`
    update drift_case set state = 'accepted', decided_by = ${ctx.principal.id}, because = ${input.because},
           accepted_until = ${input.until}, problem = null where id = any(${ids}::uuid[])`);
  await ctx.record(permit, {
    event: driftDecided,
    subject: ctx.principal.id,
    data: { caseIds: ids, reaction: 'accept', because: input.because },
  });
}

async function openOnes(ctx: Ctx, ids: readonly string[]): Promise<readonly DriftCase[]> {
  const cases = await lockCases(ctx.tx, ids);
  if (cases.length < new Set(ids).size) throw invalid('/ids', 'names a case there is none of', 'list the cases again');
  const settled = cases.find((c) => c.state !== 'open');
  if (settled !== undefined)
    throw conflict('drift_case.not_open', `case ${settled.id} is ${settled.state}`, 'list the open cases again');
  if (ctx.principal.kind === 'identity' && cases.some((c) => c.identityId === ctx.principal.id))
    throw denied('drift_case.own_benefit', 'nobody decides about what is theirs', 'ask another administrator');
  return cases;
}
