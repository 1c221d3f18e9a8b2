/** What people speak to a gateway. */
export type Protocol = 'ssh' | 'postgres' | 'mysql' | 'http';

/** Something that happened in a session, beside what flows. */
export interface SessionEvent {
  readonly type: 'shell' | 'exec' | 'subsystem' | 'forward' | 'refused' | 'file' | 'command' | 'rule';
  /** Milliseconds since the session began. */
  readonly atMs: number;
  readonly detail: string;
}

/** Takes what flows, in order. A false return means stop reading until `drained` resolves: nothing runs unrecorded. */
export interface Recorder {
  channel(meta: ChannelMeta): ChannelRecorder;
  /** What is asked of a database or a service, statement by statement, as another channel of the same recording. */
  statements(meta: StatementsMeta): StatementRecorder;
  drained(): Promise<void>;
  /** Rejects when recording is no longer possible; the session must end. */
  readonly failed: Promise<never>;
}

export interface ChannelMeta {
  readonly kind: 'shell' | 'exec' | 'subsystem' | 'forward';
  readonly command?: string;
  readonly term?: string;
  readonly cols?: number;
  readonly rows?: number;
}

/** Bytes are lent for the length of the call: an implementation copies what it keeps. */
export interface ChannelRecorder {
  /** From the target to the person; `stderr` when it came on that stream. */
  output(data: Buffer, stderr?: boolean): boolean;
  /** From the person to the target. */
  input(data: Buffer): boolean;
  resize(cols: number, rows: number): void;
  /** A file that is moved over this channel is to be kept. Absent: nothing can be kept, and it may not be moved. */
  file?(meta: { readonly act: 'read' | 'write'; readonly path: string; readonly mostBytes: number }): FileRecorder;
  end(exit: { readonly code?: number; readonly signal?: string }): void;
}

/** Takes what flows of one file. */
export interface FileRecorder {
  /** Bytes at their place in the file, in the order in which they flow. Lent. */
  content(offset: bigint, part: Buffer): void;
  /** The file was closed. `sha256` is of all that flowed, in the order in which it did. */
  end(told: { readonly bytes: number; readonly sha256: string }): void;
}

/** Where statements go. */
export interface StatementsMeta {
  readonly protocol: Protocol;
  /** As a person reads it, for instance `postgres shop`. */
  readonly target: string;
}

/** A value a statement was run with: as text, in hex, absent, or only said to have been there. */
export type StatementValue =
  | string
  | null
  | { readonly hex: string }
  | { readonly bytes: number; readonly sha256: string; readonly begins: string }
  | { readonly hidden: true };

export interface BegunStatement {
  /** Without passwords. */
  readonly text: string;
  readonly values?: readonly StatementValue[] | undefined;
  /** How it was sent, where the protocol has several ways. */
  readonly via: string;
  /** Why it was refused and never reached the target. */
  readonly refused?: string | undefined;
}

export interface EndedStatement {
  /** As the target said, for instance `UPDATE 3`. */
  readonly tag?: string | undefined;
  readonly rows?: number | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  /** How much went by each way, where that is told apart: a request and its answer, without their headers. */
  readonly bytes?: { readonly in: number; readonly out: number } | undefined;
  /** Never answered: the session ended, or one before it failed. */
  readonly unanswered?: true | undefined;
}

/** Takes statements, each before it is passed on. While `full`, nothing more is read until `drained` resolves. */
export interface StatementRecorder {
  readonly full: boolean;
  /** Returns the number by which `ended` names it. */
  began(statement: BegunStatement): number;
  ended(n: number, how: EndedStatement): void;
  /** Once, when nothing more comes; with how much went by each way. */
  close(bytes: { readonly in: number; readonly out: number }): void;
}
