import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { findingsTold } from './events.ts';

/**
 * Tells what the last reading of a system shows: each reason an account is privileged, and each account nobody is
 * known to own. The same thing is told once, however often it is read, and not written again; what is no longer seen
 * is gone, and open again if it comes back. An accepted finding stays accepted while its evidence stays the same.
 * With `changedNow` only accounts are looked at that this transaction changed.
 */
export async function tellFindings(
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
  const looked = input.changedNow === true ? sql`a.recorded_from >= ${ctx.now}` : sql`true`;
  const seen = sql`
    seen (account_id, kind, reason, evidence) as (
      select a.id, 'privileged', r ->> 'reason', string_agg(r ->> 'evidence', '; ' order by r ->> 'evidence')
      from account a cross join jsonb_array_elements(a.privileged_because) r
      where a.system_id = ${input.systemId} and a.valid_to is null and a.privileged and ${looked} group by a.id, r ->> 'reason'
      union all
      select a.id, 'orphan', 'belongs to nobody known', 'no identity matches the account ' || a.name
      from account a where a.system_id = ${input.systemId} and a.valid_to is null and a.identity_id is null
        and a.kind = 'personal' and ${looked}
    )`;
  const { opened } = await tx.one<{ opened: number }>(sql`
    with ${seen},
    told as (
      insert into finding as f (id, system_id, account_id, kind, reason, evidence, first_seen_at, last_seen_at)
      select gen_random_uuid(), ${input.systemId}, s.account_id, s.kind, s.reason, s.evidence, ${ctx.now}, ${ctx.now} from seen s
       where not exists (select from finding k where k.account_id = s.account_id and k.kind = s.kind and k.reason = s.reason
                            and k.state <> 'gone' and k.evidence = s.evidence)
      on conflict on constraint finding_is_told_once do update set
        last_seen_at = ${ctx.now}, state = 'open', answer = null, answered_by = null, evidence = excluded.evidence
      returning f.first_seen_at = ${ctx.now} as fresh
    )
    select count(*) filter (where fresh) as opened from told`);
  const gone = input.trusted
    ? await tx.run(sql`
        with ${seen}
        update finding f
           set state = 'gone', answer = null, answered_by = null, last_seen_at = greatest(f.last_seen_at, ${input.lastReadAt}::timestamptz)
          from account a
         where f.system_id = ${input.systemId} and f.state <> 'gone' and a.id = f.account_id and ${looked}
           and not exists (select from seen s where s.account_id = f.account_id and s.kind = f.kind and s.reason = f.reason)`)
    : 0;
  await ctx.record(permit, { event: findingsTold, data: { systemId: input.systemId, opened, gone } });
}
