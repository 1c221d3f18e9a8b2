import type { Decide } from '#spine/decide/index.ts';
import type { AnyOperation } from '#spine/operations/index.ts';
import type { RotationEdges } from '../reach-target.ts';
import { checkOperations } from './checks.ts';
import { dependantOperations } from './dependants.ts';
import { policyOperations } from './policies.ts';
import { rotationOperations } from './rotations.ts';
import { runOperations } from './runs.ts';

/** Everything that can be asked of rotation. */
export const operations = (edges: RotationEdges & { readonly decide: Decide }): readonly AnyOperation[] => [
  ...rotationOperations(edges),
  ...runOperations(edges),
  ...policyOperations,
  ...checkOperations(edges),
  ...dependantOperations(edges),
];
