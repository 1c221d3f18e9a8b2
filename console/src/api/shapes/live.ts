import type { Item, Out } from './of-contract.ts';

export type Lock = Item<'locks.list'>;
export type Followed = Out<'sessions.follow'>;
