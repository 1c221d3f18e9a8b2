import type { Logon } from '#connectors/port.ts';
import { newId } from '#kit/ids/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { usedOutside } from '../events.ts';

/**
 * Keeps log-ons no session explains, and puts those on the record that may not be so. Returns the ones that were not
 * known yet: each is told once.
 */
export async function keepOutside(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string; readonly logons: readonly (Logon & { readonly exempt: boolean })[] },
): Promise<readonly (Logon & { readonly exempt: boolean })[]> {
  const { systemId } = input;
  const rows = sql.json(input.logons.map((logon) => ({ id: newId(ctx.now.getTime()), ...logon })));
  const told = await ctx.tx.many<{ account: string; at: Date; from: string; how: string; exempt: boolean }>(sql`
    insert into outside_logon (id, system_id, account_name, at, from_address, how, told_at, exempt)
    select l.id, ${systemId}, l.account, l.at, l."from", l.how, ${ctx.now}, l.exempt
      from jsonb_to_recordset(${rows}::jsonb) as l(id uuid, account text, at timestamptz, "from" text, how text, exempt boolean)
    on conflict on constraint outside_logon_is_told_once do nothing
    returning account_name as account, at, from_address as "from", how, exempt`);
  const fresh = told.map(({ at, ...rest }) => ({ ...rest, at: at.toISOString() }));
  await ctx.recordAll(
    permit,
    fresh
      .filter(({ exempt }) => !exempt)
      .map(({ account, at, how }) => ({ event: usedOutside, data: { systemId, account, at, how } })),
  );
  return fresh;
}
