export {
  defineJob,
  defineOperation,
  defineReaction,
  type AnyOperation,
  type CedarType,
  type CedarValue,
  type Ctx,
  type EntityValue,
  type HappenedEvent,
  type RecordedEvent,
  type Job,
  type JobCtx,
  type Module,
  type Operation,
  type Origin,
  type Reaction,
  type ResourceType,
  type StepUp,
  type StepUpFor,
  type TakeStepUp,
} from './contract.ts';
export type { Asker, AuditEntry, OperatorParts } from './operator-parts.ts';
export { createOperator, type Answer, type Operator } from './perform.ts';
export type { AskedTogether, DoneTogether, GrantedTogether } from './act-together.ts';
export { scopeCovers } from './scope-covers.ts';
export { RecordedRefusal } from './recorded-refusal.ts';
export { register, type Registry } from './registry.ts';
export { stepUpRequired } from './step-up.ts';
