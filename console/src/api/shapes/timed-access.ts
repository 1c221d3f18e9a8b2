import type { Item, Out } from './of-contract.ts';

export type Certificate = Item<'sshCertificates.list'>;
export type Authority = Out<'sshCa.status'>;
export type Lease = Item<'leases.list'>;
