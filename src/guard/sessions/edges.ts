import type { Clock } from '#kit/clock/index.ts';
import type { Keys } from '#kit/crypto/index.ts';
import type { Db, Tx } from '#kit/db/index.ts';
import type { Log } from '#kit/log/index.ts';
import type { CertificateProof, GatewayCredential, LoginPorts, ProvenIdentity, Recorder } from '#gateways/port.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Account } from '#spine/graph/index.ts';
import type { Ctx, Operator } from '#spine/operations/index.ts';
import type { Standing } from './recording/keep-up.ts';
import type { KeptFile } from './recording/read-files.ts';
import type { StatementsPage } from './recording/read-statements.ts';
import type { LiveSessions } from './live-sessions.ts';

/** Where recordings go. The session module begins and finishes them; the gateway fills them. */
export interface Recordings {
  /** Begins the recording of a session. Throws where nothing can be recorded: then the session does not begin. */
  begin(sessionId: string, meta: { readonly title: string; readonly startedAt: Date }): Promise<Recording>;
  /** The whole recording as asciicast v3, readable up to its last flushed chunk or the first damage, which it marks. Throws `recording.not_found`. */
  asciicast(sessionId: string): Promise<string>;
  /** The same as text, line by line as its terminals showed them. Throws `recording.not_found`. */
  text(sessionId: string): Promise<string>;
  /** The statements of a database session, from number `from` on. Throws `recording.not_found`. */
  statements(sessionId: string, page: { readonly from: number; readonly limit: number }): Promise<StatementsPage>;
  /** The files kept with it, from number `from` on. Throws `recording.not_found`. */
  files(
    sessionId: string,
    page: { readonly from: number; readonly limit: number },
  ): Promise<{ readonly items: readonly KeptFile[]; readonly more: boolean; readonly problem: string | null }>;
  /** One of them, as a file or as it flowed. Throws `kept_file.*`, `integrity.kept_file`. */
  file(
    sessionId: string,
    n: number,
    as: 'file' | 'flow',
  ): Promise<{ readonly file: KeptFile; readonly content: Buffer }>;
  /**
   * Checks every chunk against its chain; names the first that is wrong. `head` is what the audit log says it ends in,
   * undefined where that does not say; what it ends in is in the answer.
   */
  verify(sessionId: string, head: string | undefined): Promise<CheckedRecording>;
  /**
   * The digest it ends in now, by its last chunk alone: quick, however long it is. Undefined where nothing is there. What
   * is wrong with its end, or missing before it, is in the answer.
   */
  end(sessionId: string): Promise<{ readonly head: string | undefined; readonly problem: string | null }>;
  /** Takes a recording away, its key first; of one that is not there, nothing. */
  remove(sessionId: string): Promise<void>;
  /** What a recording that is being written shows, from a place on. */
  follow: FollowedRecording;
}

/** Answers what is there from the `after`-th chunk on, or a little before the end; waits so long for something. */
export type FollowedRecording = (ask: {
  readonly watchId: string;
  readonly sessionId: string;
  readonly after: number | 'tail';
  readonly waitMs: number;
}) => Promise<{
  readonly events: readonly { readonly t: number; readonly code: 'o' | 'm' | 'r'; readonly data: string }[];
  /** Where to go on. */
  readonly next: number;
  /** Of the terminal when it began. */
  readonly size: { readonly cols: number; readonly rows: number } | null;
  /** Nothing follows. */
  readonly finished: boolean;
}>;

/** What checking a recording found. */
export interface CheckedRecording {
  readonly ok: boolean;
  /** Chunks that are right, from the first on. */
  readonly chunks: number;
  /** Digest of the last of them, hex, of the manifest where there is none yet; empty where nothing is there. */
  readonly head: string;
  /** Every chunk is right, and no end follows: it goes on, or its gateway died. */
  readonly unfinished: boolean;
  /** Its gateway died, and what was there when that was noticed is there, whole. */
  readonly cut: boolean;
  /** What is wrong, naming the first chunk concerned; null where nothing is. */
  readonly problem: string | null;
}

export interface Recording {
  readonly recorder: Recorder;
  /** Milliseconds since it began, as its lines count them. */
  elapsedMs(): number;
  /** Has `tell` called when its store falls behind or catches up, and once when the session must end for it. */
  onStanding(tell: (standing: Standing) => void): void;
  /** Flushes and closes; returns the digest it ends in, hex. Throws `RecordingLost` where the end is not in the store. */
  finish(): Promise<{ readonly head: string }>;
}

/** Registered keys, and people who agree to a login in their browser. */
interface Logins extends LoginPorts {
  /** Whether a key that is merely offered would be recognised; leaves no trace. */
  recognises(fingerprint: string): Promise<boolean>;
  /** Who proved a registered key, and whether that is enough. */
  identify(fingerprint: string, address: string): Promise<ProvenIdentity | undefined>;
  /** Whether a key still counts; whoever removes it waits until the asking transaction is over. */
  keyHolds(tx: Tx, keyId: string): Promise<boolean>;
}

/** What the gateway side of sessions is handed by the composition root. */
export interface AdmissionEdges {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly keys: Keys;
  readonly operator: Operator;
  readonly recordings: Recordings;
  readonly live: LiveSessions;
  /** This process, as sessions name it. */
  readonly node: string;
  /** Where people ask for what they were refused. */
  readonly publicUrl: string;
  /** Registered keys, and people who agree to a login in their browser. */
  readonly logins: Logins;
  /** The active identity a certificate of Reeve's proves; what the gateway checked of it is right. */
  readonly identityOfCertificate: (proof: CertificateProof) => Promise<ProvenIdentity | undefined>;
  /** Whether a certificate still counts; one that does cannot be revoked before the transaction is over. */
  readonly certificateHolds: (tx: Tx, id: string) => Promise<boolean>;
  /** A credential made for one session, where the target trusts Reeve's authority; undefined: the vault's is used. */
  readonly certifySession: (
    ctx: Ctx,
    permit: Permit,
    input: { readonly identityId: string; readonly account: Account; readonly grantIds: readonly string[] },
  ) => Promise<GatewayCredential | undefined>;
  /** When somebody last signed in with a passkey or a second factor; undefined: not in any sign-in that still holds. */
  readonly lastSignIn: (tx: Tx, identityId: string) => Promise<Date | undefined>;
  /**
   * Judges what grants rest on as things are now, and puts them under stricter controls where that asks for more, on the
   * record and before anything starts. Whoever gave them knows; where it fails, nothing starts.
   */
  readonly judgeAgain: (grantIds: readonly string[]) => Promise<void>;
}
