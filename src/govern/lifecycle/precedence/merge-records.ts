import type { IdentityState } from '#spine/graph/index.ts';
import { deriveState, type DerivedState } from '../feed/derive-state.ts';
import type { FeedRecord } from '../feed/model.ts';
import type { SourceTerms } from '../sources/model.ts';

/** What one source says of somebody. */
export interface Said {
  readonly sourceId: string;
  readonly sourceName: string;
  readonly externalId: string;
  readonly terms: SourceTerms;
  readonly timeZone: string;
  readonly record: FeedRecord;
  /** Whom it names as the manager, where that is somebody known. */
  readonly managerId: string | null;
  readonly managerState: IdentityState | null;
  /** False: the source knew them once, and they are in no row now. */
  readonly present: boolean;
}

/** What the sources that decide about joining and leaving come to, together. */
export type Life =
  | { readonly decided: true; readonly by: Said; readonly derived: DerivedState }
  /** Every one of them knew this person and does no longer. */
  | { readonly decided: true; readonly by: undefined; readonly derived: DerivedState }
  /** None of them ever knew this person: their state is what it was. */
  | { readonly decided: false };

/** All that is said of somebody, made one. */
export interface Merged {
  readonly life: Life;
  /** Facts that count; those of the life (status, days) are `life`'s. Undefined when nobody says anything now. */
  readonly record: FeedRecord | undefined;
  readonly managerId: string | null;
  readonly managerState: IdentityState | null;
  readonly timeZone: string;
  /** Name of a fact (as in a mapping's columns) or attribute → the source it is from. */
  readonly from: ReadonlyMap<string, Said>;
}

const rankOf = (said: Said, fact: string): number =>
  (Object.hasOwn(said.terms.ranks, fact) ? said.terms.ranks[fact] : undefined) ?? said.terms.rank;

/** Best first: the lower rank, then the older source. Ids begin with the time they were made at. */
const ranked = (all: readonly Said[], fact: string): readonly Said[] =>
  all.length < 2
    ? all
    : [...all].sort((a, b) => rankOf(a, fact) - rankOf(b, fact) || (a.sourceId < b.sourceId ? -1 : 1));

const GONE: DerivedState = { state: 'leaver', dueAt: null, since: null };

/**
 * Whether somebody is here, by all sources that decide it. They have left when each of these says so or no longer knows
 * them: while one of them has them at work, they are. Sources that do not decide are not asked. Pure.
 */
export function lifeOf(all: readonly Said[], at: Date): Life {
  const deciders = ranked(
    all.filter((s) => s.terms.lifecycle),
    'status',
  );
  if (deciders.length === 0) return { decided: false };
  const views = deciders
    .filter((s) => s.present)
    .map((by) => ({ decided: true, by, derived: deriveState(by.record, by.timeZone, at) }) as const);
  return views.find((v) => v.derived.state !== 'leaver') ?? views[0] ?? { decided: true, by: undefined, derived: GONE };
}

const FACTS = ['displayName', 'email', 'username', 'department', 'orgUnit', 'jobTitle'] as const;

/** Makes one of what several sources say: each fact is that of the best-ranked source that says any. Pure. */
export function mergeRecords(all: readonly Said[], at: Date): Merged {
  const life = lifeOf(all, at);
  const present = all.filter((s) => s.present);
  const lead = life.decided ? life.by : undefined;
  const base = lead ?? ranked(present, 'displayName')[0];
  const from = new Map<string, Said>();
  const nobody = { life, record: undefined, managerId: null, managerState: null, timeZone: 'UTC', from };
  if (base === undefined) return nobody;
  const best = <T>(fact: string, read: (record: FeedRecord) => T | null | undefined): T | null => {
    for (const said of ranked(present, fact)) {
      const value = read(said.record);
      if (value === null || value === undefined) continue;
      from.set(fact, said);
      return value;
    }
    return null;
  };
  const facts = Object.fromEntries(FACTS.map((fact) => [fact, best(fact, (r) => r[fact])]));
  const names = [...new Set(present.flatMap((s) => Object.keys(s.record.attributes)))];
  const attributes = Object.fromEntries(names.map((name) => [name, best(name, (r) => r.attributes[name])]));
  const manager = ranked(present, 'manager').find((s) => s.managerId !== null);
  if (manager !== undefined) from.set('manager', manager);
  if (lead !== undefined) from.set('status', lead);
  return {
    life,
    record: { ...base.record, ...facts, attributes } as FeedRecord,
    managerId: manager?.managerId ?? null,
    managerState: manager?.managerState ?? null,
    timeZone: base.timeZone,
    from,
  };
}
