import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { endGrants, holdIdentities, startGrants } from '#spine/graph/index.ts';
import type { MassChange, MassItem, MassKind, Outcome } from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { byPerson, differences, differencesInForce, UNDONE, type Differences } from './find-differences.ts';
import { blockedStarts } from './judge-starts.ts';
import { BIRTHRIGHTS, EVERYBODY, type BirthrightRule, type RuleChange } from './model.ts';
import { putInForce, takeOutOfForce } from './put-in-force.ts';
import { settleDifferences } from './settle-differences.ts';
import { rulesInForce, termsOfNew, type RuleTerms } from './store.ts';

const skipped = (item: MassItem, problem: string): Outcome => ({ position: item.position, state: 'skipped', problem });
const done = (item: MassItem): Outcome => ({ position: item.position, state: 'done' });
const isOfRule = (item: MassItem): boolean => item.identityId === null;
const outcomeOf = (item: MassItem, problem: string | undefined): Outcome =>
  problem === undefined ? done(item) : skipped(item, problem);

/**
 * What rules give and take as one kind of mass change. A plan to change a rule carries the change as its last item: the
 * rule is as it was for everybody else until all the plan does is done, and is what it was first of all when it is
 * undone. Every item is looked at again when it is carried out, with the person held.
 */
export const birthrightChanges: MassKind = {
  kind: BIRTHRIGHTS,
  batch: 5000,
  population: async (tx) => {
    const rows = await tx.many<{ systemId: string | null; n: number }>(sql`
      select e.system_id, sum(g.n)::int as n
        from (select entitlement_id, count(*) as n from access_grant
               where ended_because is null and started group by entitlement_id) g
        left join entitlement e on e.id = g.entitlement_id group by e.system_id`);
    return new Map(rows.map((r) => [r.systemId, r.n]));
  },
  apply: async (ctx, permit, items, change) => {
    const outcomes = await applyPairs(
      ctx,
      permit,
      items.filter((item) => !isOfRule(item)),
      change,
    );
    for (const item of items.filter(isOfRule))
      outcomes.push(outcomeOf(item, await putInForce(ctx, permit, changeOf(item))));
    return outcomes;
  },
  undo: async (ctx, permit, items) => {
    const outcomes: Outcome[] = [];
    for (const item of items.filter(isOfRule))
      outcomes.push(outcomeOf(item, await takeOutOfForce(ctx, permit, changeOf(item))));
    const pairs = items.filter((item) => !isOfRule(item));
    await holdIdentities(ctx.tx, identitiesOf(pairs));
    outcomes.push(...(await endStarted(ctx, permit, pairs)), ...(await startEnded(ctx, permit, pairs)));
    return outcomes;
  },
};

const ruleOf = (item: MassItem): string => String(item.data['ruleId']);
const grantOf = (item: MassItem): string => String(item.data['grantId']);
const identitiesOf = (items: readonly MassItem[]): string[] => [...new Set(items.flatMap((i) => i.identityId ?? []))];
const startKey = (identityId: string | null, ruleId: string): string => `${identityId} ${ruleId}`;

const changeOf = (item: MassItem): RuleChange => {
  const { what, rule, before } = item.data as unknown as RuleChange;
  // A plan made before rules had these says nothing of them.
  const later = { personCondition: null, ofRoleVersion: false };
  return {
    what,
    before: before === null ? null : { ...later, ...before },
    rule: { ...later, ...rule, validFrom: new Date(rule.validFrom), validTo: null },
  };
};

/** The rules a plan is carried out by: those in force, or for a plan to change one, that one as it is to be. */
async function rulesOfPlan(
  tx: Tx,
  change: MassChange,
  ruleIds: readonly string[],
): Promise<{ readonly rules: readonly BirthrightRule[]; readonly terms?: ReadonlyMap<string, RuleTerms> }> {
  if (change.key === EVERYBODY) return { rules: (await rulesInForce(tx)).filter((rule) => ruleIds.includes(rule.id)) };
  const last = await tx.one<MassItem>(sql`
    select position, effect, system_id, identity_id, what, data from mass_change_item
     where mass_change_id = ${change.id} and position = ${change.items}`);
  const { what, rule } = changeOf(last);
  if (what === 'remove') return { rules: [] };
  const terms = await termsOfNew(tx, rule);
  return terms === undefined ? { rules: [] } : { rules: [rule], terms: new Map([[rule.id, terms]]) };
}

async function applyPairs(
  ctx: Ctx,
  permit: Permit,
  items: readonly MassItem[],
  change: MassChange,
): Promise<Outcome[]> {
  if (items.length === 0) return [];
  const identityIds = identitiesOf(items);
  const only = [...new Set(items.map(ruleOf))];
  await holdIdentities(ctx.tx, identityIds);
  const { rules, terms } = await rulesOfPlan(ctx.tx, change, only);
  const asked = { identityIds, rules, only };
  const found = change.key === EVERYBODY ? differencesInForce(asked, ctx.now) : differences(asked, ctx.now);
  const planned = new Set(
    items.map((item) => (item.effect === 'create' ? startKey(item.identityId, ruleOf(item)) : grantOf(item))),
  );
  const due = (await byPerson(ctx.tx, found, rules)).map(({ identityId, starts, ends }): Differences => ({
    identityId,
    starts: starts.filter((rule) => planned.has(startKey(identityId, rule.id))),
    ends: ends.filter((end) => planned.has(end.grantId)),
  }));
  const settled = await settleDifferences(ctx, permit, due, { terms });
  const ended = new Set(settled.map((s) => s.grantId));
  const started = new Map(settled.map((s) => [startKey(s.identityId, s.ruleId), s]));
  return items.map((item) => {
    if (item.effect === 'delete')
      return ended.has(grantOf(item)) ? done(item) : skipped(item, 'it is not due any more');
    const start = started.get(startKey(item.identityId, ruleOf(item)));
    if (start?.blocked !== undefined) return skipped(item, start.blocked);
    return start?.grantId === undefined ? skipped(item, 'it is not due any more') : done(item);
  });
}

/** Ends what was given: what stands by the rule, since a person has one grant by a rule at a time. */
async function endStarted(ctx: Ctx, permit: Permit, items: readonly MassItem[]): Promise<Outcome[]> {
  const started = items.filter((item) => item.effect === 'create');
  if (started.length === 0) return [];
  const standing = await ctx.tx.many<{ id: string; identityId: string; ruleId: string }>(sql`
    select g.id, g.identity_id, g.origin_id as rule_id
      from unnest(${sql.array(started.map((item) => item.identityId))}::uuid[], ${sql.array(started.map(ruleOf))}::uuid[])
             as p(identity_id, rule_id)
      join access_grant g on g.identity_id = p.identity_id and g.origin_id = p.rule_id
     where g.origin = 'birthright' and g.ended_because is null and g.valid_to is null`);
  const grants = standing.map(({ id }) => ({ grantId: id }));
  const ended = new Set(await endGrants(ctx, permit, { because: UNDONE, grants }));
  const ending = new Set(standing.filter((g) => ended.has(g.id)).map((g) => startKey(g.identityId, g.ruleId)));
  return started.map((item) =>
    ending.has(startKey(item.identityId, ruleOf(item))) ? done(item) : skipped(item, 'the grant has ended already'),
  );
}

/** Gives again what was taken away, or was to end later; as a rule in force would, and judged as anything it gives. */
async function startEnded(ctx: Ctx, permit: Permit, items: readonly MassItem[]): Promise<Outcome[]> {
  const ended = items.filter((item) => item.effect === 'delete');
  if (ended.length === 0) return [];
  const rules = new Map((await rulesInForce(ctx.tx)).map((rule) => [rule.id, rule]));
  const lacking = new Set(
    (
      await ctx.tx.many<{ id: string }>(sql`
        select g.id from access_grant g
         where g.id = any(${sql.array(ended.map(grantOf))}::uuid[])
           and exists (select from identity_facts f where f.identity_id = g.identity_id and f.state <> 'leaver'
                          and f.valid_from <= ${ctx.now} and (f.valid_to is null or f.valid_to > ${ctx.now}))
           and not exists (select from access_grant o
                            where o.identity_id = g.identity_id and o.origin = 'birthright' and o.origin_id = g.origin_id
                              and o.ended_because is null and o.valid_to is null)`)
    ).map((g) => g.id),
  );
  const again = ended.filter((item) => lacking.has(grantOf(item)) && rules.has(ruleOf(item)));
  const people = new Map<string, BirthrightRule[]>();
  for (const item of again) {
    const list = people.get(item.identityId ?? '') ?? [];
    people.set(item.identityId ?? '', [...list, rules.get(ruleOf(item)) as BirthrightRule]);
  }
  const blocked = new Map(
    (
      await blockedStarts(
        ctx.tx,
        [...people].map(([identityId, starts]) => ({ identityId, starts })),
      )
    ).map((b) => [startKey(b.identityId, b.rule.id), b.because]),
  );
  const clear = again.filter((item) => !blocked.has(startKey(item.identityId, ruleOf(item))));
  await startGrants(ctx, permit, {
    origin: 'birthright',
    grants: clear.map((item) => {
      const rule = rules.get(ruleOf(item)) as BirthrightRule;
      return {
        identityId: item.identityId ?? '',
        entitlementId: rule.entitlementId,
        roleId: rule.roleId,
        originId: rule.id,
        reason: `birthright: ${rule.name}`,
      };
    }),
  });
  // What was to end later is not needed beside what begins now.
  await endGrants(ctx, permit, { because: UNDONE, grants: clear.map((item) => ({ grantId: grantOf(item) })) });
  const isClear = new Set(clear.map((item) => item.position));
  return ended.map((item) => {
    if (isClear.has(item.position)) return done(item);
    if (!rules.has(ruleOf(item))) return skipped(item, 'the rule that gave it is not in force');
    return skipped(
      item,
      blocked.get(startKey(item.identityId, ruleOf(item))) ?? 'the person has left, or has it again',
    );
  });
}
