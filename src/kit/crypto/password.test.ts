import { describe, expect, test } from 'vitest';
import { keysOf, rootKeyOf } from './keys.ts';
import { hashPassword, passwordIsDated, verifyPassword } from './password.ts';
import { base32, hashToken, newToken } from './token.ts';

const keys = keysOf(rootKeyOf(Buffer.alloc(32, 3)));

describe('passwords', () => {
  test('a password verifies under the root key it was hashed with, in whichever Unicode form it is typed', async () => {
    const stored = await hashPassword(keys, 'lena', 'caf\u00e9 au lait');
    expect(stored.startsWith('$argon2id$v=19$m=65536,t=3,p=4$')).toBe(true);
    expect(await verifyPassword(keys, 'lena', stored, 'cafe\u0301 au lait')).toBe(true);
    expect(await verifyPassword(keys, 'lena', stored, 'cafe au lait')).toBe(false);
    expect(await verifyPassword(keysOf(rootKeyOf(Buffer.alloc(32, 4))), 'lena', stored, 'caf\u00e9 au lait')).toBe(
      false,
    );
    expect(await verifyPassword(keys, 'ines', stored, 'caf\u00e9 au lait')).toBe(false);
    expect(passwordIsDated(stored)).toBe(false);
    expect(
      passwordIsDated(
        '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Vb0n8Z9xVb0n8Z9xVb0n8Z9xVb0n8Z9xVb0n8Z9xVb0',
      ),
    ).toBe(true);
  });

  test('somebody unknown never gets in, and finding out takes as long as a wrong password', async () => {
    const stored = await hashPassword(keys, 'lena', 'right');
    const fastest = { known: Infinity, unknown: Infinity };
    for (let i = 0; i < 8; i += 1) {
      for (const [who, hash] of [
        ['known', stored],
        ['unknown', undefined],
      ] as const) {
        const before = performance.now();
        expect(await verifyPassword(keys, 'lena', hash, 'wrong')).toBe(false);
        fastest[who] = Math.min(fastest[who], performance.now() - before);
      }
    }
    // The quickest of eight: what else runs on the machine only ever adds.
    expect(fastest.unknown / fastest.known).toBeGreaterThan(0.6);
    expect(fastest.unknown / fastest.known).toBeLessThan(1.7);
  });

  test('an endless password is refused before it costs anything', async () => {
    await expect(hashPassword(keys, 'lena', 'x'.repeat(1025))).rejects.toMatchObject({ code: 'password.too_long' });
    const stored = await hashPassword(keys, 'lena', '\0');
    expect(await verifyPassword(keys, 'lena', stored, 'x'.repeat(1025))).toBe(false);
  });
});

describe('tokens', () => {
  test('base32 is that of RFC 4648 §10, in lower case and unpadded', () => {
    const cases = {
      '': '',
      f: 'my',
      fo: 'mzxq',
      foo: 'mzxw6',
      foob: 'mzxw6yq',
      fooba: 'mzxw6ytb',
      foobar: 'mzxw6ytboi',
    };
    for (const [text, encoded] of Object.entries(cases)) expect(base32(Buffer.from(text))).toBe(encoded);
  });

  test('a token holds 256 random bits behind its prefix and is stored as its hash only', () => {
    const tokens = Array.from({ length: 1000 }, () => newToken());
    expect(new Set(tokens).size).toBe(1000);
    for (const token of tokens) expect(token).toMatch(/^rv_[a-z2-7]{52}$/);
    expect(newToken('rvcli')).toMatch(/^rvcli_/);
    expect(hashToken('rv_a').equals(hashToken('rv_a'))).toBe(true);
    expect(hashToken('rv_a').equals(hashToken('rv_b'))).toBe(false);
    expect(hashToken('rv_a')).toHaveLength(32);
  });
});
