export type { Decision, Permit, Principal, Question, ResourceRef } from './port.ts';
export { PLATFORM } from './port.ts';
export { createDecide, type Decide } from './create-decide.ts';
export { assertPermit } from './permit.ts';
export { Refusal } from './refusal.ts';
export { decideModule } from './module.ts';
export { ANSWERS_FILE } from './engine/kept-answers.ts';
export { shippedAnswers } from './shipped-answers.ts';
export {
  describeConflict,
  heldFromNowOn,
  sodVerdict,
  standingConflicts,
  type Apart,
  type ProposedAccess,
  type SodVerdict,
} from './sod/sod-verdict.ts';
export { conflictsThatWouldChange, type AccessChange, type ConflictChange } from './sod/what-would-change.ts';
export { sodVerdictOnUse } from './sod/usage-verdict.ts';
export { exceptAtInstall } from './sod/except-at-install.ts';
export { enforceVerdict, recordVerdicts, refusedByDuties, type Judged } from './sod/enforce-verdict.ts';
export { concernsSod, sodVerdictsInTurn, type ProposedInTurn } from './sod/sod-verdicts.ts';
export { carryExceptions, sodVerdictOnUnion, type CarriedException } from './sod/sod-union.ts';
export type { ControlInput, SodControl } from './sod/keep-controls.ts';
export { endSodException } from './sod/keep-exceptions.ts';
export {
  changeSodRule,
  createSodRule,
  layOutRules,
  retireSodRule,
  type RuleInput,
  type RulesLaidOut,
} from './sod/keep-rules.ts';
export { fillCondition } from './sod/fill-condition.ts';
export { compileCondition, ConditionError } from './sod/person-condition.ts';
export { conditionInSql } from './sod/person-condition-in-sql.ts';
export { scopeOf, type PersonScope } from './sod/person-scope.ts';
export { exceptionsOfAll, findRule as findSodRule, liveRules, rulesTouching, type StoredRule } from './sod/store.ts';
export { findConflicts, withoutExcepted, worsens } from './sod/find-conflicts.ts';
export type { HeldAccess, SodConflict, SodException, SodFunction, SodRule, SodSide } from './sod/model.ts';
export {
  sodEvidenceOverdue,
  sodExceptionEnded,
  sodExceptionGranted,
  sodExceptionLapsed,
  sodRuleChanged,
  sodRuleCreated,
  sodRuleRetired,
  type SodWay,
} from './sod/events.ts';
export { standingConflictsOf } from './sod/standing-conflicts.ts';
export { PASS_STATEMENT_MS, passOverEverybody, type InConflict, type PassRule } from './sod/pass/index.ts';
