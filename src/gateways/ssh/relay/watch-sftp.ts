/** One thing somebody did to a file over SFTP, as asked; whether the target did it is in the output. */
export interface FileAct {
  readonly act: string;
  readonly path: string;
  readonly to?: string;
}

const READ = 0x01;
const WRITE = 0x02;
/** draft-ietf-secsh-filexfer-02 §3; those that name no file, or only an open handle, are passed over. */
const ACTS: Readonly<Record<number, string>> = {
  3: 'open',
  9: 'set attributes of',
  11: 'list',
  13: 'remove',
  14: 'make folder',
  15: 'remove folder',
  18: 'rename',
  20: 'link',
};
const EXTENDED = 200;
const RENAMES = new Set(['posix-rename@openssh.com', 'hardlink@openssh.com', 'copy-data']);
/** Longer than any request that names a file; data of a write is passed over without being kept. */
const LONGEST_KEPT = 16 * 1024;
const LONGEST = 1024 * 1024;

/**
 * Reads along what a client asks of an SFTP server and tells which files it touches. It never changes or delays a byte:
 * what it does not understand it reports once and then lets pass unread.
 */
export class SftpWatcher {
  readonly #tell: (act: FileAct) => void;
  #kept: Buffer = Buffer.alloc(0);
  #skip = 0;
  #lost = false;

  constructor(tell: (act: FileAct) => void) {
    this.#tell = tell;
  }

  see(chunk: Buffer): void {
    if (this.#lost) return;
    let at = 0;
    if (this.#skip > 0) {
      at = Math.min(this.#skip, chunk.length);
      this.#skip -= at;
    }
    if (at === chunk.length) return;
    const data = this.#kept.length === 0 ? chunk.subarray(at) : Buffer.concat([this.#kept, chunk.subarray(at)]);
    this.#kept = Buffer.alloc(0);
    this.#read(data);
  }

  #read(data: Buffer): void {
    let at = 0;
    while (data.length - at >= 5) {
      const length = data.readUInt32BE(at);
      if (length < 1 || length > LONGEST) {
        this.#lost = true;
        return this.#tell({ act: 'do something that is no SFTP', path: '' });
      }
      const end = at + 4 + length;
      const type = data[at + 4] ?? 0;
      const names = (ACTS[type] !== undefined || type === EXTENDED) && length <= LONGEST_KEPT;
      if (names && end > data.length) break;
      if (names) this.#told(type, data.subarray(at + 9, end));
      if (end > data.length) {
        this.#skip = end - data.length;
        return;
      }
      at = end;
    }
    // lent: what is kept until the rest comes is copied
    this.#kept = Buffer.from(data.subarray(at));
  }

  #told(type: number, body: Buffer): void {
    let at = 0;
    const text = (): string | undefined => {
      if (at + 4 > body.length) return undefined;
      const length = body.readUInt32BE(at);
      if (at + 4 + length > body.length) return undefined;
      at += 4 + length;
      return body.toString('utf8', at - length, at);
    };
    const extension = type === EXTENDED ? text() : undefined;
    if (extension !== undefined && !RENAMES.has(extension)) return;
    const path = text();
    if (path === undefined) return;
    if (type === 3) {
      const flags = at + 4 <= body.length ? body.readUInt32BE(at) : 0;
      const act = (flags & WRITE) !== 0 ? ((flags & READ) !== 0 ? 'read and write' : 'write') : 'read';
      return this.#tell({ act, path });
    }
    const to = type === 18 || type === 20 || extension !== undefined ? text() : undefined;
    this.#tell({ act: ACTS[type] ?? 'rename', path, ...(to === undefined ? {} : { to }) });
  }
}
