import type { Access } from '#spine/graph/index.ts';

/** A way in words: the names along its path. */
export const inWords = (way: Access): string => {
  const steps = way.path.filter((step) => step.kind !== 'grant').map((step) => `${step.kind} ${step.name}`);
  return steps.length === 0 ? 'a grant' : steps.join(' → ');
};
