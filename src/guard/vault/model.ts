/** Kinds of secret: what its value looks like. */
export type SecretKind =
  | 'password'
  | 'ssh_key'
  | 'api_key'
  | 'key_value'
  | 'database_credential'
  | 'tls_key'
  | 'totp_seed'
  | 'file'
  | 'ssh_ca';
/**
 * account: the credential of an account. connection: what Reeve itself reaches a system with. authority: what Reeve signs
 * certificates with. free: anything else.
 */
export type SecretPurpose = 'account' | 'connection' | 'authority' | 'free';

/** What the vault tells of a secret without opening it. */
export interface Secret {
  readonly id: string;
  readonly name: string;
  readonly kind: SecretKind;
  readonly purpose: SecretPurpose;
  readonly accountId: string | null;
  readonly systemId: string | null;
  readonly ownerId: string | null;
  readonly description: string | null;
  readonly currentVersion: number | null;
  readonly longestCheckoutSeconds: number;
  /** What its users noted about it; no secret. */
  readonly labels: Readonly<Record<string, string>>;
  /** What of the value may be known by who does not see it. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** When the value stops being good by itself: the end of a certificate. */
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/**
 * pending: sealed before the target changed. current: proved. previous: kept for going back. abandoned: never took
 * effect. destroyed: its key and value are gone.
 */
export type VersionState = 'pending' | 'current' | 'previous' | 'abandoned' | 'destroyed';

/** A secret somebody has out. */
export interface Checkout {
  readonly id: string;
  readonly secretId: string;
  readonly version: number;
  readonly identityId: string;
  readonly reason: string | null;
  readonly shared: boolean;
  readonly extended: number;
  readonly showing: 'reveal' | 'copy_once';
  readonly startedAt: Date;
  readonly endsAt: Date;
  readonly endedAt: Date | null;
}

/** Where a sealed value belongs and what it may be used for. */
export interface SealedPlace extends Pick<Secret, 'id' | 'kind' | 'purpose' | 'accountId' | 'systemId'> {
  readonly version: number;
  readonly username: string | null;
}

/**
 * What ties a ciphertext to its place. The value is bound to its secret and number, to what it is for and to whom it
 * logs in as: moved, or with any of that changed by hand, it does not open. Its key is bound to the state too, so that
 * a version that was replaced or given up is not made the current one by writing so.
 */
export function sealContext(place: SealedPlace, state: VersionState): { readonly value: string; readonly key: string } {
  const { id, version, kind, purpose, accountId, systemId, username } = place;
  const value = `secret_version/${JSON.stringify([id, version, kind, purpose, accountId, systemId, username])}`;
  return { value, key: `${value}/${state}` };
}
