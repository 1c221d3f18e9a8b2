import { sql, type Tx } from '#kit/db/index.ts';
import { denied } from '#kit/errors/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { correlationRulesPut } from '../events.ts';
import { CORRELATE } from './correlate.ts';
import { findOwners, orphanAccounts } from './find-owners.ts';
import { draftRules, given, readRules, type CorrelationRules, type RulesChange } from './rules.ts';

/**
 * Changes how accounts are met with people, and looks again at those without an owner; links there are stay. Nobody
 * makes an account their own by it: rules that would link one to whoever puts them are put by somebody else.
 */
export async function putRules(
  ctx: Ctx,
  permit: Permit<'correlation_rules.put'>,
  change: RulesChange,
): Promise<CorrelationRules> {
  const rules = await draftRules(ctx.tx, change);
  if (ctx.principal.kind === 'identity' && (await wouldLink(ctx.tx, await readRules(ctx.tx), rules, ctx.principal.id)))
    throw denied(
      'account.own_benefit',
      'by these rules an account would become your own, and nobody decides that themself',
      'ask another administrator to put them, or to say whose the account is',
    );
  await ctx.tx.run(sql`
    insert into correlation_rules (one, rules) values (true, ${sql.json(rules)}::jsonb)
    on conflict on constraint correlation_rules_are_one_set do update set rules = excluded.rules`);
  await ctx.record(permit, { event: correlationRulesPut, data: { changed: Object.keys(given(change)) } });
  await enqueue(ctx.tx, CORRELATE, {}, { key: CORRELATE });
  return rules;
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Whether an account without an owner would become this person's by the draft, which by the rules as they are it does not. */
async function wouldLink(tx: Tx, now: CorrelationRules, draft: CorrelationRules, identityId: string): Promise<boolean> {
  let after = NOBODY;
  for (;;) {
    const orphans = await orphanAccounts(tx, {}, after);
    const last = orphans.at(-1);
    if (last === undefined) return false;
    after = last.id;
    const found = await findOwners(tx, orphans, draft);
    const mine = found.filter((f) => f.link && f.ranked[0]?.identityId === identityId).map((f) => f.orphan);
    const already = (await findOwners(tx, mine, now)).filter((f) => f.link && f.ranked[0]?.identityId === identityId);
    if (already.length < mine.length) return true;
  }
}
