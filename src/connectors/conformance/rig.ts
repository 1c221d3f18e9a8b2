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

/** Where a kind that reads rows of people finds some. */
export interface RowsRig {
  /** With a credential that may read and nothing else; absent: the target of the rig. */
  readonly target?: Target;
  readonly place: Readonly<Record<string, unknown>>;
  /** Columns there; the first is another one in each row. */
  readonly columns: readonly string[];
  /** How many rows there are at least. */
  readonly least: number;
  /** A place of the same form that is not there. */
  readonly nowhere: Readonly<Record<string, unknown>>;
  /** Places that would do harm if a name in them were taken for more than a name. */
  readonly hostile: readonly Readonly<Record<string, unknown>>[];
  /** Where secrets are kept, which are not read. */
  readonly secret: readonly {
    readonly place: Readonly<Record<string, unknown>>;
    readonly columns: readonly string[];
  }[];
}

export interface Rig {
  /** For kinds that read rows of people. */
  readonly rows?: RowsRig;
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
