import { createHash, type Hash } from 'node:crypto';
import type { FileRecorder } from '../../../port.ts';
import { beyondLimit, mostKept, type Kept } from './capture-terms.ts';
import { Fields, TYPE, type SftpRequest } from './read-request.ts';

/** One thing that was done to a file over SFTP, or was tried. */
export interface FileAct {
  readonly act: string;
  readonly path: string;
  readonly to?: string;
  /** What flowed, for a file that was read or written. */
  readonly bytes?: number;
  /** Of the bytes that flowed, in the order in which they did. */
  readonly sha256?: string;
  /** They were not one after the other in the file. */
  readonly scattered?: true;
  /** So much of them is kept with the recording. */
  readonly kept?: number;
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
  #offset = 0n;
  #over = false;
  #recorder: FileRecorder | undefined;
  readonly #keep: (() => FileRecorder | undefined) | undefined;
  readonly #most: number;

  /** `keep`: gives what takes the bytes that flow, so many of them. */
  constructor(keep?: () => FileRecorder | undefined, most = 0) {
    this.#keep = keep;
    this.#most = most;
  }

  begin(offset: bigint, length: number): void {
    if (this.#over) return;
    if (this.#hash === undefined) {
      this.#recorder = this.#keep?.();
      this.#hash = createHash('sha256');
      this.#from = offset;
      this.#next = offset;
    }
    this.#inOrder &&= offset === this.#next;
    this.#next = offset + BigInt(length);
    this.#offset = offset;
    this.bytes += length;
  }
  take(part: Buffer): void {
    // a client may go on writing to what it has closed; the target refuses that
    if (this.#over) return;
    this.#hash?.update(part);
    this.#recorder?.content(this.#offset, part);
    this.#offset += BigInt(part.length);
  }
  /** Nothing follows. */
  told(): Pick<FileAct, 'bytes' | 'sha256' | 'scattered' | 'from' | 'kept'> {
    this.#over = true;
    const sha256 = (this.#hash ?? createHash('sha256')).digest('hex');
    if (this.#hash === undefined) this.#recorder = this.#keep?.();
    this.#recorder?.end({ bytes: this.bytes, sha256 });
    const kept = this.#recorder === undefined ? {} : { kept: Math.min(this.bytes, this.#most) };
    if (this.#hash === undefined) return { bytes: 0, ...kept };
    const from = Number(this.#from ?? 0n);
    return {
      bytes: this.bytes,
      sha256,
      ...(this.#inOrder ? {} : { scattered: true }),
      ...(from === 0 ? {} : { from }),
      ...kept,
    };
  }
}

interface OpenFile {
  readonly path: string;
  readonly reads: boolean;
  readonly writes: boolean;
  readonly keeps: Kept | undefined;
  read: Content;
  written: Content;
  /** That it is too large was told. */
  told?: true;
}

/** Begins to keep a file; undefined where that cannot be. */
export type KeepFile = (meta: {
  readonly act: 'read' | 'write';
  readonly path: string;
  readonly mostBytes: number;
}) => FileRecorder | undefined;

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
/** What is said of a file that is refused beyond its limit. */
export const TOO_LARGE = 'it is larger than what is moved and kept in this session';
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
  #reading: Content | undefined;
  #writing: Content | undefined;
  readonly #keep: KeepFile;

  constructor(tell: (act: FileAct) => void, keep: KeepFile = () => undefined) {
    this.#tell = tell;
    this.#keep = keep;
  }

  /** Whether a request may be followed: its number is not in use, and not too many wait. */
  mayFollow(id: number): boolean {
    return this.#waiting < MOST_PENDING && !this.isWaiting(id);
  }

  isWaiting(id: number): boolean {
    return this.#pending.has(id);
  }

  /** False: more wait than can be followed. */
  asked(request: SftpRequest, keeps?: Kept): boolean {
    return this.#expect(request.id, this.#pendingOf(request, keeps));
  }

  /** A request that nobody understands; perhaps it is answered. */
  askedOtherwise(id: number): void {
    this.#expect(id, { kind: 'other' });
  }

  #pendingOf(request: SftpRequest, keeps: Kept | undefined): Pending {
    const { type, path, to, act, handle, offset, reads = false, writes = false } = request;
    if (type === TYPE.open && path !== undefined)
      return { kind: 'open', file: { path, reads, writes, keeps, read: new Content(), written: new Content() } };
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
    this.#writing = request.handle === undefined ? undefined : this.#files.get(request.handle)?.written;
    this.#writing?.begin(request.offset ?? 0n, length);
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
    if (this.#files.size < MOST_OPEN) this.#files.set(handle, this.#keeping(file));
    else this.#tell({ act: wordOf(file), path: file.path });
  }

  /** What flows of an opened file goes where it is kept. */
  #keeping(file: OpenFile): OpenFile {
    const { keeps } = file;
    const of = (act: 'read' | 'write', does: boolean): Content | undefined => {
      const rule = act === 'read' ? keeps?.read : keeps?.written;
      if (!does || rule === undefined || keeps === undefined) return undefined;
      const mostBytes = mostKept(rule);
      const path = Buffer.from(keeps.path, 'latin1').toString();
      return new Content(() => this.#keep({ act, path, mostBytes }), mostBytes);
    };
    file.read = of('read', file.reads) ?? file.read;
    file.written = of('write', file.writes) ?? file.written;
    return file;
  }

  /** An answer whose content flows to the person; false: it may not, since the file is kept and too large. */
  reads(id: number, length: number): boolean {
    const pending = this.#taken(id, ({ kind }) => kind === 'read');
    this.#reading = undefined;
    if (pending?.kind !== 'read') return true;
    const { file, offset } = pending;
    if (beyondLimit(file.keeps?.read, file.read.bytes, offset, length)) return this.#tooLarge(file, 'read');
    this.#reading = file.read;
    this.#reading.begin(offset, length);
    return true;
  }

  /** Whether content may flow to the target: of a file that is kept not beyond its limit. */
  mayWrite({ handle, offset = 0n }: SftpRequest, length: number): boolean {
    const file = handle === undefined ? undefined : this.#files.get(handle);
    if (file === undefined || !beyondLimit(file.keeps?.written, file.written.bytes, offset, length)) return true;
    return this.#tooLarge(file, 'write');
  }

  #tooLarge(file: OpenFile, act: 'read' | 'write'): false {
    if (file.told !== true) this.#tell({ act, path: file.path, refused: TOO_LARGE });
    file.told = true;
    return false;
  }

  /** Content that flows to the person, and to the target. */
  readsOn(part: Buffer): void {
    this.#reading?.take(part);
  }
  writesOn(part: Buffer): void {
    this.#writing?.take(part);
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
export function lineOf({ act, path, to, bytes, sha256, scattered, kept, from, failed, refused }: FileAct): string {
  const parts = [`${act} ${path}${to === undefined ? '' : ` to ${to}`}`];
  if (bytes !== undefined) parts.push(`${bytes} bytes${from === undefined ? '' : ` from ${from}`}`);
  if (sha256 !== undefined) parts.push(`sha256 ${sha256}`);
  if (scattered === true) parts.push('not one after the other');
  if (kept !== undefined) parts.push(kept === bytes ? 'kept' : `${kept} bytes of it kept`);
  if (failed !== undefined) parts.push(`not done: ${failed}`);
  if (refused !== undefined) parts.push(`refused: ${refused}`);
  return parts.join(', ');
}
