import type { Item, Out } from './of-contract.ts';

export type AuditEvent = Item<'audit.list'>;
export type OpenedEvent = Out<'audit.open'>;
/** Everything but the public key that is needed to check one event without trusting the server that sent it. */
export type InclusionProof = Out<'audit.proof'>;
export type Token = Item<'tokens.list'>;
export type SshKey = Item<'devices.listSshKeys'>;
export type Passkey = Item<'passkeys.list'>;
export type PolicyVersion = Item<'policies.list'>;
export type PolicyVersionDetail = Out<'policies.show'>;
export type PolicyDryRun = Out<'policies.dryRun'>;
