import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import {
  addEdge,
  createIdentity,
  createRole,
  endGrant,
  graphModule,
  putEntitlement,
  registerSystem,
  setRoleContent,
  startGrant,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { concernsSod, decideModule, sodVerdict, sodVerdictsInTurn, type SodVerdict } from '../index.ts';
import type { Permit } from '../port.ts';
import { builderModule } from '../testing.ts';
import { createSodRule } from './keep-rules.ts';
import type { SodConflict } from './model.ts';
import { describeConflict, type ProposedAccess } from './sod-verdict.ts';

let house: House;
beforeAll(async () => {
  house = await testHouse(({ decide }) => [graphModule, decideModule({ decide }), builderModule]);
});
afterAll(() => house.close());

const HOUR = 3_600_000;
const PEOPLE = 3;
const pick = (n: number) => fc.nat({ max: n - 1 });
/** Six entitlements, then three roles. */
const what = pick(9);
const times = fc.record({ from: fc.integer({ min: -5, max: 6 }), lasts: fc.option(fc.integer({ min: 1, max: 9 })) });
const world = fc.record({
  nesting: fc.array(fc.tuple(pick(6), pick(6)), { maxLength: 4 }),
  roles: fc.array(fc.array(pick(6), { maxLength: 3 }), { minLength: 3, maxLength: 3 }),
  inner: fc.boolean(),
  holdings: fc.array(fc.tuple(pick(PEOPLE), pick(6)), { maxLength: 3 }),
  grants: fc.array(fc.record({ who: pick(PEOPLE), what, times, ends: fc.option(fc.constantFrom(0, 0, 3)) }), {
    maxLength: 8,
  }),
  rules: fc.array(
    fc.record({
      mode: fc.constantFrom('enforce', 'enforce', 'enforce', 'warn', 'record'),
      sides: fc.array(fc.array(pick(6), { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 }),
      system: fc.option(pick(2), { freq: 4 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  exceptions: fc.array(fc.record({ who: pick(PEOPLE), rule: fc.nat(), lasts: fc.integer({ min: 1, max: 9 }) }), {
    maxLength: 2,
  }),
  wanted: fc.array(fc.record({ who: pick(PEOPLE), what, times }), { minLength: 1, maxLength: 9 }),
});
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

class Undone extends Error {}

/** What a verdict says, but for the first step of a path: that a proposal is a grant by then. */
const said = ({ outcome, conflicts, tolerated, standing }: SodVerdict): unknown => ({
  outcome,
  conflicts: conflicts.map(wordsOf),
  tolerated: tolerated.map(wordsOf),
  standing: standing.map(wordsOf),
});
const wordsOf = (conflict: SodConflict): unknown => ({
  words: describeConflict({ ...conflict, sides: [] }),
  mode: conflict.rule.mode,
  sides: conflict.sides.map(({ function: name, access }) => ({
    name,
    access: access.map((a) => `${a.entitlementId} ${a.validFrom.toISOString()} ${a.validTo?.toISOString()}`).toSorted(),
  })),
});

async function build(ctx: Ctx, permit: Permit, w: World) {
  const later = (hours: number): Date => new Date(ctx.now.getTime() + hours * HOUR);
  const end = (t: { from: number; lasts: number | null }): Date | undefined =>
    t.lasts === null ? undefined : later(t.from + t.lasts);
  const systems: string[] = [];
  for (const n of [0, 1])
    systems.push((await registerSystem(ctx, permit, { name: `s${n}-${newId()}`, kind: 'csv' })).id);
  const ents: string[] = [];
  for (let n = 0; n < 6; n += 1) {
    const nativeId = `e${n}`;
    const made = { systemId: systems[n % 2] ?? '', kind: 'group', nativeId, name: nativeId };
    ents.push((await putEntitlement(ctx, permit, made)).id);
  }
  const ent = (n: number): string => ents[n] ?? '';
  for (const [a, b] of w.nesting) if (a !== b) await addEdge(ctx, permit, { parentId: ent(a), childId: ent(b) });
  const roles: string[] = [];
  for (const [n, content] of w.roles.entries()) {
    const { id } = await createRole(ctx, permit, { name: `r${n} ${newId()}` });
    const entitlementIds = [...new Set(content)].map(ent);
    await setRoleContent(ctx, permit, { roleId: id, entitlementIds, roleIds: n > 0 && w.inner ? roles.slice(-1) : [] });
    roles.push(id);
  }
  const given = (n: number) => (n < 6 ? { entitlementId: ent(n) } : { roleId: roles[n - 6] ?? '' });
  const people: string[] = [];
  for (let n = 0; n < PEOPLE; n += 1)
    people.push((await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: `P${n}` } })).id);
  const person = (n: number): string => people[n] ?? '';
  for (const [i, [who, held]] of w.holdings.entries()) {
    const id = newId();
    await ctx.tx.run(sql`
      insert into account (id, system_id, native_id, name, valid_from) values (${id}, ${systems[0]}, ${id}, ${`a${i}`}, ${ctx.now})`);
    await ctx.tx.run(sql`
      insert into account_owner (account_id, identity_id, valid_from) values (${id}, ${person(who)}, ${ctx.now})`);
    await ctx.tx.run(sql`
      insert into holding (account_id, entitlement_id, valid_from, observed_at) values (${id}, ${ent(held)}, ${ctx.now}, ${ctx.now})`);
  }
  const ending = new Map<string, Map<string, Date>>(people.map((id) => [id, new Map()]));
  for (const g of w.grants) {
    const validTo = end(g.times);
    if (validTo !== undefined && validTo <= ctx.now) continue;
    const identityId = person(g.who);
    const made = { identityId, ...given(g.what), validFrom: later(g.times.from), validTo };
    const { id } = await startGrant(ctx, permit, { ...made, origin: 'admin', reason: 'test' });
    const at = g.ends === null ? undefined : later(g.ends);
    if (at !== undefined && (validTo === undefined || at < validTo) && at >= made.validFrom)
      ending.get(identityId)?.set(id, at);
  }
  const rules: string[] = [];
  for (const [n, rule] of w.rules.entries()) {
    const made = await createSodRule(ctx, permit as Permit<'sod_rule.create'>, {
      name: `rule ${n} ${newId()}`,
      description: 'test',
      severity: 'high',
      mode: rule.mode as 'enforce',
      functions: rule.sides.map((side, i) => ({ name: `f${i}`, entitlementIds: side.map(ent) })),
      ...(rule.system === null ? {} : { systemIds: [systems[rule.system] ?? ''] }),
    });
    rules.push(made.id);
  }
  for (const x of w.exceptions)
    await ctx.tx.run(sql`
      insert into sod_exception (id, rule_id, identity_id, reason, control, approved_by, valid_from, valid_to)
      values (${newId()}, ${rules[x.rule % rules.length]}, ${person(x.who)}, 'r', 'c', 'test', ${ctx.now}, ${later(x.lasts)})`);
  const wanted = new Map<string, ProposedAccess[]>(people.map((id) => [id, []]));
  for (const x of w.wanted) {
    const from = Math.max(0, x.times.from);
    const validTo = end({ from, lasts: x.times.lasts }) ?? null;
    wanted.get(person(x.who))?.push({ ...given(x.what), validFrom: later(from), validTo });
  }
  return { people, wanted, ending };
}

test('judged together, in turn, people get the verdicts they would get one by one', { timeout: 120_000 }, async () => {
  let blocked = 0;
  await fc.assert(
    fc.asyncProperty(world, async (w) => {
      const done = house.as('test').act({ action: 'world.build' }, async (ctx, permit) => {
        const { people, wanted, ending } = await build(ctx, permit, w);
        const asked = people.map((identityId) => ({
          identityId,
          wanted: wanted.get(identityId) ?? [],
          ending: ending.get(identityId),
        }));
        const together = await sodVerdictsInTurn(ctx.tx, asked);
        for (const [n, { identityId, wanted: proposals }] of asked.entries()) {
          const concerned = await concernsSod(ctx.tx, proposals);
          for (const [grantId, at] of ending.get(identityId) ?? [])
            await endGrant(ctx, permit, { grantId, at, because: 'test' });
          for (const [i, proposal] of proposals.entries()) {
            const alone = await sodVerdict(ctx.tx, identityId, [proposal]);
            const { validFrom, validTo, ...access } = proposal;
            expect(said(together[n]?.[i] as SodVerdict)).toEqual(said(alone));
            if (concerned[i] === false) expect(alone.outcome).toBe('clear');
            if (alone.outcome === 'blocked') blocked += 1;
            else
              await startGrant(ctx, permit, {
                identityId,
                ...access,
                validFrom,
                validTo: validTo ?? undefined,
                origin: 'admin',
                reason: 'test',
              });
          }
        }
        throw new Undone();
      });
      await expect(done).rejects.toThrow(Undone);
    }),
    { numRuns: 40 },
  );
  expect(blocked).toBeGreaterThan(5);
});
