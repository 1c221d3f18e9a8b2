/** What the suite is given: one real target, and what must be known about it that port.ts does not tell. */
import type { Connector, Target } from '../port.ts';

/** What a kind may be without. */
export type Lack = 'pins' | 'logins' | 'account_logins' | 'locked_passwords' | 'network';

/**
 * What a kind of target has not, with the reason: nothing to pin, nobody to log in, no way to try the
 * log-in of an account (only Reeve's own), no way to tell whether a password is the right one of a locked account (then
 * none is set while it is locked), no connection that breaks. The suite
 * then leaves out what cannot be shown, saying so, and shows instead that the kind does not pretend.
 */
export type Lacks = Readonly<Partial<Record<Lack, string>>>;

export interface Rig {
  /** For kinds whose changes others carry out (TargetError `awaited`): does what was ordered, as they would. */
  carryOut?(): Promise<void>;
  /** For kinds without a network: the same target gone, and cut off after a part of what it says (0 to 1). */
  readonly absent?: Target;
  cut?(part: number): Promise<{ readonly target: Target; stop(): Promise<void> }>;
  /** Pinned, with the management credential. */
  readonly target: Target;
  /** A well-formed pin of some other machine. */
  readonly otherPin: string;
  /** Settings that make every wait short. */
  readonly impatient: Readonly<Record<string, unknown>>;
  /** Accounts on the target that must, and must not, be found privileged. */
  readonly privileged: readonly string[];
  readonly ordinary: readonly string[];
  /** Native ids of entitlements to grant and revoke. */
  readonly grantable: readonly string[];
  /** Two key pairs, when this kind of target takes keys. */
  readonly keys?: readonly { readonly publicKey: string; readonly privateKey: string }[];
  /** How many log-ins were tried on the target so far, as its own log tells. */
  loginAttempts(): Promise<number>;
  /** Starts to watch where a secret might show (process list, logs, running statements); `stop` returns all that was seen. */
  watch(): { stop(): Promise<string> };
  /** Names of all accounts as the target itself lists them, and a throw when an injected command left its mark. */
  unharmed(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** What a case works with. */
export interface Bench {
  readonly connector: Connector;
  readonly rig: Rig;
  readonly lacks: Lacks;
  readonly target: Target;
  /** Creates an account of its own for a case and returns its name. */
  newAccount(): Promise<string>;
}

/** One promise of port.ts, as a sentence and the proof of it. Rejects with an assertion error when it is not kept. */
export interface Case {
  readonly title: string;
  /** It cannot be shown of a kind without these. */
  readonly needs?: readonly Lack[];
  /** It is only to be shown of a kind without this. */
  readonly without?: Lack;
  prove(bench: Bench): Promise<void>;
}
