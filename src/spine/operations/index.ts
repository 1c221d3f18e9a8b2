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
  type Job,
  type JobCtx,
  type Module,
  type Operation,
  type Origin,
  type Reaction,
  type ResourceType,
} from './contract.ts';
export {
  createOperator,
  type Answer,
  type Asker,
  type AuditEntry,
  type Operator,
  type OperatorParts,
} from './perform.ts';
export type { AskedTogether, DoneTogether, GrantedTogether } from './act-together.ts';
export { scopeCovers } from './scope-covers.ts';
export { RecordedRefusal } from './recorded-refusal.ts';
export { register, type Registry } from './registry.ts';
