import { sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { effectiveAccess } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Permit } from '../port.ts';
import { sodExceptionEnded, sodExceptionGranted } from './events.ts';
import { findConflicts, withoutExcepted, worsens } from './find-conflicts.ts';
import type { SodConflict } from './model.ts';
import { CLEAR, foreverFrom, heldOf, outcomeOf, type SodVerdict } from './sod-verdict.ts';
import { rulesFor } from './person-scope.ts';
import { exceptionsOf, rulesTouching } from './store.ts';

/**
 * What separation of duties says to two identities being one person: to all that both reach, by grant or by an account
 * of theirs. What either is in conflict with alone is not made worse by it. Only exceptions of the first count: whoever
 * excepted the other did not see this one's access.
 */
export async function sodVerdictOnUnion(tx: Tx, identityId: string, otherId: string): Promise<SodVerdict> {
  const [own, other] = [
    heldOf(tx, await effectiveAccess(tx, identityId, foreverFrom(tx))),
    heldOf(tx, await effectiveAccess(tx, otherId, foreverFrom(tx))),
  ];
  const touched = await rulesTouching(
    tx,
    other.map((held) => held.entitlementId),
  );
  const rules = await rulesFor(tx, identityId, touched);
  if (rules.length === 0) return CLEAR;
  const standing = [...findConflicts(rules, own), ...findConflicts(rules, other)];
  const worse = worsens(standing, findConflicts(rules, [...own, ...other]));
  const exceptions = await exceptionsOf(tx, identityId);
  // Every exception ends, and what both have may not: what is left of a conflict behind its exception is open then, and
  // whoever owns the rule is told. It is no reason now.
  const goesOn = ({ rule, validFrom }: SodConflict): boolean =>
    exceptions.some((x) => x.ruleId === rule.id && x.validTo.getTime() === validFrom.getTime());
  const conflicts = withoutExcepted(worse, exceptions).filter((conflict) => !goesOn(conflict));
  return { outcome: outcomeOf(conflicts), conflicts, tolerated: worsens(conflicts, worse), standing };
}

/** An exception that went from one identity to another; `to` is null where the other had one for as long. */
export interface CarriedException {
  readonly from: string;
  readonly to: string | null;
}

interface LiveException {
  readonly id: string;
  readonly ruleId: string;
  readonly validTo: Date;
  readonly control: string;
  readonly controlOwnerId: string | null;
  readonly reason: string;
  readonly has: boolean;
}

/** Ends what is excepted of one identity and excepts the same of another, by the same approval and until the same end. */
export async function carryExceptions(
  ctx: Ctx,
  permit: Permit,
  input: { readonly from: string; readonly to: string; readonly only?: readonly string[] | undefined },
): Promise<CarriedException[]> {
  const { from, to, only } = input;
  const live = await ctx.tx.many<LiveException>(sql`
    select x.id, x.rule_id, x.valid_to, x.control, x.control_owner_id, x.reason,
           exists (select from sod_exception o where o.identity_id = ${to} and o.rule_id = x.rule_id
                      and o.lapse_recorded_at is null and o.valid_to >= x.valid_to) as has
      from sod_exception x
     where x.identity_id = ${from} and x.lapse_recorded_at is null and x.valid_to > ${ctx.now} and x.valid_from < ${ctx.now}
       and ${only === undefined ? sql`true` : sql`x.id = any(${[...only]}::uuid[])`} order by x.id for no key update of x`);
  const carried: CarriedException[] = [];
  for (const { id, ruleId, validTo, control, controlOwnerId, reason, has } of live) {
    await ctx.tx.run(
      sql`update sod_exception set valid_to = ${ctx.now}, lapse_recorded_at = ${ctx.now} where id = ${id}`,
    );
    await ctx.record(permit, {
      event: sodExceptionEnded,
      subject: from,
      data: { exceptionId: id, ruleId, identityId: from },
    });
    const fresh = has ? null : newId();
    carried.push({ from: id, to: fresh });
    if (fresh === null) continue;
    await ctx.tx.run(sql`
      insert into sod_exception (id, rule_id, identity_id, reason, control, control_owner_id, approved_by, valid_from, valid_to,
                                 control_id, evidence_every_days)
      select ${fresh}, rule_id, ${to}, reason, control, case when control_owner_id = ${to} then null else control_owner_id end,
             approved_by, ${ctx.now}, ${validTo}, control_id, evidence_every_days from sod_exception where id = ${id}`);
    await ctx.record(permit, {
      event: sodExceptionGranted,
      subject: to,
      data: {
        exceptionId: fresh,
        ruleId,
        identityId: to,
        validTo: validTo.toISOString(),
        control,
        controlOwnerId: controlOwnerId === null || controlOwnerId === to ? undefined : controlOwnerId,
        reason,
      },
    });
  }
  return carried;
}
