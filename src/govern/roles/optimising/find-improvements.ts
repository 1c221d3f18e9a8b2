import { addAll, bitsOf, countCommon, dropBit, isWithin, keyOf, listBits, type Bits } from '../mining/bits.ts';
import { randomFrom, shuffle } from '../mining/random.ts';
import { madeWhole, type KeptRole, type WholeRoles } from './kept-roles.ts';
import { splitByUse } from './split-by-use.ts';

export type Because =
  | 'gives_nothing'
  | 'held_by_nobody'
  | 'redundant'
  | 'unused'
  | 'unseen'
  | 'same_access'
  | 'same_people'
  | 'overlap'
  | 'contained'
  | 'seldom_used';

/** One way in which a set of roles could be simpler or give less. */
export interface Improvement {
  /** `retire` role; `merge` role into other; `nest` role within other; `split` role by use. */
  readonly kind: 'retire' | 'merge' | 'nest' | 'split';
  readonly because: Because;
  readonly role: number;
  readonly other: number | null;
  /** Assignments of people to entitlements that the roles concerned give now and that stay. */
  readonly coverage: number;
  /** Assignments that would be added. */
  readonly extra: number;
  /** Assignments that would go. */
  readonly lost: number;
  /** People whose roles would change. */
  readonly users: number;
  /** How often it is found again with a tenth of the people left out, 0 to 1. */
  readonly stability: number;
  /** For a split: the entitlements that would be asked for when needed. */
  readonly onDemand: readonly number[];
}

/** How alike what two roles give must be to be worth merging at the price of some extra access. */
const OVERLAP = 0.8;
const ROUNDS = 5;

type Found = Omit<Improvement, 'stability'>;

/**
 * Looks through a set of roles for what is unused, said twice, contained, overlapping or better asked for when needed.
 * What changes nobody's access comes first, then what concerns most people; the same for the same seed.
 */
export function findImprovements(
  roles: readonly KeptRole[],
  people: number,
  seed = 1,
  progress: (share: number) => void = () => undefined,
): Improvement[] {
  const pairs = [...alikePairs(madeWhole(roles, people))];
  const found = look(madeWhole(roles, people), pairs);
  const again = new Map<string, number>();
  const random = randomFrom(seed);
  for (let round = 0; round < ROUNDS; round += 1) {
    progress((round + 1) / (ROUNDS + 1));
    const everybody = Array.from({ length: people }, (_, n) => n);
    const left = shuffle(everybody, random).slice(0, Math.floor(people / 10));
    const fewer = roles.map((role) => without(role, left));
    for (const one of look(madeWhole(fewer, people), pairs)) {
      const key = keyOfFound(one);
      again.set(key, (again.get(key) ?? 0) + 1);
    }
  }
  const cost = ({ extra, lost }: Found): number => extra + lost;
  return found
    .map((one) => ({ ...one, stability: (again.get(keyOfFound(one)) ?? 0) / ROUNDS }))
    .sort((a, b) => cost(a) - cost(b) || b.users - a.users || a.role - b.role || (a.other ?? -1) - (b.other ?? -1));
}

const keyOfFound = ({ kind, because, role, other }: Found): string => `${kind} ${because} ${role} ${other ?? ''}`;
const size = (set: Bits): number => countCommon(set, set);

function without(role: KeptRole, left: readonly number[]): KeptRole {
  const given = role.given.slice();
  for (const user of left) dropBit(given, user);
  return { ...role, given };
}

interface Pair {
  readonly a: number;
  readonly b: number;
  readonly because: 'same_access' | 'contained' | 'overlap';
}

/** Pairs whose access is the same, one within the other, or much alike; only roles that share an entitlement are compared. */
function* alikePairs({ gives }: WholeRoles): Generator<Pair> {
  const sizes = gives.map(size);
  const giving = new Map<number, number[]>();
  for (const [n, set] of gives.entries()) for (const e of bitsOf(set)) giving.set(e, [...(giving.get(e) ?? []), n]);
  for (const [a, set] of gives.entries()) {
    const shared = new Map<number, number>();
    for (const e of bitsOf(set))
      for (const b of giving.get(e) ?? []) if (b > a) shared.set(b, (shared.get(b) ?? 0) + 1);
    for (const [b, both] of shared) {
      const [first, second] = [sizes[a] as number, sizes[b] as number];
      if (both === first && both === second) yield { a, b, because: 'same_access' };
      else if (both === Math.min(first, second)) {
        if (both > 1) yield both === first ? { a, b, because: 'contained' } : { a: b, b: a, because: 'contained' };
      } else if (both >= OVERLAP * (first + second - both)) yield { a, b, because: 'overlap' };
    }
  }
}

function look(roles: WholeRoles, pairs: readonly Pair[]): Found[] {
  const nested = new Map<number, number[]>();
  const found = [
    ...roles.gives.flatMap((_, n) => retiring(roles, n)),
    ...pairs.flatMap((pair) => joining(roles, pair)),
    ...samePeople(roles),
    ...roles.gives.flatMap((_, n) => splitting(roles, n)),
  ];
  for (const { kind, role, other } of found)
    if (kind === 'nest' && other !== null) nested.set(role, [...(nested.get(role) ?? []), other]);
  // Within a large role only the largest of those that fit: the smaller ones are in that one.
  const { gives } = roles;
  const smaller = (a: number, b: number): boolean =>
    a !== b && isWithin(gives[a] as Bits, gives[b] as Bits) && keyOf(gives[a] as Bits) !== keyOf(gives[b] as Bits);
  return found.filter(
    ({ kind, role, other }) =>
      kind !== 'nest' || !(nested.get(role) ?? []).some((via) => via !== other && smaller(via, other as number)),
  );
}

function retiring(roles: WholeRoles, n: number): Found[] {
  const gives = size(roles.gives[n] as Bits);
  const users = size(roles.has[n] as Bits);
  if (users === 0 && roles.around[n]?.length) return [];
  const lost = gives === 0 || users === 0 ? 0 : roles.lostWithout(n);
  const retire = (because: Because): Found[] => [
    {
      kind: 'retire',
      because,
      role: n,
      other: null,
      coverage: users * gives - lost,
      extra: 0,
      lost,
      users,
      onDemand: [],
    },
  ];
  if (gives === 0) return retire('gives_nothing');
  if (users === 0) return retire('held_by_nobody');
  if (lost === 0) return retire('redundant');
  const uses = listBits(roles.gives[n] as Bits).map((e) => roles.kept[n]?.use.get(e));
  if (uses.some((use) => use !== undefined && use.used > 0)) return [];
  return retire(uses.every((use) => use !== undefined && use.unused >= use.holders) ? 'unused' : 'unseen');
}

function joining(roles: WholeRoles, { a, b, because }: Pair): Found[] {
  const { gives, has, below } = roles;
  if (below[a]?.has(b) === true || below[b]?.has(a) === true) return [];
  if (because === 'contained') {
    const users = size(has[b] as Bits);
    const coverage = size(gives[a] as Bits) * users;
    return [{ kind: 'nest', because, role: a, other: b, coverage, extra: 0, lost: 0, users, onDemand: [] }];
  }
  if (size(has[a] as Bits) === 0 || size(has[b] as Bits) === 0) return [];
  return [merging(roles, a, b, because)];
}

/** One role that gives what either gives, to whoever has either. */
function merging({ gives, has, held }: WholeRoles, a: number, b: number, because: Because): Found {
  const all = (gives[a] as Bits).slice();
  addAll(all, gives[b] as Bits);
  const users = (has[a] as Bits).slice();
  addAll(users, has[b] as Bits);
  const most = size(all);
  let extra = 0;
  for (const user of bitsOf(users)) extra += most - countCommon(all, held[user] as Bits);
  const concerned = size(users);
  const coverage = most * concerned - extra;
  return { kind: 'merge', because, role: b, other: a, coverage, extra, lost: 0, users: concerned, onDemand: [] };
}

/** Roles that always go together: the same people, two or more, have both, and neither is in the other. */
function samePeople(roles: WholeRoles): Found[] {
  const together = new Map<string, number[]>();
  for (const [n, users] of roles.has.entries()) {
    if (size(users) < 2 || size(roles.gives[n] as Bits) === 0) continue;
    const key = keyOf(users);
    together.set(key, [...(together.get(key) ?? []), n]);
  }
  return [...together.values()].flatMap((group) =>
    group.slice(1).flatMap((n, i): Found[] => {
      const first = group[i] as number;
      const inside = roles.below[first]?.has(n) === true || roles.below[n]?.has(first) === true;
      const same = keyOf(roles.gives[first] as Bits) === keyOf(roles.gives[n] as Bits);
      return inside || same ? [] : [merging(roles, first, n, 'same_people')];
    }),
  );
}

function splitting(roles: WholeRoles, n: number): Found[] {
  const own = listBits(roles.kept[n]?.own ?? new Uint32Array());
  const users = size(roles.has[n] as Bits);
  const unknown = { used: 0, unused: 0, holders: users };
  const { standing, onDemand } = splitByUse(own.map((e) => roles.kept[n]?.use.get(e) ?? unknown));
  if (users === 0 || standing.length === 0 || onDemand.length === 0) return [];
  const moved = onDemand.map((place) => own[place] as number);
  return [
    {
      kind: 'split',
      because: 'seldom_used',
      role: n,
      other: null,
      coverage: standing.length * users,
      extra: 0,
      lost: moved.length * users,
      users,
      onDemand: moved,
    },
  ];
}
