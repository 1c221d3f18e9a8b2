import type { Item } from './of-contract.ts';

/** Something I am eligible for. */
export type Eligible = Item<'eligibilities.list'>;
