import { sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { findSodRule, type Decide } from '#spine/decide/index.ts';
import { doneAgainst, type DoneAct } from './done-acts.ts';
import { guardsOf, type Guard } from './guards.ts';

/** A guard as it stands: whether it is in force, and what it refused. */
export interface ShownGuard extends Guard {
  /** A policy that is not in force keeps nobody from anything: it would be a fault of this version of Reeve. */
  readonly inForce: boolean;
  /** The policy in Cedar; null for a check. */
  readonly text: string | null;
  readonly refused: number;
  readonly lastRefusedAt: Date | null;
}

/** An act that was tried and refused. */
export interface RefusedAct {
  readonly at: Date;
  readonly who: string;
  readonly whoId: string;
  readonly action: string;
  readonly guard: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly eventId: string;
}

/** As many of the latest refused acts are shown. */
const SHOWN = 50;
/** Refusals are counted this far back: the log keeps all of them. */
const DAYS = 90;

/**
 * What keeps Reeve to a rule about acts, who ran against it lately, and what was done all the same: for such a rule, what a
 * violation is for another.
 * A rule on what is held has no guards; its verdict is asked on every way access comes.
 */
export async function showGuards(
  tx: Tx,
  decide: Decide,
  ruleId: string,
): Promise<{
  readonly guards: readonly ShownGuard[];
  readonly refused: readonly RefusedAct[];
  readonly done: readonly DoneAct[];
}> {
  const rule = await findSodRule(tx, ruleId);
  if (rule === undefined) throw notFound('sod_rule', ruleId);
  const guards = guardsOf(rule.libraryId);
  const refused = guards.length === 0 ? [] : await refusedBy(tx, guards);
  const counted = new Map(
    (guards.length === 0 ? [] : await countRefused(tx, guards)).map((row) => [row.guard, row] as const),
  );
  return {
    guards: guards.map((guard) => {
      const found = guard.kind === 'policy' ? decide.shippedPolicy(guard.name) : undefined;
      return {
        ...guard,
        inForce: guard.kind === 'check' || found?.effect === 'forbid',
        text: found?.text ?? null,
        refused: counted.get(guard.name)?.n ?? 0,
        lastRefusedAt: counted.get(guard.name)?.last ?? null,
      };
    }),
    refused,
    done: await doneAgainst(tx, guards),
  };
}

/** Refusals of people that one of these guards made, with which. */
const refusals = (guards: readonly Guard[]) => {
  const names = (kind: Guard['kind']): string =>
    sql.array(guards.flatMap((guard) => (guard.kind === kind ? [guard.name] : [])));
  return sql`
    select e.id, e.at, e.actor_id, e.data, g.guard
      from audit_event e
      cross join lateral (
        select e.data ->> 'code' as guard where e.data ->> 'code' = any(${names('check')}::text[])
        union all
        select p from jsonb_array_elements_text(coalesce(e.data -> 'policies', '[]')) p where p = any(${names('policy')}::text[])
      ) g
     where e.type = 'operation.refused' and e.actor_kind = 'identity' and e.at > reeve_now() - make_interval(days => ${DAYS}::int)`;
};

const countRefused = (tx: Tx, guards: readonly Guard[]): Promise<{ guard: string; n: number; last: Date }[]> =>
  tx.many(sql`select guard, count(*)::int as n, max(at) as last from (${refusals(guards)}) r group by guard`);

const refusedBy = (tx: Tx, guards: readonly Guard[]): Promise<RefusedAct[]> =>
  tx.many(sql`
    select r.id as event_id, r.at, r.actor_id as who_id, coalesce(f.display_name, 'somebody no longer known') as who, r.guard,
           r.data ->> 'action' as action, r.data ->> 'resourceType' as resource_type, r.data ->> 'resourceId' as resource_id
      from (${refusals(guards)} order by e.id desc limit ${SHOWN}) r
      left join identity_facts f on f.identity_id::text = r.actor_id and f.valid_from <= reeve_now()
                                and (f.valid_to is null or f.valid_to > reeve_now())
     order by r.id desc`);
