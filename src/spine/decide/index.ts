export type { Decision, Permit, Principal, Question, ResourceRef } from './port.ts';
export { PLATFORM } from './port.ts';
export { createDecide, type Decide } from './create-decide.ts';
export { assertPermit } from './permit.ts';
export { Refusal } from './refusal.ts';
export { decideModule } from './module.ts';
export {
  describeConflict,
  refuseWhenBlocked,
  sodVerdict,
  standingConflicts,
  type ProposedAccess,
  type SodVerdict,
} from './sod/sod-verdict.ts';
export type { SodConflict } from './sod/model.ts';
