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
}
