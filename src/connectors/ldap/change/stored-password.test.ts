import { createHash, pbkdf2Sync } from 'node:crypto';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runCommand } from '#lab/index.ts';
import { fitsStored } from './stored-password.ts';

const salted = (scheme: string, algorithm: string, password: string, salt: Buffer): string =>
  `{${scheme}}${Buffer.concat([createHash(algorithm).update(password).update(salt).digest(), salt]).toString('base64')}`;

describe('a stored password', () => {
  it('fits the password it was made from and no other, in every scheme that can be compared', async () => {
    const schemes = [
      ['SSHA', 'sha1'],
      ['ssha', 'sha1'],
      ['SSHA256', 'sha256'],
      ['SSHA384', 'sha384'],
      ['SSHA512', 'sha512'],
      ['SMD5', 'md5'],
    ] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 1 }),
        fc.uint8Array({ minLength: 4, maxLength: 16 }),
        fc.constantFrom(...schemes),
        async (right, wrong, salt, [scheme, algorithm]) => {
          const stored = salted(scheme, algorithm, right, Buffer.from(salt));
          expect(await fitsStored(right, stored)).toBe(true);
          expect(await fitsStored(wrong, stored)).toBe(wrong === right);
        },
      ),
    );
    const plain = (bytes: Buffer): string => bytes.toString('base64').replaceAll('+', '.').replace(/=+$/u, '');
    const salt = Buffer.from('0123456789abcdef');
    const derived = `{PBKDF2-SHA512}1000$${plain(salt)}$${plain(pbkdf2Sync('right', salt, 1000, 64, 'sha512'))}`;
    expect([await fitsStored('right', derived), await fitsStored('wrong', derived)]).toEqual([true, false]);
    expect([await fitsStored('clear', 'clear'), await fitsStored('clear', 'other')]).toEqual([true, false]);
  });

  it('in a scheme that cannot be compared here, or damaged, is unknown and never a fit', async () => {
    for (const stored of [
      '{CRYPT}$6$x$y',
      '{ARGON2}$argon2id$v=19$m=1,t=1,p=1$a$b',
      '{SASL}user@realm',
      '{SSHA}',
      '{SSHA}AAAA',
      '{PBKDF2}x',
      '{PBKDF2}99999999999$a$b',
    ])
      expect(await fitsStored('x', stored), stored).toBeUndefined();
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (password, stored) => {
        if (password !== stored) expect(await fitsStored(password, `{SSHA}${stored}`)).not.toBe(true);
      }),
    );
  });

  it('is what the server’s own program makes of it', async (context) => {
    if (!existsSync('/usr/sbin/slappasswd')) {
      console.log('SKIP passwords beside slappasswd: it is not installed (slapd)');
      return context.skip('slappasswd is not installed');
    }
    for (const scheme of ['{SSHA}', '{SHA}', '{SMD5}', '{MD5}', '{CLEARTEXT}']) {
      const made = (await runCommand('/usr/sbin/slappasswd', ['-n', '-h', scheme, '-s', 'not a secret: pä"ss'])).stdout;
      expect([scheme, await fitsStored('not a secret: pä"ss', made)]).toEqual([scheme, true]);
      expect(await fitsStored('another', made)).toBe(false);
    }
  });
});
