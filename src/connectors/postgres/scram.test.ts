import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsVerifier, makeVerifier, usable } from './scram.ts';

/** The exchange of RFC 7677 §3, stored as PostgreSQL stores it. */
const pencil =
  'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=';

describe('SCRAM verifiers', () => {
  it('agree with RFC 7677', async () => {
    expect(await fitsVerifier('pencil', pencil)).toBe(true);
    expect(await fitsVerifier('pencil2', pencil)).toBe(false);
  });

  it('fit the password they were made from and no other, and never repeat', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[\x20-\x7e]{1,40}$/u), async (password) => {
        const verifier = await makeVerifier(password);
        expect(verifier).toMatch(/^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/u);
        expect(verifier).not.toBe(await makeVerifier(password));
        expect([await fitsVerifier(password, verifier), await fitsVerifier(`${password}x`, verifier)]).toEqual([
          true,
          false,
        ]);
      }),
      { numRuns: 20 },
    );
  });

  it.each(['md5abc', '', 'SCRAM-SHA-256$99999999:AA==$AA==:AA==', 'plain'])(
    'say nothing about `%s`',
    async (stored) => {
      expect(await fitsVerifier('x', stored)).toBeUndefined();
    },
  );

  it.each(['', 'a\nb', 'ü', 'a\0', 'x'.repeat(501)])(
    'are not made from %j, which two programs might spell differently',
    (password) => {
      expect(() => usable(password)).toThrow(/printable ASCII/u);
    },
  );
});
