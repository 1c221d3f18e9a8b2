import type { Item, Out } from './of-contract.ts';

export type ReviewPolicy = Out<'reviews.policy'>;
export type Clocked = Item<'reviews.clock'>;
export type ClockCounts = Out<'reviews.clockCounts'>;
export type Schedule = Item<'schedules.list'>;
export type ItemActions = Out<'items.actions'>;
