import { sql, type Tx } from '#kit/db/index.ts';
import { effectiveAccess, type Access } from '#spine/graph/index.ts';
import type { RandomWorld } from '#spine/graph/closure/random-world.ts';

/** What follows from a change of a role, said in the slowest way: instant by instant, person by person, from what is. */

const END = new Date('9999-12-31T00:00:00Z');

/** A rule of two sides, by name: one that is not made yet has no id that would stay. */
export interface Duty {
  readonly name: string;
  readonly sides: readonly [string, string];
}

/** What the world is at one time. */
export interface Seen {
  readonly access: ReadonlyMap<string, readonly Access[]>;
  readonly duties: readonly Duty[];
}

export const seenNow = async (tx: Tx, w: RandomWorld): Promise<Seen> => {
  const access = new Map<string, readonly Access[]>();
  for (const id of w.identities) access.set(id, await effectiveAccess(tx, id, { at: tx.now, through: END }));
  const duties = await tx.many<Duty>(sql`
    select r.name, array_agg(f.entitlement_id::text order by f.position) as sides from sod_rule r
      join sod_rule_function f on f.rule_id = r.id
     where r.valid_to is null and r.counts = 'held'
     group by r.id, r.name order by r.name`);
  return { access, duties };
};

/** What a person reaches at one instant, by grants alone or by anything. */
const reached = (rows: readonly Access[], at: number, grantsOnly: boolean): Set<string> =>
  new Set(
    rows.flatMap((row) =>
      row.entitlementId !== undefined &&
      (!grantsOnly || row.via === 'grant') &&
      +row.validFrom <= at &&
      (row.validTo === null || +row.validTo > at)
        ? [row.entitlementId]
        : [],
    ),
  );
const minus = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): T[] => [...a].filter((x) => !b.has(x));

/** What fills a side of a rule while both are filled. */
const fillings = (duty: Duty | undefined, held: ReadonlySet<string>): Set<string> =>
  duty?.sides.every((side) => held.has(side)) === true ? new Set(duty.sides) : new Set();

export interface Expected {
  readonly gains: Set<string>;
  readonly loses: Set<string>;
  readonly worse: Set<string>;
  readonly better: Set<string>;
  readonly licencesGained: Set<string>;
  readonly licencesFreed: Set<string>;
}

/** What is different for one person from an instant on. `marks` say that somebody has a role, and are nothing anybody gains. */
export function expectedOf(
  id: string,
  [before, after]: readonly [Seen, Seen],
  of: { readonly now: number; readonly marks: ReadonlySet<string>; readonly products: ReadonlyMap<string, string> },
): Expected {
  const [had, has] = [before.access.get(id) ?? [], after.access.get(id) ?? []];
  const instants = new Set([of.now]);
  for (const row of [...had, ...has])
    for (const at of [row.validFrom, row.validTo]) if (at !== null && +at > of.now) instants.add(+at);
  const found: Expected = {
    gains: new Set(),
    loses: new Set(),
    worse: new Set(),
    better: new Set(),
    licencesGained: new Set(),
    licencesFreed: new Set(),
  };
  const names = new Set([...before.duties, ...after.duties].map(({ name }) => name));
  const dutyOf = ({ duties }: Seen, name: string): Duty | undefined => duties.find((duty) => duty.name === name);
  const needs = (held: ReadonlySet<string>): Set<string> => new Set([...held].flatMap((e) => of.products.get(e) ?? []));
  for (const at of instants) {
    const [was, is] = [reached(had, at, true), reached(has, at, true)];
    for (const e of minus(is, was)) if (!of.marks.has(e)) found.gains.add(e);
    for (const e of minus(was, is)) if (!of.marks.has(e)) found.loses.add(e);
    for (const product of minus(needs(is), needs(was))) found.licencesGained.add(product);
    for (const product of minus(needs(was), needs(is))) found.licencesFreed.add(product);
    const [all, then] = [reached(had, at, false), reached(has, at, false)];
    for (const name of names) {
      const [old, now] = [dutyOf(before, name), dutyOf(after, name)];
      if (minus(fillings(now, then), fillings(old, all)).length > 0) found.worse.add(name);
      if (minus(fillings(old, was), fillings(now, is)).length > 0) found.better.add(name);
    }
  }
  return found;
}
