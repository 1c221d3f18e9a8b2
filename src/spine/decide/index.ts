export type { Decision, Permit, Principal, Question, ResourceRef } from './port.ts';
export { PLATFORM } from './port.ts';
export { createDecide, type Decide } from './create-decide.ts';
export { assertPermit } from './permit.ts';
export { Refusal } from './refusal.ts';
export { decideModule } from './module.ts';
export {
  describeConflict,
  sodVerdict,
  standingConflicts,
  type Apart,
  type ProposedAccess,
  type SodVerdict,
} from './sod/sod-verdict.ts';
export { sodVerdictsOnRole, type HolderVerdict, type RoleChange } from './sod/role-verdicts.ts';
export { sodVerdictOnUse } from './sod/usage-verdict.ts';
export { enforceVerdict, recordVerdicts, refusedByDuties, type Judged } from './sod/enforce-verdict.ts';
export { concernsSod, sodVerdictsInTurn, type ProposedInTurn } from './sod/sod-verdicts.ts';
export { carryExceptions, sodVerdictOnUnion, type CarriedException } from './sod/sod-union.ts';
export type { ControlInput, SodControl } from './sod/keep-controls.ts';
export { changeSodRule, createSodRule, retireSodRule, type RuleInput } from './sod/keep-rules.ts';
export { compileCondition, ConditionError } from './sod/person-condition.ts';
export { peopleInScope, type PersonScope } from './sod/person-scope.ts';
export { findRule as findSodRule, liveRules, type StoredRule } from './sod/store.ts';
export type { SodConflict, SodFunction } from './sod/model.ts';
export { sodEvidenceOverdue, sodExceptionLapsed, type SodWay } from './sod/events.ts';
