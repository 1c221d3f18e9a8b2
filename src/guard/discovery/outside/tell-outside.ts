import type { Logon } from '#connectors/port.ts';
import { newId } from '#kit/ids/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { usedOutside } from '../events.ts';

/** How far a session's beginning and the target's record of it may be apart: two clocks, and the way between them. */
const APART_SECONDS = 120;

/**
 * Tells log-ons to privileged accounts, as the target recorded them, that no session of Reeve and no rotation explains.
 * The account Reeve itself works with is left out. Each is told once. Of an isolated system log-ons are told as they
 * happen, by what is known of it there.
 */
export async function tellOutside(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly systemId: string;
    readonly management: string;
    readonly logons: readonly Logon[];
    readonly masters: readonly string[];
  },
): Promise<void> {
  const logons = input.logons.filter(({ account }) => account !== input.management);
  if (logons.length === 0) return;
  const isolated = await ctx.tx.maybe(
    sql`select system_id from isolation where system_id = ${input.systemId} and every_seconds > 0`,
  );
  if (isolated !== undefined) return;
  const rows = sql.json(logons.map((logon) => ({ id: newId(ctx.now.getTime()), ...logon })));
  const near = sql`make_interval(secs => ${APART_SECONDS})`;
  const told = await ctx.tx.many<{ accountName: string; at: Date; how: string }>(sql`
    insert into outside_logon (id, system_id, account_name, at, from_address, how, told_at)
    select l.id, ${input.systemId}, l.account, l.at, l."from", l.how, ${ctx.now}
      from jsonb_to_recordset(${rows}::jsonb) as l(id uuid, account text, at timestamptz, "from" text, how text)
     where (l.account = any(${sql.array(input.masters)}::text[]) or exists (
              select from finding f where f.system_id = ${input.systemId} and f.account_name = l.account and f.power and f.state <> 'gone'))
       and not exists (select from session s join account a on a.id = s.account_id
                        where s.system_id = ${input.systemId} and a.native_id = l.account
                          and l.at between s.started_at - ${near} and coalesce(s.ended_at, ${ctx.now}) + ${near})
       and not exists (select from rotation r join account a on a.id = r.account_id
                        where a.system_id = ${input.systemId} and a.native_id = l.account
                          and l.at between r.planned_at - ${near} and coalesce(r.ended_at, ${ctx.now}) + ${near})
    on conflict on constraint outside_logon_is_told_once do nothing
    returning account_name, at, how`);
  await ctx.recordAll(
    permit,
    told.map(({ accountName, at, how }) => ({
      event: usedOutside,
      data: { systemId: input.systemId, account: accountName, at: at.toISOString(), how },
    })),
  );
}
