import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { createSodRule, decideModule, type Permit } from '#spine/decide/index.ts';
import {
  createIdentity,
  createRole,
  endGrant,
  putEntitlement,
  registerSystem,
  setRoleContent,
  startGrant,
} from '#spine/graph/index.ts';
import type { MassItem, Outcome } from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { lifecycleHouse, type LifecycleHouse } from '../testing/lifecycle-house.ts';
import { settleOneByOne, type Refused } from '../testing/one-by-one.ts';
import { birthrightChanges } from './birthright-changes.ts';
import { byPerson, differencesInForce } from './find-differences.ts';
import type { BirthrightRule } from './model.ts';
import { previewRule, putRule } from './put-rule.ts';
import { settleDifferences } from './settle-differences.ts';
import { insertRule, rulesInForce } from './store.ts';

let house: LifecycleHouse;
beforeAll(async () => {
  house = await lifecycleHouse(({ decide }) => [decideModule({ decide })]);
});
afterAll(() => house.close());

const PEOPLE = 5;
const pick = (n: number) => fc.nat({ max: n - 1 });
/** Five entitlements, then two roles. */
const what = pick(7);
const one = fc.constantFrom('a', 'b', 'c');
const facts = fc.record({
  department: fc.option(one),
  site: fc.option(one),
  groups: fc.array(one, { maxLength: 2 }),
  state: fc.constantFrom('active', 'active', 'active', 'active', 'suspended', 'leaver'),
});
const condition = fc.record(
  {
    department: fc.array(one, { minLength: 1, maxLength: 2 }),
    site: fc.array(one, { minLength: 1, maxLength: 2 }),
    groups: fc.array(one, { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const inCel = fc.constantFrom(
  'person.department == "a" || person.site == "b"',
  '!(person.site in ["a", "c"]) && person.groups.contains("b")',
  'person.department != "" && person.groups != "" && (person.site < "b" || person.department.startsWith("c"))',
  '(person.site == "a") == (person.department == "a")',
);
const rule = fc.record({
  condition,
  inCel: fc.option(inCel, { freq: 1 }),
  what,
  grace: fc.constantFrom(0, 0, 0, 10),
});
const world = fc.record({
  people: fc.array(facts, { minLength: PEOPLE, maxLength: PEOPLE }),
  later: fc.array(facts, { minLength: PEOPLE, maxLength: PEOPLE }),
  roles: fc.array(fc.array(pick(5), { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 2 }),
  rules: fc.array(rule, { minLength: 3, maxLength: 7 }),
  byHand: fc.array(fc.record({ who: pick(PEOPLE), what }), { maxLength: 4 }),
  takenAway: fc.array(fc.nat(), { maxLength: 2 }),
  duties: fc.array(fc.tuple(pick(5), pick(5)), { minLength: 1, maxLength: 4 }),
  excepted: fc.array(fc.record({ who: pick(PEOPLE), role: pick(2) }), { maxLength: 2 }),
  edit: fc.record({ which: fc.nat(), isNew: fc.boolean(), condition, grace: fc.constantFrom(0, 0, 10) }),
});
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;
type Facts = World['people'][number];

class Undone extends Error {}

async function build(ctx: Ctx, permit: Permit, w: World) {
  const { id: systemId } = await registerSystem(ctx, permit, { name: `s-${newId()}`, kind: 'csv' });
  const ents: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    const nativeId = `e${n}`;
    ents.push((await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId, name: nativeId })).id);
  }
  const ent = (n: number): string => ents[n] ?? '';
  const roles: string[] = [];
  for (const content of w.roles) {
    const { id } = await createRole(ctx, permit, { name: `r ${newId()}` });
    await setRoleContent(ctx, permit, { roleId: id, entitlementIds: [...new Set(content)].map(ent), roleIds: [] });
    roles.push(id);
  }
  const given = (n: number) =>
    n < 5 ? { entitlementId: ent(n), roleId: null } : { entitlementId: null, roleId: roles[n - 5] ?? '' };
  const people: string[] = [];
  for (const [n, p] of w.people.entries()) {
    const made = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: `P${n}` } });
    people.push(made.id);
    await become(ctx, made.id, p);
  }
  for (const [n, sides] of w.duties.entries()) {
    if (sides[0] === sides[1]) continue;
    await createSodRule(ctx, permit as Permit<'sod_rule.create'>, {
      name: `duty ${n} ${newId()}`,
      description: 'test',
      severity: 'high',
      mode: 'enforce',
      functions: sides.map((side, i) => ({ name: `f${i}`, entitlementIds: [ent(side)] })),
    });
  }
  const rules: BirthrightRule[] = [];
  for (const [n, r] of w.rules.entries()) {
    const { entitlementId, roleId } = given(r.what);
    const whom =
      r.inCel === null
        ? { condition: r.condition, personCondition: null }
        : { condition: {}, personCondition: r.inCel };
    const made = { name: `rule ${n} ${newId()}`, ...whom, graceDays: r.grace, ofRoleVersion: false };
    const whole = { ...made, id: newId(), entitlementId, roleId, validFrom: ctx.now, validTo: null };
    await insertRule(ctx.tx, whole);
    rules.push(whole);
  }
  for (const { who, role } of w.excepted)
    await ctx.tx.run(sql`
      insert into role_except_person (role_id, identity_id) values (${roles[role]}, ${people[who]}) on conflict do nothing`);
  for (const g of w.byHand) {
    const { entitlementId, roleId } = given(g.what);
    if ((await stateOf(ctx, people[g.who] ?? '')) === 'leaver') continue;
    await startGrant(ctx, permit, {
      identityId: people[g.who] ?? '',
      entitlementId: entitlementId ?? undefined,
      roleId: roleId ?? undefined,
      origin: 'admin',
      reason: 'by hand',
    });
  }
  return { people, rules };
}

const stateOf = async (ctx: Ctx, id: string): Promise<string> =>
  (await ctx.tx.one<{ state: string }>(sql`select state from identity_facts where identity_id = ${id}`)).state;

const become = async (ctx: Ctx, id: string, p: Facts): Promise<void> => {
  await ctx.tx.run(sql`
    update identity_facts set department = ${p.department}, state = ${p.state},
           attributes = ${sql.json({ groups: p.groups, ...(p.site === null ? {} : { site: p.site }) })}::jsonb
     where identity_id = ${id}`);
};

/** Every birthright grant there is, but for what it is called. */
const grants = (ctx: Ctx): Promise<unknown[]> =>
  ctx.tx.many(sql`
    select identity_id, origin_id, entitlement_id, role_id, valid_to, ended_because from access_grant
     where origin = 'birthright' order by 1, 2, 5 nulls first, 6 nulls first`);
const standing = (ctx: Ctx): Promise<unknown[]> =>
  ctx.tx.many(sql`
    select identity_id, origin_id from access_grant
     where origin = 'birthright' and ended_because is null and valid_to is null order by 1, 2`);
const graceOf = (rules: readonly BirthrightRule[]): Map<string, number> =>
  new Map(rules.map((r) => [r.id, r.graceDays]));

/** Does something and takes it back, and says how it left the grants. */
async function tried<T>(ctx: Ctx, work: () => Promise<T>): Promise<{ came: T; grants: unknown[] }> {
  await ctx.tx.run(sql`savepoint before`);
  const came = await work();
  const left = await grants(ctx);
  await ctx.tx.run(sql`rollback to savepoint before`);
  return { came, grants: left };
}

const together = async (ctx: Ctx, permit: Permit): Promise<Refused[]> => {
  const rules = await rulesInForce(ctx.tx);
  const due = await byPerson(ctx.tx, differencesInForce({ rules }, ctx.now), rules);
  const settled = await settleDifferences(ctx, permit, due);
  return settled.flatMap(({ identityId, ruleId, blocked }) =>
    blocked === undefined ? [] : [{ identityId, ruleId, because: blocked }],
  );
};
const inOrder = (refused: readonly Refused[]): readonly Refused[] =>
  refused.toSorted((a, b) => (`${a.identityId} ${a.ruleId}` < `${b.identityId} ${b.ruleId}` ? -1 : 1));

const seen = { blocked: 0, previewed: 0, held: 0 };

async function compare(ctx: Ctx, permit: Permit): Promise<void> {
  const rules = await rulesInForce(ctx.tx);
  const slow = await tried(ctx, () => settleOneByOne(ctx, permit, rules, graceOf(rules)));
  const refused = await together(ctx, permit);
  expect(await grants(ctx)).toEqual(slow.grants);
  expect(inOrder(refused)).toEqual(inOrder(slow.came));
  seen.blocked += refused.length;
}

/** An edit of a rule, previewed, planned, carried out in small batches, and undone. */
async function edit(ctx: Ctx, permit: Permit, w: World, rules: readonly BirthrightRule[]): Promise<void> {
  const [old] = rules.slice(w.edit.which % rules.length);
  if (old === undefined) throw new Error('no rules');
  const input = {
    name: w.edit.isNew ? `new ${newId()}` : old.name,
    condition: w.edit.condition,
    graceDays: w.edit.grace,
    ...(old.entitlementId === null ? { roleId: old.roleId ?? '' } : { entitlementId: old.entitlementId }),
  };
  const before = await standing(ctx);
  const preview = await previewRule(ctx, input);
  const { rule: asked, change } = await putRule(ctx, permit as Permit<'birthright.put'>, input);
  expect(change === undefined).toBe(preview.starts + preview.ends === 0);
  if (change === undefined) return;
  expect(change.heldBecause).toEqual(preview.over);
  if (change.state === 'held') seen.held += 1;
  const planned = await ctx.tx.many<MassItem>(sql`
    select position, effect, system_id, identity_id, what, data from mass_change_item
     where mass_change_id = ${change.id} order by position`);
  expect((await rulesInForce(ctx.tx)).find((r) => r.id === asked.id)?.condition).toEqual(
    w.edit.isNew ? undefined : old.condition,
  );
  const edited = w.edit.isNew
    ? [...rules, asked]
    : rules.map((r) => (r.id === asked.id ? { ...r, condition: asked.condition, graceDays: asked.graceDays } : r));
  const slow = await tried(ctx, () =>
    settleOneByOne(
      ctx,
      permit,
      edited.filter((r) => r.id === asked.id),
      graceOf(edited),
      asked.id,
    ),
  );
  const outcomes: Outcome[] = [];
  for (let i = 0; i < planned.length; i += 3) {
    outcomes.push(...(await birthrightChanges.apply(ctx, permit, planned.slice(i, i + 3), change)));
  }
  // Preview equals run: all that was counted was done, nothing else, and the rule is in force.
  expect(outcomes.filter((o) => o.state === 'skipped')).toEqual([]);
  const count = (effect: string): number => planned.filter((i) => i.effect === effect).length;
  expect({ starts: count('create'), ends: count('delete') }).toEqual({ starts: preview.starts, ends: preview.ends });
  expect(slow.came).toHaveLength(preview.blocked);
  expect(await grants(ctx)).toEqual(slow.grants);
  expect((await rulesInForce(ctx.tx)).find((r) => r.id === asked.id)?.condition).toEqual(w.edit.condition);
  seen.previewed += 1;

  const undone = await birthrightChanges.undo?.(ctx, permit, planned.toReversed(), change);
  expect(undone?.filter((o) => o.state === 'skipped')).toEqual([]);
  expect(await standing(ctx)).toEqual(before);
}

test(
  'done as a set, birthright comes out as done one by one; a preview is the run, and undo puts it back',
  { timeout: 180_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(world, async (w) => {
        const done = house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
          const { people, rules } = await build(ctx, permit, w);
          await compare(ctx, permit);
          const given = await ctx.tx.many<{ id: string }>(
            sql`select id from access_grant where origin = 'birthright' and ended_because is null and valid_to is null order by identity_id, origin_id`,
          );
          for (const id of new Set(w.takenAway.flatMap((n) => given[n % Math.max(1, given.length)]?.id ?? [])))
            await endGrant(ctx, permit, { grantId: id, because: 'a review' });
          for (const [n, p] of w.later.entries()) await become(ctx, people[n] ?? '', p);
          await compare(ctx, permit);
          await edit(ctx, permit, w, rules);
          throw new Undone();
        });
        await expect(done).rejects.toThrow(Undone);
      }),
      { numRuns: 25 },
    );
    expect(seen.blocked).toBeGreaterThan(0);
    expect(seen.previewed).toBeGreaterThan(0);
  },
);
