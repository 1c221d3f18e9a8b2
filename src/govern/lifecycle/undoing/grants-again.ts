import { sql, type Tx } from '#kit/db/index.ts';
import { describeConflict, sodVerdictsInTurn } from '#spine/decide/index.ts';
import type { GrantOrigin } from '#spine/graph/index.ts';
import type { GrantPiece } from '../merging/model.ts';

/** A grant that ended because a run made a leaver of somebody. `validTo` is the end it had before. */
export interface GrantAgain extends GrantPiece {
  readonly identityId: string;
  /** Why it is not given again; null where it is. */
  readonly problem: string | null;
}

interface Row extends Omit<GrantAgain, 'problem'> {
  readonly ruleStands: boolean;
}

/**
 * What ended with these people's leaving, and whether it may be given again: never for longer than it was, never what
 * is there no more, and never what separation of duties would not let anybody ask for now. What was taken away before
 * or for another reason is not among it.
 */
export async function grantsAgain(tx: Tx, runId: string, identityIds: readonly string[]): Promise<GrantAgain[]> {
  if (identityIds.length === 0) return [];
  const rows = await tx.many<Row>(sql`
    select g.identity_id, g.id, coalesce(e.name || ' on ' || s.name, 'role ' || o.name) as name, g.entitlement_id, g.role_id,
           g.valid_from, h.valid_to, g.origin, g.origin_id, g.reason,
           coalesce(e.valid_to, o.valid_to) is not null and coalesce(e.valid_to, o.valid_to) <= ${tx.now} as gone,
           g.origin <> 'birthright' or exists (select from birthright_rule b where b.id = g.origin_id and b.valid_to is null
              and b.entitlement_id is not distinct from g.entitlement_id and b.role_id is not distinct from g.role_id) as rule_stands
      from lifecycle_receipt r join receipt_item i on i.receipt_id = r.id and i.what = 'grant_ended'
      join access_grant g on g.id = i.subject_id
      left join entitlement e on e.id = g.entitlement_id left join system s on s.id = e.system_id
      left join role o on o.id = g.role_id
      left join lateral (select valid_to from access_grant_history h where h.id = g.id and h.ended_because is null
                          order by h.recorded_to desc, h.valid_to nulls last limit 1) h on true
     where r.run_id = ${runId} and r.what = 'left' and r.identity_id = any(${sql.array(identityIds)}::uuid[])
       and g.ended_because = 'left'
     order by g.identity_id, g.id`);
  const judged = rows.map(({ ruleStands, ...grant }): GrantAgain => ({
    ...grant,
    problem: ruleStands ? problemOf(grant, tx.now) : 'no rule gives it any more',
  }));
  return await judgeDuties(tx, judged);
}

const SHORT: ReadonlySet<GrantOrigin> = new Set(['jit', 'emergency']);

function problemOf(grant: Pick<GrantPiece, 'gone' | 'validTo' | 'origin'>, now: Date): string | null {
  if (grant.gone) return 'it is there no more';
  if (grant.validTo !== null && grant.validTo <= now) return 'its end has come';
  return SHORT.has(grant.origin) ? 'it was given for a short time, and is asked for again' : null;
}

async function judgeDuties(tx: Tx, grants: readonly GrantAgain[]): Promise<GrantAgain[]> {
  const wanted = new Map<string, GrantAgain[]>();
  for (const grant of grants) {
    if (grant.problem !== null) continue;
    const list = wanted.get(grant.identityId) ?? [];
    if (list.length === 0) wanted.set(grant.identityId, list);
    list.push(grant);
  }
  const people = [...wanted];
  const verdicts = await sodVerdictsInTurn(
    tx,
    people.map(([identityId, list]) => ({
      identityId,
      wanted: list.map((g) => ({
        entitlementId: g.entitlementId ?? undefined,
        roleId: g.roleId ?? undefined,
        validFrom: g.validFrom > tx.now ? g.validFrom : tx.now,
        validTo: g.validTo,
      })),
    })),
  );
  const blocked = new Map<string, string>();
  for (const [person, [, list]] of people.entries())
    for (const [n, grant] of list.entries()) {
      const conflict = verdicts[person]?.[n]?.conflicts.find((c) => c.rule.mode === 'enforce');
      if (conflict !== undefined) blocked.set(grant.id, describeConflict(conflict));
    }
  return grants.map((grant) => ({ ...grant, problem: grant.problem ?? blocked.get(grant.id) ?? null }));
}
