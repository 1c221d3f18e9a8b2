export type { Decision, Obligation, Permit, Principal, Question, ResourceRef } from './port.ts';
export { PLATFORM } from './port.ts';
export { createDecide, type Decide, type PermitOptions } from './create-decide.ts';
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
export type { HeldAccess, SodConflict, SodException, SodRule } from './sod/model.ts';
export {
  sodExceptionEnded,
  sodExceptionGranted,
  sodExceptionLapsed,
  sodRuleChanged,
  sodRuleCreated,
  sodRuleRetired,
} from './sod/events.ts';
