import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findConflicts, withoutExcepted, worsens } from './find-conflicts.ts';
import type { HeldAccess, SodConflict, SodException, SodRule } from './model.ts';

const LAST = 12;
const day = (n: number): Date => new Date(Date.UTC(2026, 2, 2 + n));
const dayOf = (d: Date | null): number =>
  d === null ? LAST + 1 : Math.round((d.getTime() - day(0).getTime()) / 86_400_000);
const DAYS = Array.from({ length: LAST + 1 }, (_, i) => i);

const held = (entitlementId: string, from: number, to: number | null, via = 'direct', systemId = 's1'): HeldAccess => ({
  entitlementId,
  systemId,
  path: [{ kind: 'grant', id: via, name: via }],
  validFrom: day(from),
  validTo: to === null ? null : day(to),
});
const rule = (id: string, functions: string[][], more: Partial<SodRule> = {}): SodRule => ({
  id,
  name: id,
  severity: 'high',
  mode: 'enforce',
  functions: functions.map((entitlementIds, i) => ({ name: `f${i}`, entitlementIds })),
  ...more,
});

describe('conflicts of duties', () => {
  const [MON, WED, THU, FRI, SAT] = [0, 2, 3, 4, 5];

  it('Monday to Wednesday and Thursday to Friday do not conflict; starting on Wednesday does', () => {
    const excludes = [rule('a-excludes-b', [['a'], ['b']])];
    const a = held('a', MON, THU);
    expect(findConflicts(excludes, [a, held('b', THU, SAT)])).toEqual([]);
    const [conflict, ...more] = findConflicts(excludes, [a, held('b', WED, SAT)]);
    expect(more).toEqual([]);
    expect([conflict?.validFrom, conflict?.validTo]).toEqual([day(WED), day(THU)]);
  });

  it('both sides are named with every path they are held by', () => {
    const [conflict] = findConflicts(
      [rule('r', [['a', 'a2'], ['b']])],
      [held('a', MON, null, 'role'), held('a', MON, FRI, 'shared account'), held('b', MON, null), held('c', MON, null)],
    );
    expect(conflict?.sides.map((s) => s.access.map((h) => h.path[0]?.name))).toEqual([
      ['role', 'shared account'],
      ['direct'],
    ]);
    expect(conflict?.validTo).toBeNull();
  });

  it('a rule bound to systems does not see access elsewhere', () => {
    const bound = [rule('r', [['a'], ['b']], { systemIds: ['s1'] })];
    expect(findConflicts(bound, [held('a', MON, null), held('b', MON, null, 'x', 's2')])).toEqual([]);
    expect(findConflicts(bound, [held('a', MON, null), held('b', MON, null)])).toHaveLength(1);
  });

  it('somebody who violates a rule already may still change what has nothing to do with it', () => {
    const excludes = [rule('r', [['a', 'a2'], ['b']])];
    const standing = [held('a', MON, FRI), held('b', MON, FRI)];
    const after = (added: HeldAccess): SodConflict[] =>
      worsens(findConflicts(excludes, standing), findConflicts(excludes, [...standing, added]));
    expect(after(held('c', MON, null))).toEqual([]);
    expect(after(held('a', MON, WED, 'second path'))).toEqual([]);
    expect(after(held('a', MON, SAT))).toEqual([]);
    expect(after(held('b', FRI, SAT))).toEqual([]);
    expect(after(held('a2', WED, SAT)).map((c) => [dayOf(c.validFrom), dayOf(c.validTo)])).toEqual([[WED, FRI]]);
    const both = findConflicts(excludes, [held('a', MON, SAT), held('b', MON, SAT)]);
    expect(worsens(findConflicts(excludes, standing), both).map((c) => [dayOf(c.validFrom), dayOf(c.validTo)])).toEqual(
      [[FRI, SAT]],
    );
  });

  it('an exception tolerates a conflict until it lapses, and not a day longer', () => {
    const conflicts = findConflicts([rule('r', [['a'], ['b']])], [held('a', MON, null), held('b', MON, null)]);
    const exception: SodException = { id: 'x', ruleId: 'r', validFrom: day(MON), validTo: day(THU) };
    expect(withoutExcepted(conflicts, [exception]).map((c) => [dayOf(c.validFrom), c.validTo])).toEqual([[THU, null]]);
    expect(withoutExcepted(conflicts, [{ ...exception, ruleId: 'another' }])).toEqual(conflicts);
  });
});

/** The obvious way: look at every day on its own. */
const onDay = (rules: readonly SodRule[], access: readonly HeldAccess[], d: number): string[] =>
  rules
    .filter((r) =>
      r.functions.every((f) => access.some((h) => counts(r, h, d) && f.entitlementIds.includes(h.entitlementId))),
    )
    .flatMap((r) =>
      r.functions.flatMap((f, side) =>
        access
          .filter((h) => counts(r, h, d) && f.entitlementIds.includes(h.entitlementId))
          .map((h) => `${r.id} ${side} ${h.entitlementId}`),
      ),
    );
const counts = (r: SodRule, h: HeldAccess, d: number): boolean =>
  dayOf(h.validFrom) <= d && d < dayOf(h.validTo) && (r.systemIds === undefined || r.systemIds.includes(h.systemId));
const shown = (conflicts: readonly SodConflict[], d: number): string[] =>
  conflicts
    .filter((c) => dayOf(c.validFrom) <= d && d < dayOf(c.validTo))
    .flatMap((c) =>
      c.sides.flatMap((s, side) =>
        s.access.filter((h) => counts(c.rule, h, d)).map((h) => `${c.rule.id} ${side} ${h.entitlementId}`),
      ),
    );
const distinct = (all: readonly string[]): string[] => [...new Set(all)].sort();

const id = fc.constantFrom('a', 'b', 'c', 'd');
const anyAccess = fc.array(
  fc
    .tuple(
      id,
      fc.nat(LAST - 1),
      fc.option(fc.integer({ min: 1, max: 6 })),
      fc.constantFrom('p', 'q'),
      fc.constantFrom('s1', 's2'),
    )
    .map(([e, from, length, via, system]) =>
      held(e, from, length === null ? null : Math.min(LAST, from + length), via, system),
    ),
  { maxLength: 7 },
);
const anyRules = fc
  .array(
    fc.tuple(
      fc.array(fc.uniqueArray(id, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 3 }),
      fc.option(fc.constantFrom('s1', 's2')),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((rs) =>
    rs.map(([functions, system], i) => rule(`r${i}`, functions, system === null ? {} : { systemIds: [system] })),
  );

describe('conflicts of duties against looking at every day on its own', () => {
  it('finds the same conflicts with the same sides on the same days', () => {
    fc.assert(
      fc.property(anyRules, anyAccess, (rules, access) => {
        const conflicts = findConflicts(rules, access);
        for (const d of DAYS) expect(distinct(shown(conflicts, d))).toEqual(distinct(onDay(rules, access, d)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('worse is exactly what fills a side on a day on which it filled none', () => {
    let worse = 0;
    fc.assert(
      fc.property(anyRules, anyAccess, anyAccess, (rules, before, added) => {
        const after = [...before, ...added];
        const found = worsens(findConflicts(rules, before), findConflicts(rules, after));
        for (const d of DAYS) {
          const was = new Set(onDay(rules, before, d));
          const fresh = distinct(onDay(rules, after, d).filter((filling) => !was.has(filling)));
          const rulesWorse = distinct(fresh.map((f) => f.split(' ')[0] ?? ''));
          const rulesFound = distinct(
            found.filter((c) => dayOf(c.validFrom) <= d && d < dayOf(c.validTo)).map((c) => c.rule.id),
          );
          expect(rulesFound).toEqual(rulesWorse);
          worse += fresh.length;
        }
      }),
      { numRuns: 2_000 },
    );
    expect(worse).toBeGreaterThan(1_000);
  });

  it('an exception takes away exactly its own days', () => {
    const anyExceptions = fc.array(
      fc
        .tuple(fc.constantFrom('r0', 'r1'), fc.nat(LAST - 1), fc.integer({ min: 1, max: 8 }))
        .map(([ruleId, from, length]): SodException => ({
          id: 'x',
          ruleId,
          validFrom: day(from),
          validTo: day(from + length),
        })),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(anyRules, anyAccess, anyExceptions, (rules, access, exceptions) => {
        const left = withoutExcepted(findConflicts(rules, access), exceptions);
        for (const d of DAYS) {
          const tolerated = (ruleId: string): boolean =>
            exceptions.some((x) => x.ruleId === ruleId && dayOf(x.validFrom) <= d && d < dayOf(x.validTo));
          expect(distinct(shown(left, d))).toEqual(
            distinct(onDay(rules, access, d).filter((f) => !tolerated(f.split(' ')[0] ?? ''))),
          );
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
