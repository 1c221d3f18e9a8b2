/** Message types of SFTP version 3 (draft-ietf-secsh-filexfer-02 §3). */
export const TYPE = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  extended: 200,
} as const;

/** What a client asks of an SFTP server, as far as it matters who touches which file. */
export interface SftpRequest {
  readonly type: number;
  readonly id: number;
  /** Name of an extended request. */
  readonly extension?: string;
  /** What is done, in words of the record; undefined where nothing is to be told of it. */
  readonly act?: string;
  readonly path?: string;
  readonly to?: string;
  /** The paths it names byte for byte (as latin1): what is no UTF-8 is another file once it was decoded. */
  readonly names?: readonly string[];
  readonly handle?: string;
  readonly offset?: bigint;
  /** Of an open: whether it reads, and whether it can change the file. */
  readonly reads?: boolean;
  readonly writes?: boolean;
  /** It changes something on the target. */
  readonly changes: boolean;
}

const ACTS: Readonly<Record<number, string>> = {
  [TYPE.setstat]: 'set attributes of',
  [TYPE.opendir]: 'list',
  [TYPE.remove]: 'remove',
  [TYPE.mkdir]: 'make folder',
  [TYPE.rmdir]: 'remove folder',
  [TYPE.rename]: 'rename',
  [TYPE.symlink]: 'link',
};
const BY_HANDLE: ReadonlySet<number> = new Set([
  TYPE.close,
  TYPE.read,
  TYPE.write,
  TYPE.fstat,
  TYPE.fsetstat,
  TYPE.readdir,
]);
const BY_PATH: ReadonlySet<number> = new Set([
  TYPE.open,
  TYPE.lstat,
  TYPE.setstat,
  TYPE.opendir,
  TYPE.remove,
  TYPE.mkdir,
  TYPE.rmdir,
  TYPE.realpath,
  TYPE.stat,
  TYPE.readlink,
]);
const CHANGES: ReadonlySet<number> = new Set([
  TYPE.write,
  TYPE.setstat,
  TYPE.fsetstat,
  TYPE.remove,
  TYPE.mkdir,
  TYPE.rmdir,
  TYPE.rename,
  TYPE.symlink,
]);
const OPEN_READ = 0x01;
/** Write, append, create, truncate. */
const OPEN_CHANGES = 0x02 | 0x04 | 0x08 | 0x10;

/** OpenSSH's extensions (PROTOCOL §4): what they name, and whether they change anything. */
export const EXTENSIONS: ReadonlyMap<
  string,
  { readonly names: 'path' | 'two' | 'handle' | 'nothing'; readonly changes: boolean; readonly act?: string }
> = new Map([
  ['posix-rename@openssh.com', { names: 'two', changes: true, act: 'rename' }],
  ['hardlink@openssh.com', { names: 'two', changes: true, act: 'link' }],
  ['lsetstat@openssh.com', { names: 'path', changes: true, act: 'set attributes of' }],
  ['statvfs@openssh.com', { names: 'path', changes: false }],
  ['expand-path@openssh.com', { names: 'path', changes: false }],
  ['copy-data', { names: 'handle', changes: true }],
  ['fstatvfs@openssh.com', { names: 'handle', changes: false }],
  ['fsync@openssh.com', { names: 'handle', changes: false }],
  ['limits@openssh.com', { names: 'nothing', changes: false }],
  ['home-directory', { names: 'nothing', changes: false }],
  ['users-groups-by-id@openssh.com', { names: 'nothing', changes: false }],
]);

/** Takes the fields of a message in order; undefined where bytes are missing. */
export class Fields {
  #at: number;
  readonly #from: Buffer;
  constructor(from: Buffer, at: number) {
    this.#from = from;
    this.#at = at;
  }
  word(): number | undefined {
    if (this.#at + 4 > this.#from.length) return undefined;
    this.#at += 4;
    return this.#from.readUInt32BE(this.#at - 4);
  }
  long(): bigint | undefined {
    if (this.#at + 8 > this.#from.length) return undefined;
    this.#at += 8;
    return this.#from.readBigUInt64BE(this.#at - 8);
  }
  bytes(): Buffer | undefined {
    const length = this.word();
    if (length === undefined || this.#at + length > this.#from.length) return undefined;
    this.#at += length;
    return this.#from.subarray(this.#at - length, this.#at);
  }
  text(): string | undefined {
    return this.bytes()?.toString('utf8');
  }
}

/** Reads a request from its type on; undefined where bytes are missing or nobody knows what it asks. */
export function readRequest(payload: Buffer): SftpRequest | undefined {
  if (payload.length < 5) return undefined;
  const [type = 0, id] = [payload[0], payload.readUInt32BE(1)];
  const fields = new Fields(payload, 5);
  if (type === TYPE.extended) return readExtended(id, fields);
  const base = { type, id, changes: CHANGES.has(type), ...(ACTS[type] === undefined ? {} : { act: ACTS[type] }) };
  if (BY_HANDLE.has(type)) {
    const handle = fields.bytes()?.toString('latin1');
    if (handle === undefined) return undefined;
    const offset = type === TYPE.read || type === TYPE.write ? fields.long() : undefined;
    return { ...base, handle, ...(offset === undefined ? {} : { offset }) };
  }
  if (!BY_PATH.has(type) && type !== TYPE.rename && type !== TYPE.symlink) return undefined;
  const first = fields.bytes();
  if (first === undefined) return undefined;
  const one = { path: first.toString(), names: [first.toString('latin1')] };
  if (type === TYPE.open) {
    const flags = fields.word();
    if (flags === undefined) return undefined;
    const [reads, writes] = [(flags & OPEN_READ) !== 0, (flags & OPEN_CHANGES) !== 0];
    return { ...base, ...one, reads, writes, changes: writes };
  }
  if (type !== TYPE.rename && type !== TYPE.symlink) return { ...base, ...one };
  const second = fields.bytes();
  return second === undefined ? undefined : { ...base, ...two(first, second) };
}

const two = (first: Buffer, second: Buffer): Pick<SftpRequest, 'path' | 'to' | 'names'> => ({
  path: first.toString(),
  to: second.toString(),
  names: [first.toString('latin1'), second.toString('latin1')],
});

function readExtended(id: number, fields: Fields): SftpRequest | undefined {
  const extension = fields.text();
  if (extension === undefined) return undefined;
  const known = EXTENSIONS.get(extension);
  const base = {
    type: TYPE.extended,
    id,
    extension,
    changes: known?.changes ?? true,
    ...(known?.act === undefined ? {} : { act: known.act }),
  };
  if (known === undefined || known.names === 'nothing') return base;
  if (known.names === 'handle') {
    const handle = fields.bytes()?.toString('latin1');
    return handle === undefined ? undefined : { ...base, handle };
  }
  const first = fields.bytes();
  if (first === undefined) return undefined;
  if (known.names === 'path') return { ...base, path: first.toString(), names: [first.toString('latin1')] };
  const second = fields.bytes();
  return second === undefined ? undefined : { ...base, ...two(first, second) };
}
