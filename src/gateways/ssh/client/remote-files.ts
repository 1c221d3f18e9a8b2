import type { Readable, Writable } from 'node:stream';
import type { Client, FileEntryWithStats, SFTPWrapper } from 'ssh2';

export interface RemoteEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  /** Seconds since 1970. */
  readonly modifiedAt: number;
}

/** Files of a target, as the gateway lets them be moved. What it refuses rejects with its words. */
export interface RemoteFiles {
  /** What a path means, without `..` and links; `.` is where one begins. */
  readonly absolute: (path: string) => Promise<string>;
  /** What is in a folder; `more`: it holds more than is told. */
  readonly list: (path: string) => Promise<{ readonly entries: readonly RemoteEntry[]; readonly more: boolean }>;
  readonly size: (path: string) => Promise<number>;
  readonly read: (path: string) => Readable;
  /** Without `replace` a file that is there is left as it is. */
  readonly write: (path: string, how: { readonly replace: boolean }) => Promise<Writable>;
  readonly remove: (path: string) => Promise<void>;
}

const MOST_ENTRIES = 5_000;
const KINDS: Readonly<Record<number, RemoteEntry['kind']>> = { 0o100000: 'file', 0o040000: 'folder', 0o120000: 'link' };

/** Opens the SFTP subsystem. */
export const openFiles = (client: Client): Promise<RemoteFiles> =>
  new Promise((resolve, reject) => {
    client.sftp((error, sftp) => {
      if (error !== undefined) return reject(error);
      sftp.on('error', () => {});
      resolve(filesOf(sftp));
    });
  });

const filesOf = (sftp: SFTPWrapper): RemoteFiles => ({
  absolute: (path) => asked((done) => sftp.realpath(path, done)),
  list: (path) => listFolder(sftp, path),
  size: async (path) => (await asked<{ size: number }>((done) => sftp.stat(path, done))).size,
  read: (path) => sftp.createReadStream(path, { autoClose: true }),
  write: async (path, { replace }) => {
    const stream = sftp.createWriteStream(path, { flags: replace ? 'w' : 'wx', mode: 0o600, autoClose: true });
    await new Promise<void>((resolve, reject) => {
      stream.once('open', () => resolve());
      stream.once('error', reject);
    });
    return stream;
  },
  remove: (path) => asked((done) => sftp.unlink(path, (error) => done(error ?? undefined, undefined))),
});

type Answered<T> = (error: Error | undefined, value: T) => void;
const asked = <T>(ask: (done: Answered<T>) => void): Promise<T> =>
  new Promise<T>((resolve, reject) => {
    ask((error, value) => (error === undefined || error === null ? resolve(value) : reject(error)));
  });

/** Reads a folder piece by piece, so that one without end is not kept. */
async function listFolder(
  sftp: SFTPWrapper,
  path: string,
): Promise<{ readonly entries: readonly RemoteEntry[]; readonly more: boolean }> {
  const handle = await asked<Buffer>((done) => sftp.opendir(path, done));
  const entries: RemoteEntry[] = [];
  try {
    while (entries.length <= MOST_ENTRIES) {
      const piece = await nextPiece(sftp, handle);
      if (piece === undefined) break;
      for (const entry of piece) if (entry.filename !== '.' && entry.filename !== '..') entries.push(entryOf(entry));
    }
  } finally {
    sftp.close(handle, () => {});
  }
  return { entries: entries.slice(0, MOST_ENTRIES), more: entries.length > MOST_ENTRIES };
}

const END_OF_FOLDER = 1;

const nextPiece = (sftp: SFTPWrapper, handle: Buffer): Promise<readonly FileEntryWithStats[] | undefined> =>
  new Promise((resolve, reject) => {
    sftp.readdir(handle, (error, list) => {
      if ((error as { code?: unknown } | undefined)?.code === END_OF_FOLDER) return resolve(undefined);
      if (error !== undefined && error !== null) return reject(error);
      resolve(list);
    });
  });

const entryOf = ({ filename, attrs }: FileEntryWithStats): RemoteEntry => ({
  name: filename,
  kind: KINDS[attrs.mode & 0o170000] ?? 'other',
  size: attrs.size,
  modifiedAt: attrs.mtime,
});
