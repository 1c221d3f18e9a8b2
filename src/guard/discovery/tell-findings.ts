import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { findingsTold } from './events.ts';

/**
 * Tells what the last reading of a system shows: each reason an account is privileged, and each account nobody is
 * known to own. The same thing is told once, however often it is read; what is no longer seen is gone, and open
 * again if it comes back. An accepted finding stays accepted while its evidence stays the same.
 */
export async function tellFindings(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string; readonly trusted: boolean },
): Promise<void> {
  const { tx } = ctx;
  const opened = await tx.many<{ fresh: boolean }>(sql`
    with seen (account_id, kind, reason, evidence) as (
      select a.id, 'privileged', r ->> 'reason', string_agg(r ->> 'evidence', '; ' order by r ->> 'evidence')
      from account a cross join jsonb_array_elements(a.privileged_because) r
      where a.system_id = ${input.systemId} and a.valid_to is null group by a.id, r ->> 'reason'
      union all
      select a.id, 'orphan', 'belongs to nobody known', 'no identity matches the account ' || a.name
      from account a where a.system_id = ${input.systemId} and a.valid_to is null and a.identity_id is null
        and a.kind = 'personal'
    )
    insert into finding as f (id, system_id, account_id, kind, reason, evidence, first_seen_at, last_seen_at)
    select gen_random_uuid(), ${input.systemId}, account_id, kind, reason, evidence, ${ctx.now}, ${ctx.now} from seen
    on conflict on constraint finding_is_told_once do update set
      last_seen_at = ${ctx.now},
      state = case when f.state = 'accepted' and f.evidence = excluded.evidence then 'accepted' else 'open' end,
      answer = case when f.evidence = excluded.evidence then f.answer end,
      answered_by = case when f.evidence = excluded.evidence then f.answered_by end,
      evidence = excluded.evidence
    returning f.first_seen_at = ${ctx.now} as fresh`);
  const gone = input.trusted
    ? await tx.run(sql`
        update finding set state = 'gone', answer = null, answered_by = null
        where system_id = ${input.systemId} and state <> 'gone' and last_seen_at < ${ctx.now}`)
    : 0;
  await ctx.record(permit, {
    event: findingsTold,
    data: { systemId: input.systemId, opened: opened.filter((o) => o.fresh).length, gone },
  });
}
