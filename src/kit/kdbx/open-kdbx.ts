import { hashRaw } from '@node-rs/argon2';
import kdbxweb, { type Kdbx as Database, type KdbxGroup } from 'kdbxweb';
import { AppError } from '#kit/errors/index.ts';
import { loadBounded } from './bounded-format.ts';

/** One entry as it stands in the file. Values are in clear. */
export interface KdbxEntry {
  /** Names of its groups, outermost first, without the one all lie in. */
  readonly groups: readonly string[];
  readonly title: string;
  readonly username: string;
  readonly password: string;
  readonly url: string;
  /** Every other field: notes, one-time codes, what people added. */
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly { readonly name: string; readonly bytes: Buffer }[];
}

/** What a file may ask of its key derivation: well above what KeePass and KeePassXC write by themselves. */
const MOST = { kibibytes: 1024 * 1024, passes: 100, threads: 16, rounds: 50_000_000 };

const ARGON2D = 0;
const ARGON2ID = 2;
const VERSION_0X10 = 0;
const VERSION_0X13 = 1;

const tooDear = (): AppError =>
  new AppError({
    code: 'kdbx.too_dear',
    status: 422,
    detail: 'the file asks for more memory or time to be opened than Reeve gives',
    fix: 'lower the settings of its key derivation in KeePass, and export it again',
  });

const { Credentials, CryptoEngine, Kdbx, ProtectedValue } = kdbxweb;

CryptoEngine.setArgon2Impl(async (password, salt, memory, iterations, length, parallelism, type, version) => {
  if (memory > MOST.kibibytes || iterations > MOST.passes || parallelism > MOST.threads || length > 64) throw tooDear();
  const key = await hashRaw(Buffer.from(password), {
    salt: Buffer.from(salt),
    memoryCost: memory,
    timeCost: iterations,
    outputLen: length,
    parallelism,
    algorithm: type === 0 ? ARGON2D : ARGON2ID,
    version: version === 0x10 ? VERSION_0X10 : VERSION_0X13,
  });
  return new Uint8Array(key).buffer;
});

const bytesOf = (buffer: Buffer): ArrayBuffer => new Uint8Array(buffer).buffer;

/** Opens a KeePass file with its password. Throws `kdbx.does_not_open`, telling neither what was wrong nor what is in it. */
export async function openKdbx(file: Buffer, password: string): Promise<readonly KdbxEntry[]> {
  let database: Database;
  try {
    database = new Kdbx();
    database.credentials = new Credentials(ProtectedValue.fromString(password));
    await loadBounded(database, bytesOf(file));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError({
      code: 'kdbx.does_not_open',
      status: 422,
      detail: 'this is no KeePass file, or its password is another',
      fix: 'give the password it is opened with in KeePass; key files are not supported',
    });
  }
  const bin = database.meta.recycleBinUuid?.id;
  const entries: KdbxEntry[] = [];
  const walk = (group: KdbxGroup, groups: readonly string[]): void => {
    if (bin !== undefined && group.uuid.id === bin) return;
    for (const entry of group.entries) entries.push(read(entry, groups));
    for (const below of group.groups) walk(below, [...groups, below.name ?? '']);
  };
  for (const root of database.groups) walk(root, []);
  return entries;
}

function read(entry: KdbxGroup['entries'][number], groups: readonly string[]): KdbxEntry {
  const text = (name: string): string => {
    const field = entry.fields.get(name);
    return field instanceof ProtectedValue ? field.getText() : (field ?? '');
  };
  const known = ['Title', 'UserName', 'Password', 'URL'];
  const others = [...entry.fields.keys()].filter((name) => !known.includes(name) && text(name) !== '');
  return {
    groups,
    title: text('Title'),
    username: text('UserName'),
    password: text('Password'),
    url: text('URL'),
    fields: Object.fromEntries(others.map((name) => [name, text(name)])),
    files: [...entry.binaries].map(([name, binary]) => {
      const value = 'value' in binary ? binary.value : binary;
      const bytes = value instanceof ProtectedValue ? value.getBinary() : new Uint8Array(value as ArrayBuffer);
      return { name, bytes: Buffer.from(bytes) };
    }),
  };
}
