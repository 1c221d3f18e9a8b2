import { allowed } from '#spine/mass-changes/index.ts';
import type { SourceLimits } from '../sources/model.ts';
import type { HeldBecause, RunCounts } from './model.ts';

/**
 * Which limits a plan is over; empty when none. Pure. `staying` is how many people the source had before; the first
 * load of a source may create as many as it likes, because there is nothing yet that it could spoil.
 */
export function checkLimits(
  counts: RunCounts,
  staying: number,
  baseline: boolean,
  limits: SourceLimits,
): readonly HeldBecause[] {
  const asked = [
    ['limit.created', 'created', counts.joined, limits.created],
    ['limit.changed', 'changed', counts.moved + counts.changed + counts.returned, limits.changed],
    ['limit.left', 'marked as leavers', counts.left, limits.left],
  ] as const;
  return asked.flatMap(([code, verb, count, limit]) => {
    if (code === 'limit.created' && baseline) return [];
    const most = allowed(limit, staying);
    if (count <= most) return [];
    return [
      {
        code,
        count,
        allowed: most,
        detail: `${count} people would be ${verb}; ${most} of ${staying} may be at a time`,
      },
    ];
  });
}
