import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { decideCases } from './decide-cases.ts';

/** Something an account holds. */
export interface HeldByAccount {
  readonly accountId: string;
  readonly entitlementId: string;
}

/** Cases of what accounts hold that are open, or under way, or waiting in a plan: `account_id, entitlement_id, case_id, state, problem, waits`. */
const casesOf = (holdings: readonly HeldByAccount[]) => sql`
  select w."accountId" as account_id, w."entitlementId" as entitlement_id, c.id as case_id, c.state, c.problem,
         exists (select from mass_change m join mass_change_item i on i.mass_change_id = m.id
                  where m.kind = 'drift' and m.state in ('held', 'applying', 'canary') and i.state = 'waiting'
                    and i.data ->> 'caseId' = c.id::text) as waits
    from jsonb_to_recordset(${sql.json(holdings)}::jsonb) as w("accountId" uuid, "entitlementId" uuid)
    left join drift_case c on c.account_id = w."accountId" and c.entitlement_id = w."entitlementId" and c.situation = 'out_of_band'
         and c.state in ('open', 'reacting', 'accepted')`;

/** How far it is to take something off a target. */
export interface Removal extends HeldByAccount {
  readonly problem: string | null;
}

/**
 * What accounts hold that nobody granted is to go, also where it was there when the system was first read: cases are
 * opened where there are none, and decided as any, guarded, carried out, proved. Safe to ask again: what is under way
 * stays as it is. Returns why each is not gone yet, where that is known.
 */
export async function removeHoldings(
  ctx: Ctx,
  permit: Permit<'drift_case.decide' | 'campaign_item.end'>,
  input: { readonly holdings: readonly HeldByAccount[]; readonly because: string; readonly by: string },
): Promise<readonly Removal[]> {
  if (input.holdings.length === 0) return [];
  await ctx.tx.run(sql`
    insert into drift_case (id, situation, system_id, account_id, entitlement_id, identity_id, privileged, since, opened_at)
    select n.id, 'out_of_band', a.system_id, a.id, h.entitlement_id, a.identity_id, e.privileged, h.valid_from, ${ctx.now}
      from jsonb_to_recordset(${sql.json(input.holdings.map((h) => ({ ...h, id: newId() })))}::jsonb) as n(id uuid, "accountId" uuid, "entitlementId" uuid)
      join account a on a.id = n."accountId" and a.valid_to is null
      join entitlement e on e.id = n."entitlementId"
      join holding h on h.account_id = a.id and h.entitlement_id = e.id and h.valid_to is null
     where not exists (select from drift_case c where c.account_id = a.id and c.entitlement_id = e.id and c.situation = 'out_of_band'
                          and c.state in ('open', 'reacting', 'accepted'))`);
  await ctx.tx.run(sql`
    update drift_case c set state = 'open', accepted_until = null from (${casesOf(input.holdings)}) x
     where c.id = x.case_id and c.state = 'accepted'`);
  const cases = await ctx.tx.many<Removal & { caseId: string | null; state: string | null; waits: boolean }>(
    casesOf(input.holdings),
  );
  const due = cases.flatMap((c) => (c.state === 'open' && !c.waits && c.problem === null ? (c.caseId ?? []) : []));
  const planned =
    due.length === 0
      ? undefined
      : await decideCases(ctx, permit, { ids: due, reaction: 'remove', because: input.because, by: input.by });
  return cases.map(({ accountId, entitlementId, caseId, problem, waits }) => ({
    accountId,
    entitlementId,
    problem:
      problem ??
      (waits || (planned?.state === 'held' && due.includes(caseId ?? ''))
        ? 'it is part of a mass change that waits for an administrator'
        : null),
  }));
}
