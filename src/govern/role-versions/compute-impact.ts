import { sql, type Tx } from '#kit/db/index.ts';
import {
  exceptionsOfAll,
  rulesTouching,
  scopeOf,
  type SodConflict,
  type SodException,
  type StoredRule,
} from '#spine/decide/index.ts';
import {
  allRoleMarks,
  effectiveAccessOf,
  grantsOfRoles,
  reachedFrom,
  type Access,
  type Reached,
} from '#spine/graph/index.ts';
import { asIfVersion, peopleByRule, sessionsEndingBy, type VersionChange } from './as-if-version.ts';
import { CountImpact } from './count-impact.ts';
import type { SessionsEnding } from './edges.ts';
import { judgePerson } from './judge-person.ts';
import { licencesOf, type LicencesNeeded } from './licences.ts';
import type { ImpactNumbers, PersonImpact } from './model.ts';

const PEOPLE_AT_ONCE = 2_000;
const END_OF_TIME = new Date('9999-12-31T00:00:00Z');

export interface ComputedImpact {
  readonly numbers: ImpactNumbers;
  readonly people: readonly PersonImpact[];
  /** The first instant at which time alone may change the answer; null: none is known. */
  readonly goodUntil: Date | null;
}

interface ImpactEdges {
  readonly sessionsEnding: SessionsEnding;
  readonly progress?: ((share: number) => void) | undefined;
  /** Told of each person whose conflicts would be others, with what they are. */
  readonly duties?: ((of: DutiesOfOne) => void) | undefined;
}

/** The conflicts somebody would come into, and out of. */
export interface DutiesOfOne {
  readonly identityId: string;
  readonly comes: readonly SodConflict[];
  readonly clears: readonly SodConflict[];
}

/**
 * All that would follow if a version were published now: of its content, of whom its rule gives the role, and of the roles
 * it excludes; of every role it changes, together. It is looked at on the graph as it would then be, by what also decides afterwards, and the graph is left as
 * it is. Costs what the people concerned have of what the role changes, many at a time. `tx` has to see one state of the
 * data throughout.
 */
export async function computeImpact(
  tx: Tx,
  changes: readonly VersionChange[],
  edges: ImpactEdges,
): Promise<ComputedImpact> {
  const holders = [...new Set((await grantsOfRoles(tx, rolesOf(changes))).map(({ identityId }) => identityId))];
  const byRule = await peopleByRule(tx, changes);
  const concerned = [...new Set([...holders, ...byRule])].sort();
  const by = await whatItIsJudgedBy(tx, changes, byRule.length > 0);
  const count = new CountImpact(by.rulesAll);
  const rule = { assigned: 0, unassigned: 0, blocked: 0 };
  let goodUntil = earliest(firstEnd(by.rulesAll, tx.now), await nextFacts(tx, changes));
  const people: PersonImpact[] = [];
  for (let n = 0; n < concerned.length && (by.changed.size > 0 || byRule.length > 0); n += PEOPLE_AT_ONCE) {
    const some = concerned.slice(n, n + PEOPLE_AT_ONCE);
    const window = { at: tx.now, through: END_OF_TIME, only: by.only };
    const before = await effectiveAccessOf(tx, some, window);
    const after = await asIfVersion(tx, changes, some, async (laid) => {
      for (const key of ['assigned', 'unassigned', 'blocked'] as const) rule[key] += laid[key];
      return await effectiveAccessOf(tx, some, window);
    });
    const exceptions = byPerson(by.rulesAll.length === 0 ? [] : await exceptionsOfAll(tx, some));
    goodUntil = earliest(goodUntil, ends(tx.now, [...before.values(), ...after.values()], exceptions));
    people.push(...(await judgeSome(tx, some, { before, after, exceptions, by, count, duties: edges.duties })));
    edges.progress?.(Math.min(1, (n + some.length) / concerned.length));
  }
  const sessionIds = await sessionsEndingBy(tx, changes, edges.sessionsEnding);
  return {
    numbers: { ...count.numbers(), ...rule, holders: holders.length, bindings: changes.length - 1, sessionIds },
    people,
    goodUntil,
  };
}

const rolesOf = (changes: readonly VersionChange[]): string[] => changes.map(({ roleId }) => roleId);

/** What is looked at for everybody, read once. */
interface LookedBy {
  /** Entitlements that a role leads to at other instants than now, or for other people. */
  readonly changed: ReadonlySet<string>;
  /** All whose access has to be looked at to judge these. */
  readonly only: ReadonlySet<string>;
  readonly rulesBefore: readonly StoredRule[];
  readonly rulesAfter: readonly StoredRule[];
  /** Each once, as it would be. */
  readonly rulesAll: readonly StoredRule[];
  readonly marks: ReadonlySet<string>;
  readonly licences: LicencesNeeded;
}

async function whatItIsJudgedBy(tx: Tx, changes: readonly VersionChange[], othersHaveIt: boolean): Promise<LookedBy> {
  const window = { at: tx.now, through: END_OF_TIME };
  const look = (): Promise<Reached[]> => reachedFrom(tx, { roleIds: rolesOf(changes) }, window);
  const [reachedBefore, marksBefore] = [await look(), await allRoleMarks(tx)];
  const after = await asIfVersion(tx, changes, [], async () => {
    const reached = await look();
    const marks = await allRoleMarks(tx);
    const times = [timesOf(reachedBefore, tx.now), timesOf(reached, tx.now)] as const;
    const ways = [...new Map([...times[0], ...times[1]])];
    // Who comes to have the role, or no longer has it, comes to all of it; a rule about the role is about all who have it.
    const all = othersHaveIt || changes.some(({ excludes }) => excludes !== undefined);
    const changed = new Set(
      ways.flatMap(([way, { id }]) => (all || times[0].get(way)?.at !== times[1].get(way)?.at ? [id] : [])),
    );
    return { changed, marks, rules: await rulesTouching(tx, [...changed]) };
  });
  const rulesBefore = await rulesTouching(tx, [...after.changed]);
  const rulesAll = [...new Map([...rulesBefore, ...after.rules].map((rule) => [rule.id, rule])).values()];
  const licences = await licencesOf(tx, [...after.changed]);
  const named = rulesAll.flatMap((r) => r.functions.flatMap((f) => f.entitlementIds));
  return {
    changed: after.changed,
    only: new Set([...after.changed, ...named, ...licences.keys()]),
    rulesBefore,
    rulesAfter: after.rules,
    rulesAll,
    marks: new Set([...marksBefore, ...after.marks]),
    licences,
  };
}

/** When each role leads to each entitlement, as one text to compare. */
function timesOf(
  rows: readonly Reached[],
  now: Date,
): ReadonlyMap<string, { readonly id: string; readonly at: string }> {
  const times = new Map<string, { readonly id: string; readonly at: string[] }>();
  for (const { originId, entitlementId: id, validFrom, validTo } of rows) {
    const way = `${originId} ${id}`;
    const { at } = times.get(way) ?? { at: [] };
    times.set(way, { id, at: [...at, `${Math.max(+validFrom, +now)} ${validTo?.getTime() ?? ''}`] });
  }
  return new Map([...times].map(([way, { id, at }]) => [way, { id, at: at.sort().join() }]));
}

interface Looked {
  readonly before: ReadonlyMap<string, readonly Access[]>;
  readonly after: ReadonlyMap<string, readonly Access[]>;
  readonly exceptions: ReadonlyMap<string, readonly SodException[]>;
  readonly by: LookedBy;
  readonly count: CountImpact;
  readonly duties: ImpactEdges['duties'];
}

const rulesOf = (conflicts: readonly SodConflict[]): string[] => [...new Set(conflicts.map(({ rule }) => rule.id))];

async function judgeSome(
  tx: Tx,
  some: readonly string[],
  { before, after, exceptions, by, count, duties }: Looked,
): Promise<PersonImpact[]> {
  const counts = await scopeOf(tx, some, by.rulesAll);
  const judged = some.map((identityId) => {
    const mine = (rules: readonly StoredRule[]) => rules.filter((rule) => counts(rule, identityId));
    return {
      identityId,
      ...judgePerson(
        { before: before.get(identityId) ?? [], after: after.get(identityId) ?? [], now: tx.now },
        {
          rulesBefore: mine(by.rulesBefore),
          rulesAfter: mine(by.rulesAfter),
          exceptions: exceptions.get(identityId) ?? [],
          marks: by.marks,
          licences: by.licences,
        },
      ),
    };
  });
  const rising = judged.filter(({ gains }) => [...gains.values()].some((row) => row.privileged));
  const had = await effectiveAccessOf(
    tx,
    rising.map(({ identityId }) => identityId),
    { at: tx.now, through: END_OF_TIME },
  );
  return judged.flatMap(({ identityId, gains, loses, comes, clears, ...licences }) => {
    const [newConflicts, clearedConflicts] = [rulesOf(comes), rulesOf(clears)];
    if (comes.length + clears.length > 0) duties?.({ identityId, comes, clears });
    if (gains.size + loses.size + newConflicts.length + clearedConflicts.length === 0) return [];
    const privilegedOn = new Set((had.get(identityId) ?? []).flatMap((row) => (row.privileged ? [row.systemId] : [])));
    const systems = (rows: ReadonlyMap<string, { readonly systemId: string }>): string[] => [
      ...new Set([...rows.values()].map(({ systemId }) => systemId)),
    ];
    const privileged = systems(new Map([...gains].filter(([, row]) => row.privileged)));
    const person = {
      identityId,
      gains: [...gains.keys()],
      loses: [...loses.keys()],
      privileged: privileged.filter((id) => !privilegedOn.has(id)),
      newConflicts,
      clearedConflicts,
    };
    count.add(person, { gainsOn: systems(gains), losesOn: systems(loses), ...licences });
    return [person];
  });
}

/** When somebody's facts change next, as is known already: whom a rule fits follows from them. */
const nextFacts = async (tx: Tx, changes: readonly VersionChange[]): Promise<Date | null> =>
  changes.every(({ assigned }) => assigned === undefined)
    ? null
    : (
        await tx.one<{ at: Date | null }>(
          sql`select least(min(valid_from) filter (where valid_from > ${tx.now}), min(valid_to) filter (where valid_to > ${tx.now})) as at
                from identity_facts where valid_from > ${tx.now} or valid_to > ${tx.now}`,
        )
      ).at;

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
