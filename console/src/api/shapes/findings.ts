import type { Item, Out } from './of-contract.ts';

export type Finding = Item<'findings.list'>;
export type Estate = Out<'discovery.estate'>;
export type KeyTrust = Out<'discovery.keys'>;
export type OutsideLogon = Item<'discovery.outside'>;
