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
  | { readonly kind: 'close'; readonly handle: string }
  | { readonly kind: 'other' };

/** Requests without an answer yet, and open files: more than any client has, and little memory. */
const MOST_PENDING = 4096;
/** So many more where something would have to be told of them. */
const MOST_TOLD = 2 * MOST_PENDING;
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
  /** By number, in order: a client that uses one twice at a time is answered in order. */
  readonly #pending = new Map<number, Pending[]>();
  #waiting = 0;
  readonly #files = new Map<string, OpenFile>();
  #content: Content | undefined;

  constructor(tell: (act: FileAct) => void) {
    this.#tell = tell;
  }

  /** Whether a request may be followed: its number is not in use, and not too many wait. */
  mayFollow(id: number): boolean {
    return this.#waiting < MOST_PENDING && !this.isWaiting(id);
  }

  isWaiting(id: number): boolean {
    return this.#pending.has(id);
  }

  /** False: more wait than can be followed. */
  asked(request: SftpRequest): boolean {
    return this.#expect(request.id, this.#pendingOf(request));
  }

  /** A request that nobody understands; perhaps it is answered. */
  askedOtherwise(id: number): void {
    this.#expect(id, { kind: 'other' });
  }

  #pendingOf({ type, path, to, act, handle, offset, reads = false, writes = false }: SftpRequest): Pending {
    if (type === TYPE.open && path !== undefined)
      return { kind: 'open', file: { path, reads, writes, read: new Content(), written: new Content() } };
    const file = handle === undefined ? undefined : this.#files.get(handle);
    if (type === TYPE.read && file !== undefined && offset !== undefined) return { kind: 'read', file, offset };
    if (type === TYPE.close && handle !== undefined && file !== undefined) return { kind: 'close', handle };
    if (act === undefined || path === undefined) return { kind: 'other' };
    return { kind: 'act', act: { act, path, ...(to === undefined ? {} : { to }) } };
  }

  #expect(id: number, pending: Pending): boolean {
    if (this.#waiting >= MOST_PENDING && (pending.kind === 'read' || pending.kind === 'other')) return true;
    if (this.#waiting >= MOST_TOLD) return false;
    this.#waiting += 1;
    const before = this.#pending.get(id);
    if (before === undefined) this.#pending.set(id, [pending]);
    else before.push(pending);
    return true;
  }

  /** The first that waits under a number, or the first of these: only some are answered with a handle or with content. */
  #taken(id: number, of: (pending: Pending) => boolean = () => true): Pending | undefined {
    const all = this.#pending.get(id);
    const at = all?.findIndex(of) ?? -1;
    if (all === undefined || at < 0) return undefined;
    const [taken] = all.splice(at, 1);
    if (all.length === 0) this.#pending.delete(id);
    this.#waiting -= 1;
    return taken;
  }

  /** Content flows to the target. */
  writes(request: SftpRequest, length: number): void {
    this.#expect(request.id, { kind: 'other' });
    this.#content = request.handle === undefined ? undefined : this.#files.get(request.handle)?.written;
    this.#content?.begin(request.offset ?? 0n, length);
  }

  /** An answer, whole, from its type on. */
  answered(payload: Buffer): void {
    if (payload.length < 5) return;
    const id = payload.readUInt32BE(1);
    const opened = payload[0] === TYPE.handle;
    const pending = this.#taken(id, opened ? isOpening : undefined);
    if (pending === undefined) return opened ? this.#tell({ act: 'open what nobody asked for', path: '' }) : undefined;
    const fields = new Fields(payload, 5);
    const status = payload[0] === TYPE.status ? fields.word() : undefined;
    const failed = status === undefined || status === OK ? undefined : (STATUS[status] ?? `the target said ${status}`);
    if (pending.kind === 'act') return this.#tell({ ...pending.act, ...(failed === undefined ? {} : { failed }) });
    if (pending.kind === 'close') return this.#closed(pending.handle);
    if (pending.kind !== 'open') return;
    const handle = opened ? fields.bytes()?.toString('latin1') : undefined;
    const { file } = pending;
    if (handle === undefined)
      return this.#tell({ act: wordOf(file), path: file.path, failed: failed ?? 'it was not opened' });
    this.#closed(handle);
    if (this.#files.size < MOST_OPEN) this.#files.set(handle, file);
    else this.#tell({ act: wordOf(file), path: file.path });
  }

  /** An answer whose content flows to the person. */
  reads(id: number, length: number): void {
    const pending = this.#taken(id, ({ kind }) => kind === 'read');
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
    for (const pending of [...this.#pending.values()].flat()) {
      const failed = 'nobody knows: there was no answer';
      if (pending.kind === 'act') this.#tell({ ...pending.act, failed });
      if (pending.kind === 'open') this.#tell({ act: wordOf(pending.file), path: pending.file.path, failed });
    }
    this.#pending.clear();
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

/** Files and folders are opened; all else is answered otherwise. */
const isOpening = (pending: Pending): boolean =>
  pending.kind === 'open' || (pending.kind === 'act' && pending.act.act === 'list');

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
