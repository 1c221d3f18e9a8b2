import type { Allowance } from '#spine/mass-changes/index.ts';
import type { FeedMapping } from '../feed/model.ts';

export interface SourceLimits {
  /** Over one of these a run is held, whole, until an administrator accepts it. */
  readonly created: Allowance;
  readonly changed: Allowance;
  readonly left: Allowance;
  /** Over one of these a delivery is not trusted at all. */
  readonly missingRows: Allowance;
  readonly badRows: Allowance;
  readonly unknownManagers: Allowance;
}

const MASS_CHANGE: Allowance = { percent: 20, free: 50, most: null };
/** Fewer are free to go: fifty who are in no row any more, or whose last day is over, may be a whole company. */
const MASS_LEAVING: Allowance = { percent: 20, free: 5, most: null };

export const DEFAULT_LIMITS: SourceLimits = {
  created: MASS_CHANGE,
  changed: MASS_CHANGE,
  left: MASS_LEAVING,
  missingRows: MASS_LEAVING,
  badRows: { percent: 1, free: 5, most: null },
  unknownManagers: { percent: 5, free: 10, most: null },
};

/** A push names everybody who goes, one by one: nobody is lost in it because a file was cut. Counted over a day. */
export const PUSH_LIMITS: SourceLimits = { ...DEFAULT_LIMITS, left: MASS_CHANGE };

/** A row is somebody another source knows when this fact of the row is that fact of the person. */
export interface JoinRule {
  /** `externalId`, `email`, `username`, or the name of an attribute, of the row. */
  readonly fact: string;
  /** The same of the person; `externalId` is their key in another source. */
  readonly with: string;
}

/** How a source stands beside others that know the same people. */
export interface SourceTerms {
  /** Whether it decides who joins and leaves. One that does not makes nobody and ends nobody; it fills in facts. */
  readonly lifecycle: boolean;
  /** Of two sources that say a fact, the lower rank counts; of equal ranks, the older source. */
  readonly rank: number;
  /** Other ranks for single facts (as in `columns`) or attributes, by name. */
  readonly ranks: Readonly<Record<string, number>>;
  /** How its rows are met with people other sources know; empty: not at all. */
  readonly join: readonly JoinRule[];
}

/** The terms of a source that is alone. */
export const ALONE: SourceTerms = { lifecycle: true, rank: 100, ranks: {}, join: [] };

/** Where Reeve reads the people of a source itself. */
export interface ReadFrom {
  readonly systemId: string;
  /** Where they are on that system, checked by the connector of its kind. */
  readonly place: Readonly<Record<string, unknown>>;
  /** 0: only when asked. */
  readonly everyMinutes: number;
}

/** A place as somebody names it. */
export interface ReadFromSettings {
  /** Id or name of a connected system. */
  readonly system: string;
  readonly place: Readonly<Record<string, unknown>>;
  readonly everyMinutes: number;
}

/** Where people come from. */
export interface PeopleSource {
  readonly id: string;
  readonly name: string;
  /** `hr_csv` is delivered whole, `scim` is pushed one change at a time. */
  readonly kind: 'hr_csv' | 'scim';
  /** IANA name, for instance `Europe/Amsterdam`. */
  readonly timeZone: string;
  readonly mapping: FeedMapping;
  readonly limits: SourceLimits;
  readonly terms: SourceTerms;
  /** A file of the exchange folder that is delivered whenever a new one is there. */
  readonly dropFile: string | null;
  /** A place on a connected system that Reeve reads; null: it is delivered, or pushed to. */
  readonly readFrom: ReadFrom | null;
  /** Who said last how it is read; null where that was Reeve itself. */
  readonly putBy: string | null;
}
