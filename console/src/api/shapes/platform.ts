import type { Ref } from './common.ts';

export interface AuditEvent {
  readonly id: string;
  /** Position in the log; null until the sequencer has numbered it. */
  readonly seq: number | null;
  readonly at: string;
  readonly type: string;
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string | null };
  readonly subject: Ref | null;
  readonly resource: { readonly type: string; readonly id: string } | null;
  readonly outcome: 'allowed' | 'refused';
  readonly via: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly trace: string | null;
}

/** Everything needed to check one event without trusting the server that sent it. Binary values are base64. */
export interface InclusionProof {
  /** Exact bytes the leaf hash is taken over. */
  readonly leaf: string;
  readonly index: number;
  /** RFC 6962 audit path, nearest sibling first. */
  readonly path: string[];
  readonly checkpoint: {
    readonly origin: string;
    readonly size: number;
    readonly root: string;
    /** Exact bytes the signature is over. */
    readonly signed: string;
    readonly signature: string;
    readonly keyId: string;
    /** Raw Ed25519 public key, 32 bytes. */
    readonly publicKey: string;
  };
}

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly scopes: string[];
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly lastUsedAt: string | null;
}

export interface SshKey {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly fingerprint: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

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

export interface SigninState {
  readonly environment: string;
  /** No administrator exists yet: the one-time link is the only way in. */
  readonly firstRun: boolean;
}
