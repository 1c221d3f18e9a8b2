/** What every connector promises. Wings import these types only; main.ts hands them the connectors. */

/** How to reach a target and as whom. `credential` comes from the vault for the length of one call. */
export interface Target {
  readonly systemId: string;
  /** Connector kind, for instance `linux`. */
  readonly kind: string;
  readonly host: string;
  readonly port: number;
  /** Non-secret settings of this kind, validated by the connector's `settings` schema. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credential: Credential;
  /** SSH host keys (`SHA256:…`) or TLS certificate fingerprints pinned at onboarding. Empty: refuse, unless `probe` is asked. */
  readonly pinned: readonly string[];
}

export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'ssh_key'; readonly username: string; readonly privateKey: string };

/** One account as read. `nativeId` is stable for the life of the account on that system. */
export interface ReadAccount {
  readonly nativeId: string;
  readonly name: string;
  readonly state: 'active' | 'locked';
  readonly kind: 'personal' | 'service' | 'shared' | 'unknown';
  /** Facts correlation and discovery use (gecos, mail, shell, uid, password age in days, key fingerprints…). No secret values. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Why this account is privileged, in words with evidence; empty when it is not. */
  readonly privilegedBecause: readonly { readonly reason: string; readonly evidence: string }[];
  /** ISO instant; undefined means unknown, never "unused". */
  readonly lastUsedAt?: string;
}

export interface ReadEntitlement {
  readonly nativeId: string;
  readonly kind: string;
  readonly name: string;
  readonly privileged: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** One whole reading of a target. A reading that may be incomplete must throw, not return less. */
export interface Reading {
  readonly accounts: readonly ReadAccount[];
  readonly entitlements: readonly ReadEntitlement[];
  /** account → entitlement, by native ids. */
  readonly holdings: readonly { readonly account: string; readonly entitlement: string }[];
  /** holding `parent` implies holding `child` (nested groups, role membership), by native ids. */
  readonly nesting: readonly { readonly parent: string; readonly child: string }[];
}

/** A change of one target, safe to repeat: applying it to a target already in that state succeeds and changes nothing. */
export type Change =
  | { readonly do: 'create_account'; readonly account: string; readonly fullName: string }
  | { readonly do: 'lock_account' | 'unlock_account' | 'delete_account'; readonly account: string }
  | { readonly do: 'set_password'; readonly account: string; readonly password: string }
  | {
      readonly do: 'set_keys';
      readonly account: string;
      readonly add: readonly string[];
      readonly remove: readonly string[];
    }
  | { readonly do: 'grant' | 'revoke'; readonly account: string; readonly entitlement: string };

export interface ChangePreview {
  /** One line a person can check, without secrets, for instance "add amara to group docker on web1". */
  readonly summary: string;
  /** False when the target is already in that state. */
  readonly needed: boolean;
}

export interface Connector {
  readonly kind: string;
  /** Reaches the target, proves the credential, returns what it pins and the version it met. */
  probe(target: Target): Promise<{ readonly pins: readonly string[]; readonly version: string }>;
  read(target: Target): Promise<Reading>;
  /** Reads one account and its holdings afresh; undefined when it does not exist. */
  readAccount(
    target: Target,
    account: string,
  ): Promise<{ readonly account: ReadAccount; readonly holdings: readonly string[] } | undefined>;
  preview(target: Target, change: Change): Promise<ChangePreview>;
  apply(target: Target, change: Change): Promise<{ readonly changed: boolean }>;
  /** Tries to log in on the target as `credential`: the proof behind every rotation. Network trouble throws; a refusal returns false. */
  verify(target: Target, credential: Credential): Promise<boolean>;
}

/** Why a target refused or could not be reached; `retry` tells whether the same call may work later. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
  readonly code: 'unreachable' | 'untrusted' | 'refused' | 'unsupported' | 'failed';
  readonly retry: boolean;
  constructor(code: TargetError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retry = code === 'unreachable' || code === 'failed';
  }
}
