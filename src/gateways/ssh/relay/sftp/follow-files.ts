import { createHash, type Hash } from 'node:crypto';
import { Fields, TYPE, type SftpRequest } from './read-request.ts';

/** One thing that was done to a file over SFTP, or was tried. */
export interface FileAct {
  readonly act: string;
  readonly path: string;
  readonly to?: string;
  /** What flowed, for a file that was read or written. */
  readonly bytes?: number;
  /** Of the bytes that flowed, where they came one after the other. */
  readonly sha256?: string;
  /** Where in the file they began, if not at its beginning. */
  readonly from?: number;
  /** Why the target did not do it. */
  readonly failed?: string;
  /** Why Reeve did not let it reach the target. */
  readonly refused?: string;
}

/** What was read from a file, or written to it, while it was open. */
class Content {
  bytes = 0;
  #from: bigint | undefined;
  #next = 0n;
  #hash: Hash | undefined;
  #inOrder = true;
  #flows = false;

  begin(offset: bigint, length: number): void {
    if (this.#hash === undefined) {
      this.#hash = createHash('sha256');
      this.#from = offset;
      this.#next = offset;
    }
    this.#flows = this.#inOrder &&= offset === this.#next;
    this.#next = offset + BigInt(length);
    this.bytes += length;
  }
  take(part: Buffer): void {
    if (this.#flows) this.#hash?.update(part);
  }
  told(): Pick<FileAct, 'bytes' | 'sha256' | 'from'> {
    if (this.#hash === undefined) return { bytes: 0 };
    const from = Number(this.#from ?? 0n);
    return {
      bytes: this.bytes,
      ...(this.#inOrder ? { sha256: this.#hash.copy().digest('hex') } : {}),
      ...(from === 0 ? {} : { from }),
    };
  }
}

interface OpenFile {
  readonly path: string;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly read: Content;
  readonly written: Content;
}

type Pending =
  | { readonly kind: 'act'; readonly act: FileAct }
  | { readonly kind: 'open'; readonly file: OpenFile }
  | { readonly kind: 'read'; readonly file: OpenFile; readonly offset: bigint }
  | { readonly kind: 'close'; readonly handle: string };

/** Requests without an answer yet, and open files: more than any client has, and little memory. */
const MOST_PENDING = 4096;
const MOST_OPEN = 1024;
const OK = 0;
/** What a status says, of those that a person wonders about (§7). */
const STATUS: Readonly<Record<number, string>> = {
  2: 'there is no such file',
  3: 'the target did not permit it',
  4: 'the target could not',
  8: 'the target does not know how',
};

/**
 * Follows requests and answers of one SFTP channel and tells what was done to which file: at the end of a file what was
 * transferred and its digest, for all else whether the target did it.
 */
export class FileFollower {
  readonly #tell: (act: FileAct) => void;
  readonly #pending = new Map<number, Pending>();
  readonly #files = new Map<string, OpenFile>();
  #content: Content | undefined;

  constructor(tell: (act: FileAct) => void) {
    this.#tell = tell;
  }

  /** Whether a request may be followed: its number is not in use, and not too many wait. */
  mayFollow(id: number): boolean {
    return this.#pending.size < MOST_PENDING && !this.#pending.has(id);
  }

  asked(request: SftpRequest): void {
    const { type, id, path, to, act, handle, offset } = request;
    if (type === TYPE.open && path !== undefined) {
      const { reads = false, writes = false } = request;
      const file = { path, reads, writes, read: new Content(), written: new Content() };
      return void this.#pending.set(id, { kind: 'open', file });
    }
    const file = handle === undefined ? undefined : this.#files.get(handle);
    if (type === TYPE.read && file !== undefined && offset !== undefined)
      return void this.#pending.set(id, { kind: 'read', file, offset });
    if (type === TYPE.close && handle !== undefined && file !== undefined)
      return void this.#pending.set(id, { kind: 'close', handle });
    if (act === undefined || path === undefined) return;
    this.#pending.set(id, { kind: 'act', act: { act, path, ...(to === undefined ? {} : { to }) } });
  }

  /** Content flows to the target. */
  writes(request: SftpRequest, length: number): void {
    this.#content = request.handle === undefined ? undefined : this.#files.get(request.handle)?.written;
    this.#content?.begin(request.offset ?? 0n, length);
  }

  /** An answer, whole, from its type on. */
  answered(payload: Buffer): void {
    if (payload.length < 5) return;
    const id = payload.readUInt32BE(1);
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    const fields = new Fields(payload, 5);
    const status = payload[0] === TYPE.status ? fields.word() : undefined;
    const failed = status === undefined || status === OK ? undefined : (STATUS[status] ?? `the target said ${status}`);
    if (pending.kind === 'act') return this.#tell({ ...pending.act, ...(failed === undefined ? {} : { failed }) });
    if (pending.kind === 'close') return this.#closed(pending.handle);
    if (pending.kind === 'read') return;
    const handle = payload[0] === TYPE.handle ? fields.bytes()?.toString('latin1') : undefined;
    const { file } = pending;
    if (handle !== undefined && this.#files.size < MOST_OPEN) this.#files.set(handle, file);
    else this.#tell({ act: wordOf(file), path: file.path, failed: failed ?? 'it was not opened' });
  }

  /** An answer whose content flows to the person. */
  reads(id: number, length: number): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    this.#content = pending?.kind === 'read' ? pending.file.read : undefined;
    if (pending?.kind === 'read') this.#content?.begin(pending.offset, length);
  }

  content(part: Buffer): void {
    this.#content?.take(part);
  }

  /** Which way a handle was opened; undefined where it names no open file. */
  fileOf(handle: string): Pick<OpenFile, 'path' | 'reads' | 'writes'> | undefined {
    return this.#files.get(handle);
  }

  /** The channel is over: what was not closed is told as far as it came. */
  end(): void {
    for (const handle of this.#files.keys()) this.#closed(handle);
  }

  #closed(handle: string): void {
    const file = this.#files.get(handle);
    if (file === undefined) return;
    this.#files.delete(handle);
    const { path, reads, writes, read, written } = file;
    if (writes && (written.bytes > 0 || !reads)) this.#tell({ act: 'write', path, ...written.told() });
    if (reads && (read.bytes > 0 || !writes)) this.#tell({ act: 'read', path, ...read.told() });
    if (reads && writes && read.bytes + written.bytes === 0) this.#tell({ act: wordOf(file), path, bytes: 0 });
  }
}

const wordOf = ({ reads, writes }: Pick<OpenFile, 'reads' | 'writes'>): string =>
  writes ? (reads ? 'read and write' : 'write') : 'read';

/** A line of a session's record. */
export function lineOf({ act, path, to, bytes, sha256, from, failed, refused }: FileAct): string {
  const parts = [`${act} ${path}${to === undefined ? '' : ` to ${to}`}`];
  if (bytes !== undefined) parts.push(`${bytes} bytes${from === undefined ? '' : ` from ${from}`}`);
  if (sha256 !== undefined) parts.push(`sha256 ${sha256}`);
  if (bytes !== undefined && bytes > 0 && sha256 === undefined) parts.push('not one after the other');
  if (failed !== undefined) parts.push(`not done: ${failed}`);
  if (refused !== undefined) parts.push(`refused: ${refused}`);
  return parts.join(', ');
}
