import type { Readable, Writable } from 'node:stream';
import type { Log } from '#kit/log/index.ts';
import type { BegunBrowserSession } from '#guard/browser-sessions/index.ts';
import type { CameBy } from '#guard/sessions/index.ts';
import type { Asker } from '#spine/operations/index.ts';
import type { Proof } from '#surfaces/http/index.ts';

/** What the browser surface leans on; main.ts hands in the real ones. */
export interface BrowserParts {
  readonly log: Log;
  /** Where people reach the console: the only origin whose pages may connect. */
  readonly publicUrl: string;
  readonly authenticate: (proof: Proof) => Promise<Omit<Asker, 'trace'> | undefined>;
  /** Whether a sign-in still holds; asking does not count as using it. */
  readonly signinHolds: (signinId: string) => Promise<boolean>;
  /** Uses up the key a browser shows; undefined where it is good for nothing. */
  readonly begin: (
    asker: Asker,
    shown: { readonly key: string; readonly database: string | undefined },
  ) => Promise<BegunSession | undefined>;
  /** Comes to the gateway as the client of whoever began. Throws with words for the person. */
  readonly come: (begun: BegunSession) => Promise<GatewayClient>;
  /** The same for a database. */
  readonly comeToDatabase: (asker: Asker, begun: BegunSession) => Promise<OpenedPrompt>;
  /** The session that was opened by it, once it was. */
  readonly sessionOf: (by: CameBy) => Promise<OpenedSession | undefined>;
  /** Largest file that goes either way, in bytes. */
  readonly mostFileBytes: number;
}

export type BegunSession = BegunBrowserSession;

export interface OpenedSession {
  readonly id: string;
  /** When it ends at the latest; null: when its access does. */
  readonly endsAt: Date | null;
  /** What lets nothing flow now; null: everything does. */
  readonly held: 'paused' | 'observer' | 'recording' | null;
  /** Why, in the words of who paused it. */
  readonly pausedBecause: string | null;
  /** How many look on. */
  readonly watchers: number;
}

/** A session of a database, as its gateway lets it be used. */
export interface OpenedPrompt {
  readonly client: PromptClient;
  readonly protocol: 'postgres' | 'mysql';
  readonly database: string;
}

/** A table whose columns are asked for. */
export interface CatalogueAsked {
  readonly schema: string;
  readonly name: string;
}

export interface RunLimits {
  readonly rows: number;
  readonly cellBytes: number;
  readonly resultBytes: number;
}

/** What happens to a text that is run; all of it is passed on as it is. */
export interface RunEvents {
  readonly begins: (where: object | undefined) => void;
  readonly columns: (columns: readonly object[]) => void;
  readonly rows: (rows: readonly (readonly unknown[])[]) => void;
  readonly done: (how: { readonly tag: string; readonly rows: number | null; readonly more: boolean }) => void;
  readonly failed: (problem: { readonly code: string; readonly message: string }) => void;
}

export interface PromptClient {
  readonly transaction: 'none' | 'open' | 'failed';
  readonly run: (text: string, limits: RunLimits, on: RunEvents) => Promise<void>;
  /** Asks for what runs to be stopped. Throws with words for the person where that cannot be asked. */
  readonly cancel: () => Promise<void>;
  /** The statement that asks for tables, or the columns of one. */
  readonly catalogue: (of: CatalogueAsked | undefined) => string;
  readonly said: (take: (words: { readonly severity: string; readonly text: string }) => void) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly over: Promise<string>;
  readonly close: () => void;
}

/** A connection to a gateway as somebody's client, as the SSH gateway makes it. */
export interface GatewayClient {
  readonly shell: (size: TerminalSize) => Promise<Shell>;
  readonly files: () => Promise<RemoteFiles>;
  /** Resolves once, when the connection is over, with what the gateway said last. */
  readonly over: Promise<string | undefined>;
  readonly close: () => void;
}

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

export interface Shell {
  readonly output: (take: (chunk: Buffer) => void) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly input: (data: Buffer, gone: () => void) => void;
  readonly resize: (size: TerminalSize) => void;
  readonly ended: Promise<string>;
}

export interface RemoteEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  readonly modifiedAt: number;
}

export interface RemoteFiles {
  readonly absolute: (path: string) => Promise<string>;
  readonly list: (path: string) => Promise<{ readonly entries: readonly RemoteEntry[]; readonly more: boolean }>;
  readonly size: (path: string) => Promise<number>;
  readonly read: (path: string) => Readable;
  readonly write: (path: string, how: { readonly replace: boolean }) => Promise<Writable>;
  readonly remove: (path: string) => Promise<void>;
}
