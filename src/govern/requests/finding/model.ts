/** Something that can be asked for, found for a reason. README.md has the words. */
import type { RoleParameter } from '#govern/role-parameters/index.ts';
import type { Risk } from '../model.ts';

export const REASONS = ['name', 'other_name', 'description', 'tag', 'system', 'colleague', 'peers', 'role'] as const;

/** Why something is offered, as whoever looks for it reads it. */
export interface Reason {
  readonly kind: (typeof REASONS)[number];
  readonly text: string;
}

/** What was found, before it is known whether it may be shown. */
export interface Found {
  readonly kind: 'entitlement' | 'role';
  readonly id: string;
  readonly reasons: readonly Reason[];
}

export interface Offer extends Found {
  readonly name: string;
  readonly systemName: string | null;
  readonly description: string | null;
  readonly risk: Risk;
  readonly privileged: boolean;
  readonly maxSeconds: number | null;
  /** Of a role with parameters: what a value is to be said for. */
  readonly parameters: readonly RoleParameter[];
  /** Whether whom it is for has it or has asked for it. */
  readonly had: 'held' | 'asked' | null;
}

/** Fewer peers than this are never spoken of: what a small group has tells what one of them has. */
export const FEWEST_PEERS = 5;
/** What fewer of the peers have is no recommendation. */
export const LEAST_SHARE = 0.3;

/** Each thing once, with every reason it was found for, in the order of the first. */
export const together = (found: readonly Found[]): Found[] => {
  const byId = new Map<string, Found>();
  for (const one of found) {
    const known = byId.get(one.id);
    byId.set(one.id, known === undefined ? one : { ...known, reasons: [...known.reasons, ...one.reasons] });
  }
  return [...byId.values()];
};
