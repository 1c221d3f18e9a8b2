import { chmodSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { until } from '#kit/testing/index.ts';
import { softToken, type SoftToken } from '#test/harness/soft-token.ts';
import { randomSecret } from '../seal.ts';
import { makeTokenKey, openTokenKey } from './pkcs11.ts';

const made = softToken();
if (typeof made === 'string') console.log(`SKIP PKCS#11: ${made}`);

describe.runIf(typeof made !== 'string')('a root key in a token (SoftHSM2)', () => {
  let token: SoftToken;
  beforeAll(() => {
    token = made as SoftToken;
  });

  test('wraps and unwraps, for its context only, and another key of the token opens nothing', async () => {
    const key = await makeTokenKey(token.settings);
    const secret = randomSecret(32);
    const wrapped = await key.wrap(secret, 'a');
    expect(wrapped.includes(secret)).toBe(false);
    expect((await key.unwrap(wrapped, 'a')).equals(secret)).toBe(true);
    await expect(key.unwrap(wrapped, 'b')).rejects.toMatchObject({ code: 'crypto.does_not_open' });
    const flipped = Buffer.from(wrapped);
    flipped[20] = (flipped[20] ?? 0) ^ 1;
    await expect(key.unwrap(flipped, 'a')).rejects.toMatchObject({ code: 'crypto.does_not_open' });
    const other = await makeTokenKey(token.settings);
    await expect(other.unwrap(wrapped, 'a')).rejects.toMatchObject({ code: 'crypto.does_not_open' });
    await Promise.all([key.close(), other.close()]);
    const again = await openTokenKey(token.settings, key.id);
    expect((await again.unwrap(wrapped, 'a')).equals(secret)).toBe(true);
    await again.close();
  });

  test('never leaves the token: it is sensitive, was always, and cannot be extracted', async () => {
    const key = await makeTokenKey(token.settings);
    const told = token.tool('--list-objects', '--type', 'secrkey');
    expect(told).toMatch(/always sensitive/);
    expect(told).toMatch(/never extractable/);
    expect(() => token.tool('--read-object', '--type', 'secrkey', '--label', `reeve root key ${key.id}`)).toThrow(
      /sensitive|CKR_ATTRIBUTE_SENSITIVE|failed/i,
    );
    await key.close();
  });

  test('a token that is taken out is noticed, and what is asked then is refused at once', async () => {
    const key = await makeTokenKey(token.settings);
    const wrapped = await key.wrap(randomSecret(32), 'a');
    token.takeOut();
    try {
      await until(() => key.gone?.aborted === true, { timeoutMs: 5_000, what: 'the token to be missed' });
      await expect(key.unwrap(wrapped, 'a')).rejects.toMatchObject({ code: 'root_key.unreachable', status: 503 });
      await expect(openTokenKey(token.settings, key.id)).rejects.toMatchObject({ code: 'root_key.unreachable' });
    } finally {
      token.putBack();
    }
    const back = await openTokenKey(token.settings, key.id);
    expect((await back.unwrap(wrapped, 'a')).length).toBe(32);
    await back.close();
  });

  test('a library, token, PIN or key that is not there is told, each with what to mend', async () => {
    const { settings } = token;
    const unreachable = { code: 'root_key.unreachable', fix: expect.stringContaining('pkcs11_') as string };
    await expect(openTokenKey({ ...settings, module: '/nowhere.so' }, 'x')).rejects.toMatchObject(unreachable);
    await expect(openTokenKey({ ...settings, token: 'other' }, 'x')).rejects.toMatchObject({
      ...unreachable,
      message: expect.stringContaining('no token labelled other') as string,
    });
    await expect(openTokenKey(settings, '0'.repeat(16))).rejects.toMatchObject({
      ...unreachable,
      message: expect.stringContaining('no key labelled') as string,
    });
    await expect(openTokenKey({ ...settings, pinFile: '/nowhere' }, 'x')).rejects.toMatchObject({
      code: 'root_key.misconfigured',
    });
    chmodSync(settings.pinFile, 0o644);
    await expect(openTokenKey(settings, 'x')).rejects.toMatchObject({
      code: 'root_key.misconfigured',
      fix: `chmod 600 ${settings.pinFile}`,
    });
    chmodSync(settings.pinFile, 0o600);
  });
});
