/** Roles found in who holds what: pure functions over sets, for a worker thread. */
export type { Attribute } from './attributes.ts';
export { countCommon, listBits } from './bits.ts';
export { matrixOf, type Matrix } from './matrix.ts';
export type { Basis, Mined, MiningTask } from './mine-candidates.ts';
export { mineExact, type ExactCover } from './mine-exact.ts';
export type { Role } from './reduce.ts';
export { complexity } from './simplify.ts';
