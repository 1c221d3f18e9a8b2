import type { Item, Out } from './of-contract.ts';

export type RiskShown = Item<'risk.list'>;
export type RiskOfOne = Out<'risk.show'>;
export type RiskReason = RiskShown['reasons'][number];
export type RiskPolicy = Out<'risk.policy'>;
