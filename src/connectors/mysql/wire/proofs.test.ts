import { createPublicKey, verify } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ed25519Signature, nobodysForm, storedForm } from '#kit/mysql-proofs/index.ts';
import { proveLogin, usable } from './proofs.ts';

/** An Ed25519 public key as DER: the fixed head of RFC 8410, then its 32 bytes. */
const publicKey = (raw: Buffer) =>
  createPublicKey({
    key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]),
    format: 'der',
    type: 'spki',
  });

describe('proofs of a password', () => {
  it('are stored as MariaDB stores them', () => {
    // `select password('secret')` and the documentation of the plugin ed25519.
    expect(storedForm('mysql_native_password', 'secret')).toBe('*14E65567ABDB5135D0CFD9A70B3032C179A49EE7');
    expect(storedForm('ed25519', 'secret')).toBe('ZIgUREUg5PVgQ6LskhXmO+eZLS0nC8be6HPjYWR4YJY');
    expect(nobodysForm('mysql_native_password')).toBe('invalid');
    expect(nobodysForm('ed25519')).not.toBe(nobodysForm('ed25519'));
  });

  it('by Ed25519 stand the check of RFC 8032, for their own question only', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[\x20-\x7e]{1,60}$/u),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (password, question) => {
          const key = publicKey(Buffer.from(storedForm('ed25519', password), 'base64'));
          const proof = ed25519Signature(Buffer.from(question), Buffer.from(password));
          const other = Buffer.from(question.map((byte) => byte ^ 1));
          expect([verify(null, question, key, proof), verify(null, other, key, proof)]).toEqual([true, false]);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('are given for ways that hide the password, and for no others', () => {
    const question = Buffer.alloc(33, 7);
    expect(proveLogin('mysql_native_password', question, 'x')).toHaveLength(20);
    expect(proveLogin('client_ed25519', question, 'x')).toHaveLength(64);
    for (const way of ['mysql_clear_password', 'dialog', 'mysql_old_password', 'sha256_password', ''])
      expect(proveLogin(way, question, 'x')).toBeUndefined();
    expect(() => proveLogin('mysql_native_password', Buffer.alloc(3), 'x')).toThrow(/without a question/u);
  });

  it.each(['', 'a\nb', 'ü', 'a\0', 'x'.repeat(501)])('%j is no password two programs would spell alike', (password) => {
    expect(() => usable(password)).toThrow(/printable ASCII/u);
  });
});
