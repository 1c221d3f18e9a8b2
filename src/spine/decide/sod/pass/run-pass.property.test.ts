import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HeldAccess, SodException, SodRule } from '../model.ts';
import { judge } from '../sod-verdict.ts';
import { ColumnsBuilder, compileRules, heldThroughout, judgeChange, runPass, type PassRule } from './index.ts';

/** Instants are small numbers here; everything looks from `NOW` on. */
const NOW = 2;
const LAST = 12;
const ENTITLEMENTS = 8;
const SYSTEMS = 2;
const pick = (n: number) => fc.nat({ max: n - 1 });
const times = fc.option(fc.tuple(fc.integer({ min: NOW, max: LAST }), fc.option(fc.integer({ min: 1, max: 6 }))));

const world = fc.record({
  people: fc.array(fc.array(fc.record({ entitlement: pick(ENTITLEMENTS), times }), { maxLength: 6 }), {
    minLength: 1,
    maxLength: 12,
  }),
  /** Many alike make functions that many fill: sets of bits rather than lists. */
  alike: fc.constantFrom(0, 0, 200),
  rules: fc.array(
    fc.record({
      sides: fc.array(fc.array(pick(ENTITLEMENTS + 1), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
      system: fc.option(pick(SYSTEMS), { freq: 3 }),
      among: fc.option(fc.array(pick(12), { maxLength: 6 }), { freq: 4 }),
    }),
    { maxLength: 6 },
  ),
  exceptions: fc.array(
    fc.record({ who: pick(12), rule: pick(6), from: pick(6), lasts: fc.integer({ min: 1, max: 8 }) }),
    {
      maxLength: 4,
    },
  ),
  change: fc.record({ who: pick(12), entitlement: pick(ENTITLEMENTS), times }),
});
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

interface Holding {
  readonly entitlement: number;
  readonly from: number;
  readonly until: number;
}
const held = ({ entitlement, times: t }: World['people'][number][number]): Holding => ({
  entitlement,
  from: t === null ? NOW : t[0],
  until: t === null ? Infinity : t[1] === null ? Infinity : t[0] + t[1],
});
const systemOf = (entitlement: number): string => `s${entitlement % SYSTEMS}`;
const toAccess = ({ entitlement, from, until }: Holding): HeldAccess => ({
  entitlementId: `e${entitlement}`,
  systemId: systemOf(entitlement),
  path: [],
  validFrom: new Date(from),
  validTo: until === Infinity ? null : new Date(until),
});

function build(w: World) {
  const people = [...w.people, ...Array.from({ length: w.alike }, () => w.people[0] ?? [])];
  const columns = new ColumnsBuilder();
  const rules: PassRule[] = w.rules.map((rule, r) => ({
    rule: {
      id: `r${r}`,
      name: `rule ${r}`,
      severity: 'high',
      mode: 'record',
      functions: rule.sides.map((side, i) => ({ name: `f${i}`, entitlementIds: side.map((e) => `e${e}`) })),
      ...(rule.system === null ? {} : { systemIds: [`s${rule.system}`] }),
    } satisfies SodRule,
    among: rule.among === null ? undefined : new Set(rule.among.map((n) => `p${n}`)),
  }));
  // One entitlement that rules name is known to nobody.
  const known = Array.from({ length: ENTITLEMENTS }, (_, e) => ({ id: `e${e}`, systemId: systemOf(e) }));
  const compiled = compileRules(rules, known);
  for (const person of people) {
    for (const one of person) {
      const number = compiled.numberOf.get(`e${one.entitlement}`);
      const { from, until } = held(one);
      if (number === undefined) continue;
      if (one.times === null) columns.add(number);
      else columns.add(number, from, until);
    }
    columns.endRow();
  }
  const exceptions = new Map<string, SodException[]>();
  for (const [n, { who, rule, from, lasts }] of w.exceptions.entries()) {
    const one = { id: `x${n}`, ruleId: `r${rule}`, validFrom: new Date(from), validTo: new Date(from + lasts) };
    exceptions.set(`p${who}`, [...(exceptions.get(`p${who}`) ?? []), one]);
  }
  return { people, rules, compiled, columns: columns.done(), exceptions };
}

/** Whether somebody is in conflict with a rule at an instant: said as slowly and plainly as it can be. */
function inConflict(w: World, r: number, who: number, at: number): boolean {
  const rule = w.rules[r];
  if (rule === undefined || rule.sides.length < 2) return false;
  if (rule.among !== null && !rule.among.includes(who)) return false;
  if (w.exceptions.some((x) => x.who === who && x.rule === r && x.from <= at && at < x.from + x.lasts)) return false;
  const person = (w.people[who] ?? (who < w.people.length + w.alike ? w.people[0] : undefined) ?? []).map(held);
  return rule.sides.every((side) =>
    person.some(
      ({ entitlement, from, until }) =>
        side.includes(entitlement) &&
        (rule.system === null || entitlement % SYSTEMS === rule.system) &&
        from <= at &&
        at < until,
    ),
  );
}

test('a pass finds who a look at everybody, every rule and every instant finds, and nobody else', async () => {
  let conflicts = 0;
  await fc.assert(
    fc.asyncProperty(world, async (w) => {
      const { people, rules, compiled, columns, exceptions } = build(w);
      const found = await runPass({ columns, rules: compiled, idOf: (n) => `p${n}`, exceptions, now: new Date(NOW) });
      const said = new Set<string>();
      let before: readonly [number, number, number] = [-1, -1, -1];
      for (let i = 0; i < found.count; i += 1) {
        const [from, until] = [found.from[i] ?? 0, found.until[i] ?? 0];
        expect(from).toBeLessThan(until);
        for (let at = from; at < Math.min(until, LAST + 9); at += 1) {
          const key = `${found.identities[i]} ${found.rules[i]} ${at}`;
          expect(said.has(key)).toBe(false);
          said.add(key);
        }
        const [who, rule] = [found.identities[i] ?? 0, found.rules[i] ?? 0];
        const steps = [who - before[0], rule - before[1], from - before[2]];
        expect(steps.find((d) => d !== 0)).toBeGreaterThan(0);
        before = [who, rule, from];
      }
      conflicts += found.count;
      const expected = new Set<string>();
      for (const who of people.keys())
        for (const r of rules.keys())
          for (let at = NOW; at < LAST + 9; at += 1) if (inConflict(w, r, who, at)) expected.add(`${who} ${r} ${at}`);
      expect(said).toEqual(expected);
    }),
    { numRuns: 500 },
  );
  expect(conflicts).toBeGreaterThan(200);
});

test('one change is judged out of the columns as the verdict judges it', () => {
  let worse = 0;
  fc.assert(
    fc.property(world, (w) => {
      const { people, rules, compiled, columns, exceptions } = build(w);
      const who = w.change.who % people.length;
      const coming = [toAccess(held(w.change))];
      const standing = { columns, rules: compiled, throughout: heldThroughout(compiled, new Date(NOW)) };
      const verdict = judgeChange(standing, who, coming, exceptions.get(`p${who}`) ?? []);
      const before = (people[who] ?? []).map((one) => toAccess(held(one)));
      const plain = judge(
        rules.map(({ rule }) => rule),
        before,
        coming,
        exceptions.get(`p${who}`) ?? [],
      );
      const words = (all: typeof verdict.conflicts): unknown =>
        all.map(({ rule, validFrom, validTo }) => [rule.id, validFrom, validTo]);
      expect(verdict.outcome).toBe(plain.outcome);
      expect(words(verdict.conflicts)).toEqual(words(plain.conflicts));
      if (plain.conflicts.length > 0) worse += 1;
    }),
    { numRuns: 500 },
  );
  expect(worse).toBeGreaterThan(20);
});

test('access that ends before other access begins never meets it; moved by an instant, it does', async () => {
  const rule: SodRule = {
    id: 'r',
    name: 'r',
    severity: 'high',
    mode: 'enforce',
    functions: [
      { name: 'a', entitlementIds: ['a'] },
      { name: 'b', entitlementIds: ['b'] },
    ],
  };
  const compiled = compileRules(
    [{ rule }],
    [
      { id: 'a', systemId: 's' },
      { id: 'b', systemId: 's' },
    ],
  );
  for (const [begins, expected] of [
    [4, 0],
    [3, 1],
  ] as const) {
    const columns = new ColumnsBuilder();
    columns.add(0, 1, 4);
    columns.add(1, begins, 6);
    columns.endRow();
    const found = await runPass({
      columns: columns.done(),
      rules: compiled,
      idOf: () => 'p',
      exceptions: new Map(),
      now: new Date(0),
    });
    expect(found.count).toBe(expected);
    if (expected === 1) expect([found.from[0], found.until[0]]).toEqual([3, 4]);
  }
});
