/** The parts of the port that are about access for a time: certificates, and accounts that exist only for a lease. */
import type { Target } from './target.ts';

/** What a target is to trust, all of it: what it trusted before by Reeve's doing is replaced. */
export interface WantedTrust {
  /** Lines of public keys whose user certificates are accepted. */
  readonly userAuthorities: readonly string[];
  /** Account → the names in a certificate that open it. */
  readonly principals: ReadonlyMap<string, string>;
  /** A revocation list in OpenSSH's binary form. */
  readonly revoked: Buffer;
  /** What the host shows of itself, a line of a `-cert.pub` file; absent: nothing new. */
  readonly hostCertificate?: string | undefined;
}

/** What a target trusts now. */
export interface TrustLook {
  /** The line of the host key that is certified: one that is pinned. */
  readonly hostKey: string;
  /** Whether sshd reads what Reeve keeps there. */
  readonly setUp: boolean;
  /** Digest of the revocation list there, hex; undefined where there is none. */
  readonly revokedSha256: string | undefined;
  /** Lines of user authorities it trusts by Reeve's doing. */
  readonly userAuthorities: readonly string[];
}

/** Certificates as a way into a target. */
export interface SshTrust {
  look(target: Target): Promise<TrustLook>;
  /**
   * Makes sshd trust what is wanted, then runs `prove`, which logs on. Where that throws, or Reeve is not heard of again
   * within a minute, everything is as it was: a target is never locked by it. Throws `refused` for a target that trusts
   * another authority already. Safe to repeat.
   */
  setUp(target: Target, wanted: WantedTrust, prove: () => Promise<void>): Promise<{ readonly changed: boolean }>;
  /**
   * Has sshd show a certificate of its pinned host key, a line of a `-cert.pub` file, to whoever connects, and connects to
   * see it. Where it does not, everything is as it was. Throws `refused` for a host that shows one of another authority.
   * Safe to repeat.
   */
  certifyHost(target: Target, certificate: string): Promise<{ readonly changed: boolean }>;
  /** Brings authorities, principals and the revocation list up to date on a target that is set up; `refused` where it is not. */
  refresh(target: Target, wanted: WantedTrust): Promise<{ readonly changed: boolean }>;
}

/** An account that is there only for a time. */
interface TemporaryAccount {
  readonly account: string;
  readonly password: string;
  /** When the target itself stops letting it in, where the kind knows that. */
  readonly until: Date;
  /** Entitlements by their native ids. */
  readonly entitlements: readonly string[];
}

/** Accounts made for a lease and gone with it. Everything is safe to repeat. */
export interface TemporaryAccounts {
  /** Throws `refused` where an account of that name is there that was not made by this. */
  create(target: Target, wanted: TemporaryAccount): Promise<void>;
  extend(target: Target, input: { readonly account: string; readonly until: Date }): Promise<void>;
  /** Closes the way in first, ends its sessions, hands over what it owns to `heir` (the account Reeve works with, if none is named), and drops it. */
  remove(
    target: Target,
    input: { readonly account: string; readonly heir?: string | undefined },
  ): Promise<{ readonly changed: boolean }>;
  /** Accounts made by this whose names begin so. */
  list(target: Target, prefix: string): Promise<readonly string[]>;
}
