/** How what a role gives was used in a window, of those who have the role: who is in neither count is unknown. */
export interface Use {
  /** Who was seen to use it. */
  readonly used: number;
  /** Of whom it is known that they did not. */
  readonly unused: number;
  /** Who has it. */
  readonly holders: number;
}

/** Why an entitlement stays standing or is better asked for: `used` and `seldom` are seen, `unknown` is not a no. */
export type Standing = 'used' | 'seldom' | 'unknown';

/** Eight hours: what is needed seldom is had for a day's work at most. */
export const ON_DEMAND_SECONDS = 8 * 3_600;

/** At most this share of the holders uses what is better asked for when it is needed. */
const SELDOM = 0.2;
/** Of so many holders use must be known before anything follows from it. */
const KNOWN = 0.8;

/**
 * Whether an entitlement of a role belongs to what people have all the time or to what they ask for when they need it.
 * Only `seldom` moves: where too little is known of use, it stays where it is, since unknown is never unused.
 */
export function standingOf({ used, unused, holders }: Use): Standing {
  if (holders === 0 || used + unused < KNOWN * holders) return used > SELDOM * holders ? 'used' : 'unknown';
  return used <= SELDOM * holders ? 'seldom' : 'used';
}

/** What a role is split into: places in the list given. A role that is all one part is not split. */
export interface Split {
  readonly standing: readonly number[];
  readonly onDemand: readonly number[];
}

/** Splits a role into a standing part and one on demand, by how each of what it gives was used. */
export function splitByUse(uses: readonly Use[]): Split {
  const places = uses.map((_, n) => n);
  const seldom = new Set(places.filter((n) => standingOf(uses[n] as Use) === 'seldom'));
  return { standing: places.filter((n) => !seldom.has(n)), onDemand: [...seldom] };
}
