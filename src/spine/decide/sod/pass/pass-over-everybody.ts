import { sql, type Tx } from '#kit/db/index.ts';
import { reachOfEverybody } from '#spine/graph/index.ts';
import type { SodException } from '../model.ts';
import { scopeOf } from '../person-scope.ts';
import { foreverFrom } from '../sod-verdict.ts';
import { ColumnsBuilder } from './columns.ts';
import { compileRules, type KnownEntitlement, type PassRule } from './compile-rules.ts';
import { runPass } from './run-pass.ts';

/** Who is in conflict now: identity → the ids of the rules, in the order the rules were given. Identities in the order of their ids. */
export type InConflict = ReadonlyMap<string, readonly string[]>;

/** How long one statement of a pass may take: everything there is to be read is read once. */
export const PASS_STATEMENT_MS = 600_000;

/**
 * Everybody who is in conflict with these rules now, whatever way they reach what they hold: the rules' entitlements are
 * read backwards to where anybody's ways to them begin, everything that begins one is read once, and the pass is run
 * over it. Costs what there is to read, however many the rules; memory grows with what people reach of what rules name,
 * some ten bytes each. Rules on what is used together find nobody; a rule finds those alone for whom it counts. `counting`: what an exception tolerates now is left out (default), or counts like the rest.
 */
export async function passOverEverybody(
  tx: Tx,
  asked: readonly PassRule[],
  counting: 'untolerated' | 'all' = 'untolerated',
): Promise<InConflict> {
  const rules = asked.filter(({ rule }) => (rule.counts ?? 'held') === 'held');
  const named = new Set(rules.flatMap(({ rule }) => rule.functions.flatMap((f) => f.entitlementIds)));
  const known = await tx.many<KnownEntitlement>(
    sql`select id, system_id from entitlement where id = any(${sql.array([...named])}::uuid[]) order by id`,
  );
  const compiled = compileRules(rules, known);
  const columns = new ColumnsBuilder();
  const ids: string[] = [];
  const wanted = compiled.entitlements.map(({ id }) => id);
  await reachOfEverybody(tx, wanted, foreverFrom(tx), ({ identityId, throughout, timed }) => {
    for (const e of throughout) columns.add(e);
    for (const [e, times] of timed) for (const [from, until] of times) columns.add(e, from, until);
    columns.endRow();
    ids.push(identityId);
  });
  const found = await runPass({
    columns: columns.done(),
    rules: compiled,
    idOf: (identity) => ids[identity] ?? '',
    exceptions: counting === 'all' ? new Map() : await exceptionsOfEverybody(tx),
    now: tx.now,
  });
  const now = tx.now.getTime();
  // Facts are read of those alone who would be in conflict if rules counted for everybody.
  const counts = await scopeOf(
    tx,
    [...new Set(found.identities)].map((n) => ids[n] ?? ''),
    rules.map(({ rule }) => rule),
  );
  const inConflict = new Map<string, string[]>();
  for (let i = 0; i < found.count; i += 1) {
    // What begins later, or again when an exception lapses, is none yet.
    if ((found.from[i] ?? Infinity) > now) continue;
    const [identity, rule] = [ids[found.identities[i] ?? 0] ?? '', rules[found.rules[i] ?? 0]?.rule];
    if (rule === undefined || !counts(rule, identity)) continue;
    const sofar = inConflict.get(identity);
    if (sofar === undefined) inConflict.set(identity, [rule.id]);
    else sofar.push(rule.id);
  }
  return inConflict;
}

async function exceptionsOfEverybody(tx: Tx): Promise<ReadonlyMap<string, readonly SodException[]>> {
  const rows = await tx.many<SodException & { readonly identityId: string }>(sql`
    select identity_id, id, rule_id, valid_from, valid_to from sod_exception
     where lapse_recorded_at is null and valid_to > reeve_now() order by valid_from`);
  const by = new Map<string, SodException[]>();
  for (const { identityId, ...exception } of rows) by.set(identityId, [...(by.get(identityId) ?? []), exception]);
  return by;
}
