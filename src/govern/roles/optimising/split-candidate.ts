import { conflict } from '#kit/errors/index.ts';
import type { CandidateRole } from '../model.ts';
import { splitByUse, standingOf, type Standing, type Use } from './split-by-use.ts';

/** A candidate in two parts by how its people used what they hold of it directly, with what is known of each entitlement. */
export interface CandidateSplit {
  readonly standing: readonly string[];
  readonly onDemand: readonly string[];
  readonly uses: readonly (Use & { readonly entitlementId: string; readonly why: Standing })[];
}

/**
 * Splits a candidate into what stays standing and what is better asked for when it is needed, by the use its run found.
 * Throws `candidate_role.use_unknown` where it was mined before runs looked at use.
 */
export function splitCandidate({
  entitlementIds,
  uses,
}: Pick<CandidateRole, 'entitlementIds' | 'uses'>): CandidateSplit {
  if (uses === null)
    throw conflict(
      'candidate_role.use_unknown',
      'this was mined before runs looked at how access is used',
      'mine again, or draft it whole',
    );
  const { standing, onDemand } = splitByUse(uses);
  const named = (places: readonly number[]): string[] => places.map((n) => entitlementIds[n] as string);
  return {
    standing: named(standing),
    onDemand: named(onDemand),
    uses: uses.map((use, n) => ({ ...use, entitlementId: entitlementIds[n] as string, why: standingOf(use) })),
  };
}
