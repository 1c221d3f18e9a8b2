import type { Out } from './of-contract.ts';

/** Where the root key of the vault is to be kept from now on. */
export interface Rekey {
  readonly place: 'file' | 'shamir' | 'pkcs11' | 'aws_kms';
  readonly holders?: string[];
  readonly threshold?: number;
}

export type SealState = Out<'keys.see'>;
export type KeysState = Out<'keys.status'>;
