import { newId } from '#kit/ids/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { findingOpened } from '../events.ts';
import type { Severity } from '../model.ts';

/** Something to be answered in the queue that no reading and no look shows. */
export interface ToldFinding {
  readonly systemId: string;
  /** '' where it is about nobody in particular. */
  readonly account: string;
  readonly kind: string;
  readonly about: string;
  readonly severity: Severity;
  readonly reason: string;
  readonly evidence: string;
  readonly byHand: string;
}

/**
 * Puts it into the queue, or says that it was seen again. An accepted one stays accepted until its day. Returns whether
 * it was not open before.
 */
export async function tellFinding(ctx: Ctx, permit: Permit, told: ToldFinding): Promise<boolean> {
  const { systemId, account, kind, about, severity } = told;
  const before = await ctx.tx.maybe<{ state: string }>(sql`
    select state from finding where system_id = ${systemId} and account_name = ${account} and kind = ${kind} and about = ${about} for update`);
  const { id } = await ctx.tx.one<{ id: string }>(sql`
    insert into finding as f (id, system_id, account_name, account_id, kind, about, severity, power, rests_on, reason, evidence, by_hand, source,
      first_seen_at, last_seen_at)
    values (${newId(ctx.now.getTime())}, ${systemId}, ${account},
      (select id from account where system_id = ${systemId} and native_id = ${account} and valid_to is null), ${kind}, ${about}, ${severity}, false, 'thing',
      ${told.reason}, ${told.evidence}, ${told.byHand}, 'lookout', ${ctx.now}, ${ctx.now})
    on conflict on constraint finding_is_told_once do update set last_seen_at = excluded.last_seen_at, evidence = excluded.evidence, reason = excluded.reason,
      severity = excluded.severity, gone_at = null, state = case when f.state = 'accepted' then 'accepted' else 'open' end
    returning id`);
  const opened = before === undefined || before.state === 'gone';
  if (opened)
    await ctx.record(permit, { event: findingOpened, data: { findingId: id, systemId, kind, severity, account } });
  return opened;
}

/** It is no longer so, or was not seen again for long enough. */
export async function settleFindings(
  ctx: Ctx,
  which: {
    readonly systemId: string;
    readonly kind: string;
    readonly but?: readonly string[];
    readonly seenBefore?: Date;
  },
): Promise<number> {
  return await ctx.tx.run(sql`
    update finding set state = 'gone', gone_at = ${ctx.now}, accepted_because = null, accepted_by = null, accepted_until = null, underway = null, problem = null
     where system_id = ${which.systemId} and kind = ${which.kind} and source = 'lookout' and state <> 'gone'
       and not about = any(${sql.array(which.but ?? [])}::text[])
       and (${which.seenBefore ?? null}::timestamptz is null or last_seen_at < ${which.seenBefore ?? null})`);
}
