import { chmod, link, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hkdfSync } from 'node:crypto';
import { keysOf, rootKeyOf } from './keys.ts';
import { rootKeyFile } from './root-key-file.ts';
import { signingKey, verifySignature } from './sign.ts';
import { equalBytes, sha256, wipe } from './digest.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reeve-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));

const refused = (code: string): unknown => expect.objectContaining({ code });

describe('the root key file', () => {
  test('is made at first start with 32 random bytes for the owner only, and is the same at the next', async () => {
    const path = join(folder, 'first');
    const made = await rootKeyFile(path, { create: true }).open();
    const again = await rootKeyFile(path, { create: false }).open();
    expect(again.derive('x').equals(made.derive('x'))).toBe(true);
    const about = await stat(path);
    expect(about.mode & 0o777).toBe(0o600);
    expect(about.size).toBe(32);
    expect((await readdir(folder)).filter((name) => name.includes('.new'))).toEqual([]);
  });

  test('ten nodes starting at once end with one key', async () => {
    const path = join(folder, 'race');
    const roots = await Promise.all(Array.from({ length: 10 }, () => rootKeyFile(path, { create: true }).open()));
    expect(new Set(roots.map((r) => r.derive('x').toString('hex'))).size).toBe(1);
  });

  test('is not made where a restored database would need the old one', async () => {
    await expect(rootKeyFile(join(folder, 'absent'), { create: false }).open()).rejects.toThrow(
      refused('root_key.missing') as Error,
    );
  });

  test('is refused when others may read it, when it is a link, a folder, or of another size', async () => {
    const path = join(folder, 'loose');
    await rootKeyFile(path, { create: true }).open();
    for (const mode of [0o640, 0o604, 0o660, 0o610]) {
      await chmod(path, mode);
      await expect(rootKeyFile(path, { create: true }).open()).rejects.toThrow(refused('root_key.unsafe') as Error);
    }
    await chmod(path, 0o600);
    await symlink(path, join(folder, 'linked'));
    await expect(rootKeyFile(join(folder, 'linked'), { create: true }).open()).rejects.toThrow(
      refused('root_key.unsafe') as Error,
    );
    await symlink(join(folder, 'nowhere'), join(folder, 'dangling'));
    await expect(rootKeyFile(join(folder, 'dangling'), { create: true }).open()).rejects.toThrow(
      refused('root_key.unsafe') as Error,
    );
    await expect(rootKeyFile(folder, { create: true }).open()).rejects.toThrow(refused('root_key.unsafe') as Error);
    for (const size of [0, 31, 33, 64]) {
      await writeFile(join(folder, 'size'), Buffer.alloc(size), { mode: 0o600 });
      await expect(rootKeyFile(join(folder, 'size'), { create: true }).open()).rejects.toThrow(
        refused('root_key.damaged') as Error,
      );
    }
  });

  test('is never overwritten', async () => {
    const path = join(folder, 'kept');
    await rootKeyFile(path, { create: true }).open();
    const before = await readFile(path);
    await link(path, join(folder, 'hard'));
    await rootKeyFile(path, { create: true }).open();
    expect((await readFile(path)).equals(before)).toBe(true);
  });
});

describe('subkeys', () => {
  const root = rootKeyOf(Buffer.alloc(32, 7));
  const keys = keysOf(root);

  test('are HKDF-SHA-256 of the root and the purpose', () => {
    const expected = Buffer.from(hkdfSync('sha256', Buffer.alloc(32, 7), 'reeve root key v1', 'p', 32));
    expect(root.derive('p').equals(expected)).toBe(true);
  });

  test('differ by purpose and by kind of use', () => {
    const all = [
      keys.derive('a'),
      keys.derive('b'),
      root.derive('a'),
      keys.sealing('a').secret.export(),
      keys.signing('a').publicKey,
    ];
    expect(new Set(all.map((k) => k.toString('hex'))).size).toBe(all.length);
    expect(keys.sealing('a')).toBe(keys.sealing('a'));
    expect(keysOf(rootKeyOf(Buffer.alloc(32, 8))).id).not.toBe(keys.id);
  });
});

describe('signatures', () => {
  test('RFC 8032 §7.1 test 2 comes out as printed', () => {
    const seed = Buffer.from('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb', 'hex');
    const key = signingKey(seed);
    expect(key.publicKey.toString('hex')).toBe('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
    expect(key.sign(Buffer.of(0x72)).toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    );
  });

  test('another message, key or signature does not verify, and nothing throws', () => {
    const key = signingKey(Buffer.alloc(32, 1));
    const signature = key.sign('m');
    expect(verifySignature(key.publicKey, 'm', signature)).toBe(true);
    expect(verifySignature(key.publicKey, 'n', signature)).toBe(false);
    expect(verifySignature(signingKey(Buffer.alloc(32, 2)).publicKey, 'm', signature)).toBe(false);
    expect(verifySignature(Buffer.alloc(32, 0xff), 'm', signature)).toBe(false);
    expect(verifySignature(key.publicKey, 'm', signature.subarray(1))).toBe(false);
    expect(verifySignature(Buffer.alloc(3), 'm', signature)).toBe(false);
  });
});

test('bytes are compared whole, and wiped bytes are zero', () => {
  expect(equalBytes(Buffer.from('ab'), Buffer.from('ab'))).toBe(true);
  expect(equalBytes(Buffer.from('ab'), Buffer.from('ac'))).toBe(false);
  expect(equalBytes(Buffer.from('ab'), Buffer.from('abc'))).toBe(false);
  const secret = sha256('x');
  wipe(secret, undefined);
  expect(secret.equals(Buffer.alloc(32))).toBe(true);
});
