import type { Item, Out } from './of-contract.ts';

export type PrivilegedPath = Item<'privileges.list'>;
export type Estate = Out<'privileges.estate'>;
export type KeyTrust = Out<'privileges.keys'>;
export type OutsideLogon = Item<'privileges.outside'>;
