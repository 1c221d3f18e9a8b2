export { massChangesModule } from './module.ts';
export {
  allowed,
  type Allowance,
  type EffectCount,
  type MassChange,
  type MassItem,
  type MassKind,
  type MassPlan,
  type Outcome,
  type OverLimit,
} from './model.ts';
export { dropWaiting, judgeMassEffect, planMassChange } from './plan-mass-change.ts';
export { IS_DONE, latestMassChange } from './store.ts';
