import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addBit, countCommon, emptyBits, hasBit, listBits, type Bits } from '../mining/bits.ts';
import { findImprovements, type Improvement } from './find-improvements.ts';
import { madeWhole, type KeptRole } from './kept-roles.ts';
import { splitByUse, standingOf } from './split-by-use.ts';

const PEOPLE = 12;
const ENTITLEMENTS = 10;

const setOf = (size: number, members: readonly number[]): Bits => {
  const set = emptyBits(size);
  for (const n of members) addBit(set, n);
  return set;
};
interface Plain {
  readonly own: readonly number[];
  readonly given: readonly number[];
  readonly contains: readonly number[];
  readonly use?: KeptRole['use'];
}
const roleOf = ({ own, given, contains, use }: Plain): KeptRole => ({
  own: setOf(ENTITLEMENTS, own),
  given: setOf(PEOPLE, given),
  contains,
  use: use ?? new Map(),
});

/** Roles contain only such as come later: no circles, as the graph refuses them. */
const someRoles = fc
  .array(
    fc.record({
      own: fc.uniqueArray(fc.nat(ENTITLEMENTS - 1), { maxLength: 6 }),
      given: fc.uniqueArray(fc.nat(PEOPLE - 1), { maxLength: 6 }),
      contains: fc.uniqueArray(fc.nat(7), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((roles) =>
    roles.map((role, n) => ({ ...role, contains: role.contains.filter((m) => m > n && m < roles.length) })),
  );

/** What everybody has by any role, slowly and plainly. */
function held(roles: readonly Plain[]): ReadonlySet<string> {
  const gives = (n: number): readonly number[] => {
    const role = roles[n] as Plain;
    return [...role.own, ...role.contains.flatMap(gives)];
  };
  return new Set(roles.flatMap((role, n) => role.given.flatMap((user) => gives(n).map((e) => `${user} ${e}`))));
}

/** The roles after an improvement was made. */
function improved(roles: readonly Plain[], { kind, role, other, onDemand }: Improvement): readonly Plain[] {
  const gone: Plain = { own: [], given: [], contains: [] };
  const gives = (n: number): readonly number[] => {
    const { own, contains } = roles[n] as Plain;
    return [...own, ...contains.flatMap(gives)];
  };
  const having = (n: number): readonly number[] => [
    ...(roles[n] as Plain).given,
    ...roles.flatMap((around, m) => (around.contains.includes(n) ? having(m) : [])),
  ];
  if (kind === 'retire')
    return roles.map((r, n) => (n === role ? gone : { ...r, contains: r.contains.filter((m) => m !== role) }));
  if (kind === 'nest')
    return roles.map((r, n) =>
      n === other ? { ...r, own: r.own.filter((e) => !gives(role).includes(e)), contains: [...r.contains, role] } : r,
    );
  if (kind === 'split')
    return roles.map((r, n) => (n === role ? { ...r, own: r.own.filter((e) => !onDemand.includes(e)) } : r));
  const merged = {
    own: [...gives(role), ...gives(other as number)],
    given: [...having(role), ...having(other as number)],
  };
  // The two stay as they are for the roles around them; who has either has the one that gives both.
  return [...roles, { ...merged, contains: [] }];
}

const difference = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => [...a].filter((x) => !b.has(x)).length;

test('what an improvement says it adds and takes is what making it adds and takes', () => {
  fc.assert(
    fc.property(someRoles, (roles) => {
      const before = held(roles);
      for (const one of findImprovements(roles.map(roleOf), PEOPLE)) {
        const after = held(improved(roles, one));
        expect([one, difference(after, before)]).toEqual([one, one.extra]);
        if (one.kind !== 'split') expect([one, difference(before, after)]).toEqual([one, one.lost]);
      }
    }),
    { numRuns: 400 },
  );
});

test('a set of roles made whole is what it is taken one by one', () => {
  fc.assert(
    fc.property(someRoles, (roles) => {
      const whole = madeWhole(roles.map(roleOf), PEOPLE);
      const had = new Set(whole.held.flatMap((set, user) => listBits(set).map((e) => `${user} ${e}`)));
      expect(had).toEqual(held(roles));
    }),
  );
});

const use = (used: number, unused: number, holders: number) => ({ used, unused, holders });
const everybody = Array.from({ length: 10 }, (_, n) => n);

test('a role that is unused by everybody whose use is known is told apart from one of which it is not known', () => {
  const of = (known: number): Plain => ({
    own: [0, 1],
    given: everybody,
    contains: [],
    use: new Map([0, 1].map((e) => [e, use(0, known, 10)])),
  });
  const found = (role: Plain) => findImprovements([roleOf(role)], PEOPLE).map((i) => [i.kind, i.because, i.lost]);
  expect(found(of(10))).toEqual([['retire', 'unused', 20]]);
  expect(found(of(9))).toEqual([['retire', 'unseen', 20]]);
  expect(found({ ...of(10), use: new Map([[0, use(5, 5, 10)]]) })).toEqual([]);
});

test('what is known to be seldom used is better asked for; what is unknown stays', () => {
  expect(standingOf(use(1, 9, 10))).toBe('seldom');
  expect(standingOf(use(2, 8, 10))).toBe('seldom');
  expect(standingOf(use(3, 7, 10))).toBe('used');
  expect(standingOf(use(0, 7, 10))).toBe('unknown');
  expect(standingOf(use(9, 0, 10))).toBe('used');
  expect(standingOf(use(0, 0, 0))).toBe('unknown');
  expect(splitByUse([use(9, 1, 10), use(0, 10, 10), use(0, 0, 10)])).toEqual({ standing: [0, 2], onDemand: [1] });
});

test('equal roles are merged, one within another is nested under the nearest, and the same seed finds the same', () => {
  const roles = [
    { own: [0, 1, 2, 3, 4], given: [0, 1, 2], contains: [] },
    { own: [0, 1, 2, 3], given: [3, 4], contains: [] },
    { own: [0, 1], given: [5, 6], contains: [] },
    { own: [0, 1], given: [7], contains: [] },
  ].map(roleOf);
  const found = findImprovements(roles, PEOPLE, 7);
  const said = found.map(({ kind, because, role, other }) => `${kind} ${because} ${role} ${other}`);
  expect(said).toContain('merge same_access 3 2');
  expect(said).toContain('nest contained 1 0');
  expect(said).toContain('nest contained 2 1');
  expect(said).not.toContain('nest contained 2 0');
  expect(found.filter((i) => i.kind !== 'retire').every((i) => i.extra === 0 && i.lost === 0)).toBe(true);
  expect(findImprovements(roles, PEOPLE, 7)).toEqual(found);
});

test('whoever is left out, what does not hang on people is found again', () => {
  const roles = [
    { own: [0, 1, 2], given: everybody, contains: [] },
    { own: [0, 1, 2], given: everybody, contains: [] },
  ].map(roleOf);
  const merge = findImprovements(roles, PEOPLE).find((i) => i.kind === 'merge');
  expect(merge?.stability).toBe(1);
  expect(merge === undefined ? 0 : countCommon(roles[0]?.own as Bits, roles[1]?.own as Bits)).toBe(3);
  expect(hasBit(roles[0]?.given as Bits, 3)).toBe(true);
});
