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
export { concernsSod, sodVerdictsInTurn, type ProposedInTurn } from './sod/sod-verdicts.ts';
export { carryExceptions, sodVerdictOnUnion, type CarriedException } from './sod/sod-union.ts';
export { changeSodRule, createSodRule, type RuleInput } from './sod/keep-rules.ts';
export { exceptionsOfAll, liveRules, rulesTouching, type StoredRule } from './sod/store.ts';
export { findConflicts, withoutExcepted, worsens } from './sod/find-conflicts.ts';
export type { HeldAccess, SodConflict, SodException, SodFunction, SodRule, SodSide } from './sod/model.ts';
export {
  sodExceptionEnded,
  sodExceptionGranted,
  sodExceptionLapsed,
  sodRuleChanged,
  sodRuleCreated,
  sodRuleRetired,
} from './sod/events.ts';
export { standingConflictsOf } from './sod/standing-conflicts.ts';
export { PASS_STATEMENT_MS, passOverEverybody, type InConflict, type PassRule } from './sod/pass/index.ts';
