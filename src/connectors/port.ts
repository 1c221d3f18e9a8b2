/**
 * What every connector promises. Wings import these types only; main.ts hands them the connectors.
 * `conformance.ts` is the same promise as a test suite: a connector that has not passed it against a real target is not one.
 */
import type { ZodType } from 'zod';
import type { Inspection, InspectionLimits } from './inspection.ts';
import type { Isolation } from './isolation.ts';
import type { ApiKeyIssuer, DependantPlaces } from './placing-credentials.ts';
import type { Credential, Target } from './target.ts';
import type { SshTrust, TemporaryAccounts } from './timed-access.ts';

export type { Fact, Inspection, InspectionLimits, KeySighting, Logon, Observation } from './inspection.ts';
export { fromReading, inOrder, passwordInWords } from './inspection.ts';
export { checkFirewall, firewallPart, TABLE as FIREWALL_TABLE } from './gateway-firewall.ts';
export { heading, isAddress, isCovered, isExempt, isWithin, networkMeant } from './isolation.ts';
export type {
  Exemption,
  Isolation,
  IsolationCheck,
  IsolationPart,
  IsolationPlace,
  IsolationPlan,
  LogonsSeen,
  Lookout,
} from './isolation.ts';
export type { ApiKeyIssuer, DependantPlaces } from './placing-credentials.ts';
export type { Credential, Target } from './target.ts';
export type { SshTrust, TemporaryAccounts, TrustLook, WantedTrust } from './timed-access.ts';

/**
 * One account as read. `nativeId` is the name the target itself keys logins by, so that a change can name an account
 * that does not exist yet; a rename reads as one account gone and one new (attributes carry uid or oid to tell).
 */
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
  /** What the target keeps when it renames this (an oid, an objectGUID); absent where the native id is that already, or nothing is. */
  readonly stableId?: string;
  /** True where a stable id may be given to something else once this is gone (a gid): then it is no proof by itself. */
  readonly stableIdReturns?: true;
}

/** One whole reading of a target. A reading that may be incomplete must throw, not return less. */
export interface Reading {
  readonly accounts: readonly ReadAccount[];
  readonly entitlements: readonly ReadEntitlement[];
  /** account → entitlement, by native ids. */
  readonly holdings: readonly ReadHolding[];
  /** holding `parent` implies holding `child` (nested groups, role membership), by native ids. */
  readonly nesting: readonly ReadNesting[];
  /** Where `readChanges` goes on from, as this kind writes it; absent where it has none. Taken before the reading began. */
  readonly mark?: string;
}

export interface ReadHolding {
  readonly account: string;
  readonly entitlement: string;
  /** Who gave it, in the target's own words, where the target keeps that. */
  readonly by?: string;
}

export interface ReadNesting {
  readonly parent: string;
  readonly child: string;
}

/** Part of a whole reading of a large target. Parts may come in any order; a holding may come before what it names. */
export interface ReadingPiece {
  readonly accounts?: readonly ReadAccount[];
  readonly entitlements?: readonly ReadEntitlement[];
  readonly holdings?: readonly ReadHolding[];
  readonly nesting?: readonly ReadNesting[];
  /** A reading that breaks off after this piece may go on here; absent where it cannot. */
  readonly resumeAt?: string;
  /** Only on the last piece: the reading is whole. Its mark is that of `Reading`. */
  readonly whole?: { readonly mark?: string };
}

/** What changed on a target since a mark. Everything named is as it is now, not what was done to it. */
export interface ReadingChanges {
  readonly accounts: readonly ReadAccount[];
  readonly goneAccounts: readonly string[];
  readonly entitlements: readonly ReadEntitlement[];
  readonly goneEntitlements: readonly string[];
  /** All that each of these accounts holds now. */
  readonly holdingsOf: readonly { readonly account: string; readonly entitlements: readonly string[] }[];
  /** All accounts that hold each of these entitlements directly now, and all entitlements that imply it. */
  readonly holdersOf: readonly {
    readonly entitlement: string;
    readonly accounts: readonly string[];
    readonly impliedBy: readonly string[];
  }[];
  readonly mark: string;
}

/**
 * A change of one target, safe to repeat: applying it to a target already in that state succeeds and changes nothing.
 * `set_keys` lists public keys in authorized_keys form (`remove` also takes `SHA256:…` fingerprints); a connector removes
 * only keys that Reeve put there.
 */
export type Change =
  | {
      readonly do: 'create_account';
      readonly account: string;
      readonly fullName: string;
      /** Facts of the person for targets that keep them: `mail`, `first_name`, `last_name`, `department`, `job_title`, `employee_id`. */
      readonly attributes?: AccountAttributes;
    }
  /** Makes facts what is given; null clears one. Facts a kind does not keep are left out of its preview. */
  | { readonly do: 'set_attributes'; readonly account: string; readonly attributes: AccountAttributes }
  | { readonly do: 'lock_account' | 'unlock_account' | 'delete_account'; readonly account: string }
  | { readonly do: 'set_password'; readonly account: string; readonly password: string }
  | {
      readonly do: 'set_keys';
      readonly account: string;
      readonly add: readonly string[];
      readonly remove: readonly string[];
    }
  | { readonly do: 'grant' | 'revoke'; readonly account: string; readonly entitlement: string };

/** Fact of a person → value, for targets that keep such facts with an account. */
export type AccountAttributes = Readonly<Record<string, string | null>>;

export interface ChangePreview {
  /** One line a person can check, without secrets, for instance "add amara to group docker on web1". */
  readonly summary: string;
  /** False when the target is already in that state. */
  readonly needed: boolean;
}

/** A column of rows on a target: a column of a table, or an attribute of a directory's entries. */
export interface RowColumn {
  readonly name: string;
  /** The target's own word for what it holds; for people to read. */
  readonly type: string;
}

/** Some rows of a place, in the columns that were asked for. Every value is a text; `''` is no value. */
export interface RowsPiece {
  /**
   * The columns, spelled as they were asked for, the same in every piece. Where one that was asked for is not there:
   * all columns there are, and no rows.
   */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Only on the last piece: these are all the rows there are. */
  readonly whole?: true;
}

/** Longest text of one value, in characters; what is longer is cut one character above, so that it shows. */
export const LONGEST_VALUE = 2_000;

/**
 * Reads rows of people for a source of people. It only reads, and only what a place names: a table or a branch of a
 * directory, never a statement. Where secrets are kept it refuses to read.
 */
export interface RowReader {
  /** Checks a place, as a source of people names it; unknown keys are refused. */
  readonly place: ZodType<Record<string, unknown>>;
  /** What facts of people are usually called here: name of a fact, as a feed's mapping has it → column. */
  readonly usual?: Readonly<Record<string, string>>;
  /** The columns there are at a place. Throws TargetError `refused` where the place is not there. */
  columns(target: Target, place: Readonly<Record<string, unknown>>): Promise<readonly RowColumn[]>;
  /**
   * Every row, in memory that does not grow with their number. Whole or it throws: a connection that breaks, a limit
   * that is met, a part that is elsewhere. Rows come in one consistent look where the target has one. Whoever stops
   * early ends the connection.
   */
  read(target: Target, place: Readonly<Record<string, unknown>>, columns: readonly string[]): AsyncIterable<RowsPiece>;
}

/**
 * The columns that were asked for, each as it is spelled, else in another case where only one is so; undefined where one
 * of them is not there.
 */
export function findColumns<Column extends RowColumn>(
  known: readonly Column[],
  asked: readonly string[],
): readonly Column[] | undefined {
  const chosen = asked.flatMap((name) => {
    const exact = known.find((column) => column.name === name);
    if (exact !== undefined) return [exact];
    const alike = known.filter((column) => column.name.toLowerCase() === name.toLowerCase());
    return alike.length === 1 ? alike : [];
  });
  return chosen.length === asked.length ? chosen : undefined;
}

/** What a first look at a target found. */
interface ProbeResult {
  /** What the target shows of itself, to be pinned once a person has compared it. */
  readonly pins: readonly string[];
  /** What the target says it is, for instance `Debian GNU/Linux 12 (bookworm)`; only its protocol banner before it is pinned. */
  readonly version: string;
  /** True when the credential was tried and accepted. A target without pins is never sent a credential. */
  readonly proved: boolean;
}

/** A target somebody is logged in to, for calls about its accounts. */
export interface AccountSession {
  /** Whether calls about many accounts cost about as much as about one; else they come in small numbers. */
  readonly many: boolean;
  readAccount(account: string): Promise<AccountLook>;
  /** Reads accounts afresh, in one go where the target can; one that cannot be read leaves the others be. An answer for each. */
  readAccounts(accounts: readonly string[]): Promise<readonly Looked[]>;
  apply(change: Change): ReturnType<Connector['apply']>;
  /** Applies changes in their order, in one go where the target can; one that cannot be made leaves the others be. An answer for each. */
  applyEach(changes: readonly Change[]): Promise<readonly Applied[]>;
}

/** One account and what it holds; undefined where it does not exist. */
export type AccountLook = { readonly account: ReadAccount; readonly holdings: readonly string[] } | undefined;

/** What came of one of several looks; `error` is what `readAccount` would have thrown. */
export type Looked = { readonly found: AccountLook } | { readonly error: unknown };

/** What came of one of several changes; `error` is what `apply` would have thrown. */
export type Applied = { readonly changed: boolean } | { readonly error: unknown };

/** Reads accounts one after another. */
export async function readInTurn(read: AccountSession['readAccount'], accounts: readonly string[]): Promise<Looked[]> {
  const looks: Looked[] = [];
  for (const account of accounts)
    looks.push(
      await read(account).then(
        (found) => ({ found }),
        (error: unknown) => ({ error }),
      ),
    );
  return looks;
}

/** Applies changes one after another. */
export async function applyInTurn(apply: AccountSession['apply'], changes: readonly Change[]): Promise<Applied[]> {
  const came: Applied[] = [];
  for (const change of changes) came.push(await apply(change).catch((error: unknown) => ({ error })));
  return came;
}

/** A session on a target that knows no other way than one call after another. */
export const inTurn = ({ readAccount, apply }: Pick<AccountSession, 'readAccount' | 'apply'>): AccountSession => ({
  many: false,
  readAccount,
  readAccounts: (accounts) => readInTurn(readAccount, accounts),
  apply,
  applyEach: (changes) => applyInTurn(apply, changes),
});

export interface Connector {
  readonly kind: string;
  /** Checks `Target.settings`; unknown keys are refused. Every key has a working default. */
  readonly settings: ZodType<Record<string, unknown>>;
  /** The kinds of credential it can work with. */
  readonly credentials: readonly Credential['kind'][];
  /**
   * Reaches the target. With `pinned` empty it only collects pins and sends no credential, since nobody has said yet that
   * this is the right machine; with pins it checks them first and then proves the credential.
   */
  probe(target: Target): Promise<ProbeResult>;
  /** Reads everything in one consistent look. Two reads of an unchanged target are equal. */
  read(target: Target): Promise<Reading>;
  /**
   * The same reading in pieces, for targets too large to be held in memory; `from` is the `resumeAt` of the last piece
   * that was kept. Ends with a piece that says `whole`; throws where what it would add no longer fits what came before.
   */
  readInPieces?(target: Target, from?: string): AsyncIterable<ReadingPiece>;
  /**
   * What changed since a mark of an earlier reading; undefined where the target no longer knows that mark, and has to
   * be read whole. What changes while this runs is in these changes or in those after the new mark, never in neither.
   */
  readChanges?(target: Target, since: string): Promise<ReadingChanges | undefined>;
  /** Reads one account and its holdings afresh; undefined when it does not exist. */
  readAccount(target: Target, account: string): Promise<AccountLook>;
  /** What `apply` would do, decided by the same code. */
  preview(target: Target, change: Change): Promise<ChangePreview>;
  /**
   * Throws TargetError `refused` for a change the target's state forbids, `unsupported` for one this kind cannot make,
   * and `awaited` for one that is ordered and not yet to be seen; asked again, it is not ordered again.
   */
  apply(target: Target, change: Change): Promise<{ readonly changed: boolean }>;
  /**
   * Several calls about accounts, one after another, with one log-in for all of them; each is what it is alone, and one
   * that throws leaves the others be. Absent where a kind logs in for each call anyway, or not at all.
   */
  together?<T>(target: Target, work: (session: AccountSession) => Promise<T>): Promise<T>;
  /**
   * Tries to log in on the target as `credential`: the proof behind every rotation. Network trouble throws; a refusal
   * returns false; a target that lets anyone in without asking throws, because then nothing is proved.
   */
  verify(target: Target, credential: Credential): Promise<boolean>;
  /** Rows of people, for kinds that hold them in tables or directories. */
  readonly rows?: RowReader;
  /** A closer look for privilege than a reading takes: files, keys, rights that lead to more. Only reads; two looks at an unchanged target are equal. */
  inspect?(target: Target, limits: InspectionLimits): Promise<Inspection>;
  /** API keys of accounts, for kinds that issue them. */
  readonly apiKeys?: ApiKeyIssuer;
  /** Where credentials of other systems stand, for kinds that have such places. */
  readonly dependants?: DependantPlaces;
  /** For kinds that can trust an authority that signs SSH keys. */
  readonly sshTrust?: SshTrust;
  /** For kinds where an account can be made that is there only for a time. */
  readonly temporary?: TemporaryAccounts;
  /** For kinds that can be closed to everybody but the gateways. */
  readonly isolation?: Isolation;
}

/**
 * Why a target refused or could not be reached; `retry` tells whether the same call may work later.
 * - `unreachable`: no connection, or it broke off.
 * - `untrusted`: the target is not the one that was pinned. No credential was sent.
 * - `refused`: the target, or what Reeve asked for, says no (a wrong management credential, a hostile name, a protected account).
 * - `unsupported`: this kind of target, or this target's set-up, cannot do that.
 * - `failed`: it was tried and went wrong half way, or the answer was incomplete.
 * - `awaited`: it is ordered where others carry it out (files, people), and not yet to be seen. Nothing went wrong; look again later.
 * Messages never carry a secret and have no line breaks.
 */
export class TargetError extends Error {
  override readonly name = 'TargetError';
  readonly code: 'unreachable' | 'untrusted' | 'refused' | 'unsupported' | 'failed' | 'awaited';
  readonly retry: boolean;
  constructor(code: TargetError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retry = code === 'unreachable' || code === 'failed' || code === 'awaited';
  }
}

/** The connectors of this installation by kind. Made once, by main.ts. */
export type ConnectorRegistry = ReadonlyMap<string, Connector>;

/** Throws when two connectors claim one kind. */
export function registerConnectors(connectors: readonly Connector[]): ConnectorRegistry {
  const registry = new Map<string, Connector>();
  for (const connector of connectors) {
    if (registry.has(connector.kind)) throw new Error(`two connectors claim the kind \`${connector.kind}\``);
    registry.set(connector.kind, connector);
  }
  return registry;
}

/** Hands out the connector of a system with its target, the credential leased from the vault for the length of `work`. */
export interface Targets {
  /** Throws an AppError where the system is unknown, has no connector or no credential; TargetErrors of `work` pass through. */
  use<T>(
    systemId: string,
    work: (connector: Connector, target: Target) => Promise<T>,
    /** What is logged in with in place of the credential of the system's connection. */
    as?: Credential,
  ): Promise<T>;
  /** How rows of people are read on a kind; undefined where they are not. Absent where nothing is known of kinds. */
  rowsOf?(kind: string): Pick<RowReader, 'place' | 'usual'> | undefined;
  /** How systems of a kind are closed to everybody but the gateways; undefined where they are not. Absent where nothing is known of kinds. */
  isolationOf?(kind: string): Pick<Isolation, 'parts'> | undefined;
  /**
   * What is wrong with settings of a kind, by the JSON Pointer of its place; nothing for kinds no connector has.
   * Absent where nothing is known of kinds.
   */
  wrongSettings?(
    kind: string,
    settings: Readonly<Record<string, unknown>>,
  ): readonly { readonly pointer: string; readonly detail: string }[];
  /** The same of a place that holds a credential of another system. */
  wrongPlace?(
    kind: string,
    place: Readonly<Record<string, unknown>>,
  ): readonly { readonly pointer: string; readonly detail: string }[];
}
