import { newId } from '#kit/ids/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { findingOpened } from '../events.ts';
import type { PrivilegePath } from '../model.ts';

/** Events of single findings in one look, at most; the rest is told by number. */
const MOST_TOLD = 200;

/**
 * Makes the findings of a system agree with the paths that were found. A path found again is the same finding and is not
 * written again; one that is no longer found is gone, unless it is of a kind that could not be looked at; gone and found
 * again it is open again. An accepted one stays accepted while its severity stays the same or falls.
 */
export async function keepPaths(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly systemId: string;
    readonly paths: readonly PrivilegePath[];
    readonly source: 'look' | 'keys';
    readonly unsure: readonly string[];
  },
): Promise<{ readonly opened: number; readonly gone: number }> {
  const { tx, now } = ctx;
  const { systemId, source } = input;
  const rows = input.paths.map((path) => ({
    id: newId(now.getTime()),
    ...path,
    entitlement: path.entitlement ?? null,
    byHand: path.byHand ?? null,
  }));
  const noWorse = sql`array_position(array['critical', 'high', 'medium', 'low'], excluded.severity) >= array_position(array['critical', 'high', 'medium', 'low'], f.severity)`;
  const opened = await tx.many<{ id: string; kind: string; severity: string; accountName: string }>(sql`
    with seen as (
      select * from jsonb_to_recordset(${sql.json(rows)}::jsonb) as s(id uuid, account text, kind text, about text, severity text, power boolean,
        "restsOn" text, reason text, evidence text, entitlement text, "byHand" text)
    ), before as (
      select f.account_name, f.kind, f.about, f.state, f.severity from finding f where f.system_id = ${systemId}
    ), kept as (
      insert into finding as f (id, system_id, account_name, account_id, kind, about, severity, power, rests_on, reason, evidence,
        entitlement, by_hand, source, first_seen_at, last_seen_at)
      select s.id, ${systemId}, s.account, a.id, s.kind, s.about, s.severity, s.power, s."restsOn", s.reason, s.evidence, s.entitlement, s."byHand",
        ${source}, ${now}, ${now}
      from seen s left join account a on a.system_id = ${systemId} and a.native_id = s.account and a.valid_to is null
      on conflict on constraint finding_is_told_once do update set
        last_seen_at = excluded.last_seen_at, gone_at = null, account_id = coalesce(excluded.account_id, f.account_id), severity = excluded.severity,
        power = excluded.power, rests_on = excluded.rests_on, reason = excluded.reason, evidence = excluded.evidence,
        entitlement = excluded.entitlement, by_hand = excluded.by_hand, source = excluded.source,
        underway = case when f.state = 'gone' then null else f.underway end, problem = case when f.state = 'gone' then null else f.problem end,
        state = case when f.state = 'accepted' and ${noWorse} then 'accepted' else 'open' end,
        accepted_because = case when f.state = 'accepted' and ${noWorse} then f.accepted_because end,
        accepted_by = case when f.state = 'accepted' and ${noWorse} then f.accepted_by end,
        accepted_until = case when f.state = 'accepted' and ${noWorse} then f.accepted_until end
      returning f.id, f.kind, f.about, f.severity, f.account_name
    )
    select k.id, k.kind, k.severity, k.account_name from kept k left join before b using (account_name, kind, about)
     where b.state is null or b.state = 'gone' order by array_position(array['critical', 'high', 'medium', 'low'], k.severity), k.id`);
  const gone = await tx.run(sql`
    update finding f set state = 'gone', gone_at = ${now}, accepted_because = null, accepted_by = null, accepted_until = null, underway = null, problem = null
     where f.system_id = ${systemId} and f.source = ${source} and f.state <> 'gone' and f.last_seen_at < ${now}
       and not f.kind = any(${sql.array(input.unsure)}::text[])
       and not exists (select from jsonb_to_recordset(${sql.json(rows)}::jsonb) as s(account text, kind text, about text)
                        where s.account = f.account_name and s.kind = f.kind and s.about = f.about)`);
  await ctx.recordAll(
    permit,
    opened
      .filter(({ severity }) => severity === 'critical' || severity === 'high')
      .slice(0, MOST_TOLD)
      .map(({ id, kind, severity, accountName }) => ({
        event: findingOpened,
        data: { findingId: id, systemId, kind, severity, account: accountName },
      })),
  );
  return { opened: opened.length, gone };
}
