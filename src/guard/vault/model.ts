/** Kinds of secret: what its value looks like. */
export type SecretKind = 'password' | 'ssh_key' | 'api_key' | 'key_value';
/** account: the credential of an account. connection: what Reeve itself reaches a system with. free: anything else. */
export type SecretPurpose = 'account' | 'connection' | 'free';

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
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** pending: sealed before the target changed. current: proved. previous: kept for going back. abandoned: never took effect. */
export type VersionState = 'pending' | 'current' | 'previous' | 'abandoned';

/** A secret somebody has out. */
export interface Checkout {
  readonly id: string;
  readonly secretId: string;
  readonly version: number;
  readonly identityId: string;
  readonly reason: string;
  readonly startedAt: Date;
  readonly endsAt: Date;
  readonly endedAt: Date | null;
}

/** What ties a ciphertext to its place: moved to another secret, version or kind it does not open. */
export const sealContext = (secretId: string, version: number, kind: SecretKind): string =>
  `secret_version/${secretId}/${version}/${kind}`;
