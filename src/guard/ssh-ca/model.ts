/** A certificate as the record has it. */
export interface Certificate {
  readonly id: string;
  readonly serial: string;
  /**
   * `user`: a person's, resting on grants. `host`: a target's. `proof`: Reeve's own, by which a set-up is proved. `gateway`: a
   * person's, which proves them at the gateway and opens nothing.
   */
  readonly kind: 'user' | 'host' | 'proof' | 'gateway';
  readonly authorityId: string;
  /** Null for one that is for the gateway. */
  readonly systemId: string | null;
  readonly identityId: string | null;
  readonly grantIds: readonly string[];
  readonly principals: readonly string[];
  readonly keyId: string;
  readonly keyFingerprint: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly issuedAt: Date;
  readonly revokedAt: Date | null;
  readonly revokedBecause: string | null;
}

/** A key that signs certificates, without its private half. */
export interface Authority {
  readonly id: string;
  readonly purpose: 'user' | 'host';
  readonly generation: number;
  readonly secretId: string;
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly madeAt: Date;
  readonly endedAt: Date | null;
}

/** A system whose sshd trusts certificates, or is to. */
export interface Trust {
  readonly systemId: string;
  readonly systemName: string;
  readonly scope: string;
  readonly state: 'asked' | 'set_up' | 'failed';
  readonly problem: string | null;
  readonly longestSeconds: number;
  readonly extensions: readonly string[];
  readonly sourceAddress: boolean;
  /** Authorities the target was last seen to trust. */
  readonly trusts: readonly string[];
  /** Number of the revocation list it has. */
  readonly revokedNumber: string;
  readonly askedAt: Date;
  readonly setUpAt: Date | null;
  readonly checkedAt: Date | null;
  /** Since when the target has had an older revocation list than it should; null: it is up to date. */
  readonly behindSince: Date | null;
}

/** A host that shows a certificate of itself, or is to. */
export interface CertifiedHost {
  readonly systemId: string;
  readonly systemName: string;
  readonly port: number;
  readonly names: readonly string[];
  readonly state: 'asked' | 'certified' | 'failed';
  readonly problem: string | null;
  readonly askedAt: Date;
  readonly validTo: Date | null;
  /** When a connection last showed it. */
  readonly provedAt: Date | null;
}

/** Clocks of targets may be behind by so much. */
export const SKEW_MS = 30_000;
export const HOST_CERTIFICATE_DAYS = 30;
/** A certificate that is over by so long needs no place in the revocation list. */
export const LISTED_AFTER_END_MS = 3_600_000;

const LOGIN_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/u;

/** Whether an account can be named in a certificate; compared byte for byte by sshd. */
export const canBePrincipal = (account: string): boolean =>
  LOGIN_NAME.test(account) && !account.endsWith('.') && !account.includes('..');

/** The name in a certificate that opens one account of one system, and nothing else. */
export const principalOf = (account: string, scope: string): string => `${account}@${scope}`;

/** The one name in a certificate for the gateway. Longer than a login name may be, so that it is no account's principal. */
export const gatewayPrincipal = (identityId: string): string => `${identityId}@gateway`;
