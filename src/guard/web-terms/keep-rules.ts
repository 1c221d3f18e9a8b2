import { sql } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { RequestRules } from '#gateways/port.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getAccount } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { requestRulesChanged } from './events.ts';
import { requestRulesOfSystem } from './store.ts';

/** Says what requests may not be, in the place of what was said before. Sessions that are open go on as they began. */
export async function keepRequestRules(
  ctx: Ctx,
  permit: Permit,
  input: { readonly systemId: string; readonly accountId: string | null; readonly rules: RequestRules },
): Promise<void> {
  const { systemId, accountId } = input;
  if (accountId !== null && (await getAccount(ctx.tx, accountId))?.systemId !== systemId)
    throw invalid('/accountId', 'is no account of this system', 'reeve accounts ls --system-id …');
  input.rules.denyPaths.forEach((path, at) => refusePath(path, `/denyPaths/${String(at)}`));
  const rules = { ...input.rules, denyHeaders: input.rules.denyHeaders.map((name) => name.toLowerCase()) };
  const kept = (await requestRulesOfSystem(ctx.tx, systemId)).find((r) => r.accountId === accountId);
  await ctx.tx.run(sql`
    insert into request_rules (id, system_id, account_id, read_only, no_web_sockets, deny_paths, deny_headers, changed_at, changed_by)
    values (${newId(ctx.now.getTime())}, ${systemId}, ${accountId}, ${rules.readOnly}, ${rules.noWebSockets},
            ${sql.array(rules.denyPaths)}::text[], ${sql.array(rules.denyHeaders)}::text[], ${ctx.now}, ${ctx.principal.id})
    on conflict on constraint request_rules_are_one do update set read_only = excluded.read_only,
      no_web_sockets = excluded.no_web_sockets, deny_paths = excluded.deny_paths, deny_headers = excluded.deny_headers,
      changed_at = excluded.changed_at, changed_by = excluded.changed_by`);
  await ctx.record(permit, {
    event: requestRulesChanged,
    data: { systemId, accountId, before: kept === undefined ? null : rulesOnly(kept), after: rulesOnly(rules) },
  });
}

/** A rule is written as paths are read: decoded, part by part. One that could be read in two ways would protect neither. */
function refusePath(path: string, pointer: string): void {
  const parts = path.split('/').slice(1);
  const bad = parts.some((part, at) => (part === '' && at < parts.length - 1) || /^[\s.]+$/u.test(part));
  if (!path.startsWith('/') || bad || /[%;\\?#\p{Cc}]/u.test(path))
    throw invalid(
      pointer,
      `${path} is no plain path`,
      'write it from / on, as it reads decoded, such as /admin or /api/*/secrets',
    );
}

const rulesOnly = ({ readOnly, noWebSockets, denyPaths, denyHeaders }: RequestRules) => ({
  readOnly,
  noWebSockets,
  denyPaths: [...denyPaths],
  denyHeaders: [...denyHeaders],
});
