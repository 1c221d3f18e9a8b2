import { sql } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { StatementRules } from '#gateways/port.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getAccount } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { rulesChanged } from './events.ts';
import { rulesOfSystem } from './store.ts';

/** Says what statements may not be, in the place of what was said before. Sessions that are open go on as they began. */
export async function keepRules(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string; readonly accountId: string | null; readonly rules: StatementRules },
): Promise<void> {
  const { systemId, accountId, rules } = input;
  if (accountId !== null && (await getAccount(ctx.tx, accountId))?.systemId !== systemId)
    throw invalid('/accountId', 'is no account of this system', 'reeve accounts ls --system-id …');
  const kept = (await rulesOfSystem(ctx.tx, systemId)).find((r) => r.accountId === accountId);
  await ctx.tx.run(sql`
    insert into statement_rules (id, system_id, account_id, read_only, no_ddl, where_needed, keep_role, deny_tables, changed_at, changed_by)
    values (${newId(ctx.now.getTime())}, ${systemId}, ${accountId}, ${rules.readOnly}, ${rules.noDdl}, ${rules.whereNeeded},
            ${rules.keepRole}, ${sql.array(rules.denyTables)}::text[], ${ctx.now}, ${ctx.principal.id})
    on conflict on constraint statement_rules_are_one do update set read_only = excluded.read_only, no_ddl = excluded.no_ddl,
      where_needed = excluded.where_needed, keep_role = excluded.keep_role, deny_tables = excluded.deny_tables,
      changed_at = excluded.changed_at, changed_by = excluded.changed_by`);
  await ctx.record(permit, {
    event: rulesChanged,
    data: { systemId, accountId, before: kept === undefined ? null : rulesOnly(kept), after: rulesOnly(rules) },
  });
}

const rulesOnly = ({ readOnly, noDdl, whereNeeded, keepRole, denyTables }: StatementRules) => ({
  readOnly,
  noDdl,
  whereNeeded,
  keepRole,
  denyTables: [...denyTables],
});
