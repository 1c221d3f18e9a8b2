import type { Item, Out } from './of-contract.ts';

export type SecretOut = Item<'vault.checkouts'>;
export type CheckoutAsk = Item<'vault.asks'>;
export type CheckoutTerms = Item<'vault.terms'>;
export type SecretDetail = Out<'vault.show'>;
export type NewTerms = Omit<CheckoutTerms, 'path' | 'changedBy' | 'changedAt'> & { path: string };
