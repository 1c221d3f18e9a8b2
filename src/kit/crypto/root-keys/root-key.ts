/**
 * A root key in reach: it wraps the keys of a ring and nothing else. In a security module it never leaves that. What
 * it wrapped for one context opens for no other.
 */
export interface RootKeyInReach {
  /** Names the root key without telling it: 16 hex digits. */
  readonly id: string;
  wrap(secret: Buffer, context: string): Promise<Buffer>;
  /** The Buffer is the caller's to wipe. Throws `crypto.does_not_open`, and `root_key.unreachable` where it is gone. */
  unwrap(wrapped: Buffer, context: string): Promise<Buffer>;
  /** Aborted once the key is out of reach though nobody closed it: a token was taken out. Absent where that cannot happen. */
  readonly gone?: AbortSignal;
  /** Forgets it. */
  close(): Promise<void>;
}

/** Where a root key can be kept. */
export type RootKeyPlace = 'file' | 'shamir' | 'pkcs11' | 'aws_kms';
