import type { Readable, Writable } from 'node:stream';
import type { Log } from '#kit/log/index.ts';
import type { BegunBrowserSession } from '#guard/browser-sessions/index.ts';
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
  readonly begin: (asker: Asker, key: string) => Promise<BegunBrowserSession | undefined>;
  /** Comes to the gateway as the client of whoever began. Throws with words for the person. */
  readonly come: (begun: BegunBrowserSession) => Promise<GatewayClient>;
  /** The session a certificate opened, once it did. */
  readonly sessionOf: (certificateId: string) => Promise<OpenedSession | undefined>;
  /** Largest file that goes either way, in bytes. */
  readonly mostFileBytes: number;
}

export interface OpenedSession {
  readonly id: string;
  /** When it ends at the latest; null: when its access does. */
  readonly endsAt: Date | null;
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
