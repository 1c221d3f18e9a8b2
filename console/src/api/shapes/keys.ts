import type { Out } from './of-contract.ts';

export type SealState = Out<'keys.see'>;
export type KeysState = Out<'keys.status'>;
