import { constants } from 'node:fs';
import { link, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '#kit/errors/index.ts';
import { rootKeyOf, type RootKey, type RootKeyProvider } from './keys.ts';
import { randomSecret } from './seal.ts';
import { wipe } from './digest.ts';

const BYTES = 32;

/** A key file as read. The Buffer is the caller's to wipe. */
export interface KeyFile {
  readonly secret: Buffer;
  /** It was not there before. */
  readonly made: boolean;
}

/**
 * Reads a root key from a file of 32 random bytes, mode 0600, owned by the user Reeve runs as. It is made at the first
 * start (`create`) in one step: complete and on disk, or not there. A symbolic link, another owner, a looser mode
 * or another size is refused, since someone else may then know or choose the key.
 */
export async function readKeyFile(path: string, options: { readonly create: boolean }): Promise<KeyFile> {
  const existing = await readKey(path);
  if (existing !== undefined) return { secret: existing, made: false };
  if (!options.create) {
    throw refusal(
      'root_key.missing',
      `there is no root key at ${path}`,
      'restore it from your backup of the key; without it nothing sealed opens',
    );
  }
  await createKey(path);
  const secret = await readKey(path);
  if (secret === undefined)
    throw refusal(
      'root_key.missing',
      `the root key at ${path} vanished while Reeve started`,
      'look for what else cleans that folder, then start again',
    );
  return { secret, made: true };
}

/** The key file as the root of subkeys. */
export const rootKeyFile = (path: string, options: { readonly create: boolean }): RootKeyProvider => ({
  open: async (): Promise<RootKey> => rootKeyOf((await readKeyFile(path, options)).secret),
});

async function readKey(path: string): Promise<Buffer | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP')
      throw refusal('root_key.unsafe', `the root key ${path} is a symbolic link`, 'put the key file itself there');
    throw refusal(
      'root_key.unreadable',
      `the root key ${path} cannot be read (${code ?? 'unknown error'})`,
      'let it be owned by the user Reeve runs as, with mode 0600',
      error,
    );
  }
  try {
    const about = await file.stat();
    const mine = process.getuid?.();
    if (!about.isFile())
      throw refusal('root_key.unsafe', `the root key ${path} is not a plain file`, 'put the key file itself there');
    if ((about.mode & 0o077) !== 0) {
      throw refusal(
        'root_key.unsafe',
        `others may read the root key ${path} (mode ${(about.mode & 0o777).toString(8)})`,
        `chmod 600 ${path}, and make a new key if somebody else had access`,
      );
    }
    if (mine !== undefined && about.uid !== mine)
      throw refusal(
        'root_key.unsafe',
        `the root key ${path} belongs to user ${about.uid}, Reeve runs as ${mine}`,
        `chown ${mine} ${path}`,
      );
    if (about.size !== BYTES)
      throw refusal(
        'root_key.damaged',
        `the root key ${path} has ${about.size} bytes instead of ${BYTES}`,
        'restore it from your backup of the key',
      );
    const secret = Buffer.alloc(BYTES);
    const { bytesRead } = await file.read(secret, 0, BYTES, 0);
    if (bytesRead !== BYTES)
      throw refusal('root_key.damaged', `the root key ${path} could not be read whole`, 'start again');
    return secret;
  } finally {
    await file.close();
  }
}

/** Written aside, synced, then linked into place: of two nodes starting at once, one wins and both read its key. */
async function createKey(path: string): Promise<void> {
  const aside = `${path}.${process.pid}.${randomSecret(4).toString('hex')}.new`;
  const secret = randomSecret(BYTES);
  try {
    const file = await open(aside, 'wx', 0o600);
    try {
      await file.writeFile(secret);
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      await link(aside, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  } finally {
    wipe(secret);
    await rm(aside, { force: true });
  }
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const refusal = (code: string, detail: string, fix: string, cause?: unknown): AppError =>
  new AppError({ code, status: 500, detail, fix, cause });
