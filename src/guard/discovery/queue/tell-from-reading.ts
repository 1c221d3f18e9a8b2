import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { findingsTold } from '../events.ts';

/**
 * Tells what the last reading of a system shows: each reason an account is privileged, and each account nobody is
 * known to own. The same thing is told once, however often it is read, and not written again; what is no longer seen
 * is gone, and open again if it comes back. An accepted finding stays accepted until its day, while its evidence stays
 * the same. Why an account is privileged that a closer look says already is left to the look, which says it better;
 * where the reading changed such an account the next look is due at once. With `changedNow` only accounts are looked
 * at that this transaction changed.
 */
export async function tellFromReading(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly systemId: string;
    readonly trusted: boolean;
    /** When the reading before this one began: what is gone now was seen then. */
    readonly lastReadAt: Date | null;
    readonly changedNow?: boolean;
  },
): Promise<void> {
  const { tx } = ctx;
  const { systemId } = input;
  const looked = input.changedNow === true ? sql`a.recorded_from >= ${ctx.now}` : sql`true`;
  const seen = sql`
    seen (account_id, account_name, kind, about, severity, reason, evidence, by_hand) as (
      select a.id, a.native_id, 'privileged', r ->> 'reason', 'high', r ->> 'reason', string_agg(r ->> 'evidence', '; ' order by r ->> 'evidence'), null
      from account a cross join jsonb_array_elements(a.privileged_because) r
      where a.system_id = ${systemId} and a.valid_to is null and a.privileged and ${looked}
        and not exists (select from finding l where l.system_id = ${systemId} and l.account_name = a.native_id and l.source <> 'reading'
                           and l.power and l.state <> 'gone')
      group by a.id, a.native_id, r ->> 'reason'
      union all
      select a.id, a.native_id, 'orphan', '', 'low', 'belongs to nobody known', 'no identity matches the account ' || a.name, 'say whose it is: reeve accounts link'
      from account a where a.system_id = ${systemId} and a.valid_to is null and a.identity_id is null
        and a.kind = 'personal' and ${looked}
    )`;
  const { opened } = await tx.one<{ opened: number }>(sql`
    with ${seen},
    told as (
      insert into finding as f (id, system_id, account_name, account_id, kind, about, severity, power, rests_on, reason, evidence, by_hand, source,
        first_seen_at, last_seen_at)
      select gen_random_uuid(), ${systemId}, s.account_name, s.account_id, s.kind, s.about, s.severity, s.kind = 'privileged', 'credential', s.reason,
        s.evidence, s.by_hand, 'reading', ${ctx.now}, ${ctx.now} from seen s
       where not exists (select from finding k where k.system_id = ${systemId} and k.account_name = s.account_name and k.kind = s.kind and k.about = s.about
                            and k.account_id = s.account_id and k.state <> 'gone' and k.evidence = s.evidence)
      on conflict on constraint finding_is_told_once do update set
        last_seen_at = ${ctx.now}, gone_at = null, state = 'open', account_id = excluded.account_id, evidence = excluded.evidence,
        accepted_because = null, accepted_by = null, accepted_until = null, underway = null, problem = null
      returning f.first_seen_at = ${ctx.now} as fresh
    )
    select count(*) filter (where fresh) as opened from told`);
  const gone = input.trusted
    ? await tx.run(sql`
        with ${seen}
        update finding f
           set state = 'gone', gone_at = ${ctx.now}, accepted_because = null, accepted_by = null, accepted_until = null, underway = null, problem = null,
               last_seen_at = greatest(f.last_seen_at, ${input.lastReadAt}::timestamptz)
          from account a
         where f.system_id = ${systemId} and f.source = 'reading' and f.state <> 'gone' and a.id = f.account_id and ${looked}
           and not exists (select from seen s where s.account_name = f.account_name and s.kind = f.kind and s.about = f.about)`)
    : 0;
  await tx.run(sql`
    update privilege_schedule p set next_at = ${ctx.now}
     where p.system_id = ${systemId} and p.every_seconds > 0 and p.next_at > ${ctx.now}
       and exists (select from account a where a.system_id = ${systemId} and a.valid_to is null and a.privileged and a.recorded_from >= ${ctx.now})`);
  await ctx.record(permit, { event: findingsTold, data: { systemId, opened, gone } });
}

/** What a look says of an account, a reading need not say again. */
export async function leaveToLook(ctx: Ctx, systemId: string): Promise<void> {
  await ctx.tx.run(sql`
    update finding f set state = 'gone', gone_at = ${ctx.now}, accepted_because = null, accepted_by = null, accepted_until = null, underway = null, problem = null
     where f.system_id = ${systemId} and f.source = 'reading' and f.kind = 'privileged' and f.state <> 'gone'
       and exists (select from finding l where l.system_id = ${systemId} and l.account_name = f.account_name and l.source <> 'reading'
                      and l.power and l.state <> 'gone')`);
}
