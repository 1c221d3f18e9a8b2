import type { Item, Out } from './of-contract.ts';

export type AuditEvent = Item<'audit.list'>;
export type OpenedEvent = Out<'audit.open'>;
/** Everything but the public key that is needed to check one event without trusting the server that sent it. */
export type InclusionProof = Out<'audit.proof'>;
export type Token = Item<'tokens.list'>;
export type SshKey = Item<'devices.listSshKeys'>;
export type Passkey = Item<'passkeys.list'>;

export interface Policy {
  readonly id: string;
  readonly module: string;
  readonly shipped: boolean;
  readonly text: string;
  readonly effect: 'permit' | 'forbid';
  readonly summary: string;
}

export interface PolicyIssue {
  readonly message: string;
  readonly line: number | null;
  readonly help: string | null;
}

export interface PolicyDryRun {
  readonly considered: number;
  readonly changed: {
    readonly principal: string;
    readonly action: string;
    readonly resource: string;
    readonly before: 'allow' | 'deny';
    readonly after: 'allow' | 'deny';
  }[];
}
