import type { Reach } from '../../api/shapes/people.ts';

/** Something that should be and is not, or is and should not be. */
export interface Drift {
  readonly kind: 'unexpected' | 'missing';
  readonly reach: Reach;
}

const keyOf = (reach: Reach): string => reach.entitlementId ?? reach.accountId ?? reach.sourceId;

/**
 * Where grants and holdings differ, on systems that were read: a system with no holding of hers at all says nothing about
 * what is missing there.
 */
export const driftOf = (reached: readonly Reach[]): readonly Drift[] => {
  const granted = new Set(reached.filter(({ via }) => via === 'grant').map(keyOf));
  const held = new Set(reached.filter(({ via }) => via === 'holding').map(keyOf));
  const read = new Set(reached.filter(({ via }) => via === 'holding').map(({ systemId }) => systemId));
  const seen = new Set<string>();
  return reached.flatMap((reach): Drift[] => {
    const key = keyOf(reach);
    if (seen.has(key)) return [];
    seen.add(key);
    if (reach.via === 'holding' && !granted.has(key)) return [{ kind: 'unexpected', reach }];
    if (reach.via === 'grant' && !held.has(key) && read.has(reach.systemId)) return [{ kind: 'missing', reach }];
    return [];
  });
};
