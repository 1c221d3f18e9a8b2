import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
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
  permit: Permit<'drift_case.decide' | 'campaign_item.end'>,
  input: {
    readonly ids: readonly string[];
    readonly reaction: Exclude<Reaction, 'review'>;
    readonly because: string;
    /** Whose decision Reeve carries out, where it is not the asker's. */
    readonly by?: string | undefined;
  },
): Promise<MassChange | undefined> {
  const by = input.by ?? ctx.principal.id;
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
    update drift_case set decided_by = ${by}, because = ${input.because}, problem = null
     where id = any(${ids}::uuid[])`);
  await ctx.record(permit, {
    event: driftDecided,
    subject: by,
    data: { caseIds: ids, reaction: input.reaction, because: input.because },
  });
  return await planMassChange(ctx, permit, driftChanges, {
    key: ids.length === 1 ? (ids[0] ?? '') : `${by}:${ctx.now.getTime()}`,
    title: `Drift decided by hand: ${input.reaction}`,
    items: itemsOf(sql`select id, ${input.reaction}::text as reaction from unnest(${ids}::uuid[]) as x(id)`),
  });
}

/**
 * A person says that accounts nobody owns are to be locked, also those that were there when their system was first read.
 * Not those of a service or of many, such as root: somebody is to answer for these. They become cases, and are decided as any: guarded, carried out, proved, and undone with their mass change.
 */
export async function lockOrphans(
  ctx: Ctx,
  permit: Permit<'drift_case.decide' | 'campaign_item.end'>,
  input: { readonly accountIds: readonly string[]; readonly because: string; readonly by?: string | undefined },
): Promise<MassChange | undefined> {
  const wanted = [...new Set(input.accountIds)];
  const orphans = await ctx.tx.many<{ id: string; systemId: string; privileged: boolean; validFrom: Date }>(sql`
    select id, system_id, privileged, valid_from from account
     where id = any(${sql.array(wanted)}::uuid[]) and valid_to is null and identity_id is null and state = 'active'
       and kind in ('personal', 'unknown')
     order by id for no key update`);
  if (orphans.length < wanted.length)
    throw invalid(
      '/ids',
      `names ${wanted.length - orphans.length} that are no open account of nobody, or of many or of a service`,
      'list the accounts again; say who answers for a shared or service account instead',
    );
  const open = sql`account_id = any(${sql.array(wanted)}::uuid[]) and situation = 'orphan_account' and state = 'open'`;
  await ctx.tx.run(sql`
    update drift_case set state = 'open', accepted_until = null
     where account_id = any(${sql.array(wanted)}::uuid[]) and situation = 'orphan_account' and state = 'accepted'`);
  const known = new Set(
    (await ctx.tx.many<{ accountId: string }>(sql`select account_id from drift_case where ${open}`)).map(
      (c) => c.accountId,
    ),
  );
  const fresh = orphans.filter(({ id }) => !known.has(id));
  await ctx.tx.run(sql`
    insert into drift_case (id, situation, system_id, account_id, privileged, since, opened_at)
    select n.id, 'orphan_account', a.system_id, a.id, a.privileged, a.valid_from, ${ctx.now}
      from unnest(${sql.array(fresh.map(() => newId()))}::uuid[], ${sql.array(fresh.map(({ id }) => id))}::uuid[]) as n(id, account_id)
      join account a on a.id = n.account_id`);
  const ids = (await ctx.tx.many<{ id: string }>(sql`select id from drift_case where ${open} order by id`)).map(
    (c) => c.id,
  );
  return await decideCases(ctx, permit, { ids, reaction: 'disable', because: input.because, by: input.by });
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
