import type { Item, Out } from './of-contract.ts';

export type SodRule = Item<'sod.listRules'>;
export type SodException = Item<'sod.listExceptions'>;
/** What the rules say about one identity as it is. */
export type SodVerdict = Out<'sod.check'>;
export type SodConflict = SodVerdict['standing'][number];
