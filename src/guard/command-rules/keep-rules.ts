import { sql } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { CommandRule } from '#gateways/port.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getAccount } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { rulesChanged } from './events.ts';
import { commandRulesOfSystem } from './store.ts';

/** Says what happens at which commands, in the place of what was said before. Sessions that are open go on as they began. */
export async function keepCommandRules(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly systemId: string;
    readonly accountId: string | null;
    readonly rules: readonly CommandRule[];
    readonly askSeconds: number;
  },
): Promise<void> {
  const { systemId, accountId, askSeconds } = input;
  const rules = input.rules.map(({ pattern, does }) => ({ pattern: pattern.trim().replaceAll(/ +/gu, ' '), does }));
  if (accountId !== null && (await getAccount(ctx.tx, accountId))?.systemId !== systemId)
    throw invalid('/accountId', 'is no account of this system', 'reeve accounts ls --system-id …');
  const everything = rules.findIndex(({ pattern }) => /^[* ]*$/u.test(pattern));
  if (everything >= 0)
    throw invalid(
      `/rules/${String(everything)}/pattern`,
      'names no word, and would match whatever is typed',
      'write the words it is about, for instance "rm -rf *"',
    );
  const kept = (await commandRulesOfSystem(ctx.tx, systemId)).find((r) => r.accountId === accountId);
  const { revision } = await ctx.tx.one<{ revision: number }>(sql`
    insert into command_rules (id, system_id, account_id, revision, rules, ask_seconds, changed_at, changed_by)
    values (${newId(ctx.now.getTime())}, ${systemId}, ${accountId}, 1, ${sql.json(rules)}::jsonb, ${askSeconds},
            ${ctx.now}, ${ctx.principal.id})
    on conflict on constraint command_rules_are_one do update set revision = command_rules.revision + 1,
      rules = excluded.rules, ask_seconds = excluded.ask_seconds, changed_at = excluded.changed_at, changed_by = excluded.changed_by
    returning revision`);
  await ctx.record(permit, {
    event: rulesChanged,
    data: {
      systemId,
      accountId,
      before:
        kept === undefined ? null : { revision: kept.revision, rules: [...kept.rules], askSeconds: kept.askSeconds },
      after: { revision, rules, askSeconds },
    },
  });
}
