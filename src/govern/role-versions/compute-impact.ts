import { sql, type Tx } from '#kit/db/index.ts';
import { exceptionsOfAll, rulesTouching, scopeOf, type SodException, type StoredRule } from '#spine/decide/index.ts';
import {
  asIfRoleParts,
  effectiveAccessOf,
  grantsOfRoles,
  reachedFrom,
  type Access,
  type Reached,
  type RolePart,
} from '#spine/graph/index.ts';
import type { SessionsEnding } from './edges.ts';
import { judgePerson } from './judge-person.ts';
import type { ConflictCount, ImpactNumbers, PersonImpact } from './model.ts';

const PEOPLE_AT_ONCE = 2_000;
const END_OF_TIME = new Date('9999-12-31T00:00:00Z');

export interface ComputedImpact {
  readonly numbers: ImpactNumbers;
  readonly people: readonly PersonImpact[];
  /** The first instant at which time alone may change the answer; null: none is known. */
  readonly goodUntil: Date | null;
}

/**
 * All that would follow if a role were made of these parts now. It is looked at on the graph as it would then be, by what
 * also decides afterwards, and the graph is left as it is. Costs what the people concerned have of what the role changes,
 * many at a time. `tx` has to see one state of the data throughout.
 */
export async function computeImpact(
  tx: Tx,
  asked: { readonly roleId: string; readonly parts: readonly RolePart[] },
  edges: { readonly sessionsEnding: SessionsEnding; readonly progress?: ((share: number) => void) | undefined },
): Promise<ComputedImpact> {
  const grants = await grantsOfRoles(tx, [asked.roleId]);
  const holders = [...new Set(grants.map(({ identityId }) => identityId))];
  const changed = await whatChanges(tx, asked);
  const rules = await rulesTouching(tx, [...changed]);
  const only = new Set([...changed, ...rules.flatMap((r) => r.functions.flatMap((f) => f.entitlementIds))]);
  const count = new Count(rules);
  let goodUntil = firstEnd(rules, tx.now);
  const people: PersonImpact[] = [];
  for (let n = 0; n < holders.length && changed.size > 0; n += PEOPLE_AT_ONCE) {
    const some = holders.slice(n, n + PEOPLE_AT_ONCE);
    const window = { at: tx.now, through: END_OF_TIME, only };
    const before = await effectiveAccessOf(tx, some, window);
    const after = await asIfRoleParts(tx, asked, () => effectiveAccessOf(tx, some, window));
    const exceptions = byPerson(rules.length === 0 ? [] : await exceptionsOfAll(tx, some));
    goodUntil = earliest(goodUntil, ends(tx.now, [...before.values(), ...after.values()], exceptions));
    people.push(...(await judgeSome(tx, some, { before, after, exceptions, rules, count })));
    edges.progress?.(Math.min(1, (n + some.length) / holders.length));
  }
  const sessionIds = await asIfRoleParts(tx, asked, () =>
    edges.sessionsEnding(
      tx,
      grants.map(({ id }) => id),
    ),
  );
  return { numbers: { ...count.numbers(), holders: holders.length, sessionIds }, people, goodUntil };
}

/** Entitlements that the role leads to at other instants than now. */
async function whatChanges(
  tx: Tx,
  asked: { readonly roleId: string; readonly parts: readonly RolePart[] },
): Promise<ReadonlySet<string>> {
  const window = { at: tx.now, through: END_OF_TIME };
  const look = (): Promise<Reached[]> => reachedFrom(tx, { roleIds: [asked.roleId] }, window);
  const timesOf = (rows: readonly Reached[]): ReadonlyMap<string, string> => {
    const times = new Map<string, string[]>();
    for (const { entitlementId, validFrom, validTo } of rows) {
      const from = Math.max(+validFrom, +tx.now);
      times.set(entitlementId, [...(times.get(entitlementId) ?? []), `${from} ${validTo?.getTime() ?? ''}`]);
    }
    return new Map([...times].map(([id, all]) => [id, all.sort().join()]));
  };
  const [before, after] = [timesOf(await look()), timesOf(await asIfRoleParts(tx, asked, look))];
  return new Set([...before.keys(), ...after.keys()].filter((id) => before.get(id) !== after.get(id)));
}

interface Looked {
  readonly before: ReadonlyMap<string, readonly Access[]>;
  readonly after: ReadonlyMap<string, readonly Access[]>;
  readonly exceptions: ReadonlyMap<string, readonly SodException[]>;
  readonly rules: readonly StoredRule[];
  readonly count: Count;
}

async function judgeSome(tx: Tx, some: readonly string[], of: Looked): Promise<PersonImpact[]> {
  const counts = await scopeOf(tx, some, of.rules);
  const judged = some.map((identityId) => ({
    identityId,
    ...judgePerson(
      { before: of.before.get(identityId) ?? [], after: of.after.get(identityId) ?? [], now: tx.now },
      of.rules.filter((rule) => counts(rule, identityId)),
      of.exceptions.get(identityId) ?? [],
    ),
  }));
  const rising = judged.filter(({ gains }) => [...gains.values()].some((row) => row.privileged));
  const had = await effectiveAccessOf(
    tx,
    rising.map(({ identityId }) => identityId),
    { at: tx.now, through: END_OF_TIME },
  );
  return judged.flatMap(({ identityId, gains, loses, newConflicts, clearedConflicts }) => {
    if (gains.size + loses.size + newConflicts.length + clearedConflicts.length === 0) return [];
    const before = new Set((had.get(identityId) ?? []).flatMap((row) => (row.privileged ? [row.systemId] : [])));
    const systems = (rows: ReadonlyMap<string, { readonly systemId: string }>): string[] => [
      ...new Set([...rows.values()].map(({ systemId }) => systemId)),
    ];
    const privileged = systems(new Map([...gains].filter(([, row]) => row.privileged))).filter((id) => !before.has(id));
    const person = {
      identityId,
      gains: [...gains.keys()],
      loses: [...loses.keys()],
      privileged,
      newConflicts,
      clearedConflicts,
    };
    of.count.add(person, systems(gains), systems(loses));
    return [person];
  });
}

/** What people come to. */
class Count {
  readonly #rules: readonly StoredRule[];
  readonly #plain = { gaining: 0, losing: 0, gains: 0, losses: 0 };
  readonly #new = new Map<string, number>();
  readonly #cleared = new Map<string, number>();
  readonly #privileged = new Map<string, number>();
  readonly #gaining = new Map<string, number>();
  readonly #losing = new Map<string, number>();

  constructor(rules: readonly StoredRule[]) {
    this.#rules = rules;
  }

  add(person: PersonImpact, gainsOn: readonly string[], losesOn: readonly string[]): void {
    this.#plain.gains += person.gains.length;
    this.#plain.losses += person.loses.length;
    if (person.gains.length > 0) this.#plain.gaining += 1;
    if (person.loses.length > 0) this.#plain.losing += 1;
    for (const [counts, ids] of [
      [this.#new, person.newConflicts],
      [this.#cleared, person.clearedConflicts],
      [this.#privileged, person.privileged],
      [this.#gaining, gainsOn],
      [this.#losing, losesOn],
    ] as const)
      for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  }

  numbers(): Omit<ImpactNumbers, 'holders' | 'sessionIds'> {
    const conflicts = (counts: ReadonlyMap<string, number>): ConflictCount[] =>
      this.#rules.flatMap(({ id, name, mode }) => {
        const people = counts.get(id);
        return people === undefined ? [] : [{ ruleId: id, name, mode, people }];
      });
    const systems = [...new Set([...this.#gaining.keys(), ...this.#losing.keys()])].sort();
    return {
      ...this.#plain,
      newConflicts: conflicts(this.#new),
      clearedConflicts: conflicts(this.#cleared),
      privilegedSystems: [...this.#privileged]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([systemId, people]) => ({ systemId, people })),
      onSystems: systems.map((systemId) => ({
        systemId,
        gaining: this.#gaining.get(systemId) ?? 0,
        losing: this.#losing.get(systemId) ?? 0,
      })),
    };
  }
}

type ExceptionOf = SodException & { readonly identityId: string };

function byPerson(exceptions: readonly ExceptionOf[]): ReadonlyMap<string, readonly SodException[]> {
  const by = new Map<string, ExceptionOf[]>();
  for (const exception of exceptions)
    by.set(exception.identityId, [...(by.get(exception.identityId) ?? []), exception]);
  return by;
}

const earliest = (a: Date | null, b: Date | null): Date | null => (a === null ? b : b === null || a < b ? a : b);

const firstEnd = (
  times: Iterable<{ readonly validFrom: Date; readonly validTo: Date | null }>,
  now: Date,
): Date | null => {
  let first: Date | null = null;
  for (const { validFrom, validTo } of times) {
    if (validFrom > now) first = earliest(first, validFrom);
    if (validTo !== null && validTo > now) first = earliest(first, validTo);
  }
  return first;
};

const ends = (
  now: Date,
  access: readonly (readonly Access[])[],
  exceptions: ReadonlyMap<string, readonly SodException[]>,
): Date | null => {
  let first: Date | null = null;
  for (const rows of [...access, ...exceptions.values()]) first = earliest(first, firstEnd(rows, now));
  return first;
};

/** The state of the data a transaction sees, as freshness is measured by. */
export const seenBy = async (tx: Tx): Promise<{ readonly snapshot: string; readonly serverStarted: Date }> =>
  await tx.one(
    sql`select pg_current_snapshot()::text as snapshot, date_trunc('milliseconds', pg_postmaster_start_time()) as server_started`,
  );
