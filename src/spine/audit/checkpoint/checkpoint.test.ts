import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keysOf, rootKeyOf, sha256 } from '#kit/crypto/index.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { formatLogKey, logSigner, parseLogKey } from './log-key.ts';
import { witnessFile } from './witness-file.ts';

const signer = logSigner(keysOf(rootKeyOf(Buffer.alloc(32, 1))));
const head = {
  size: 5,
  root: sha256('root'),
  leaves: [sha256('a'), sha256('b')],
  at: new Date('2026-03-02T09:00:00.123Z'),
};

describe('a checkpoint', () => {
  test('is a signed note of five lines and opens to what was signed', () => {
    const note = signCheckpoint(signer, head);
    expect(note.split('\n')).toEqual([
      signer.origin,
      '5',
      head.root.toString('base64'),
      Buffer.concat(head.leaves).toString('base64'),
      '2026-03-02T09:00:00.123Z',
      '',
      expect.stringMatching(new RegExp(`^— ${signer.origin} [A-Za-z0-9+/]{91}=$`)),
      '',
    ]);
    expect(openCheckpoint(signer, note)).toEqual({ origin: signer.origin, ...head });
  });

  test('opens beside the signatures of witnesses, and only for its own key', () => {
    const note = signCheckpoint(signer, head);
    const cosigned = `${note}— witness.example/w ${Buffer.alloc(72, 7).toString('base64')}\n`;
    expect(openCheckpoint(signer, cosigned)).toMatchObject({ size: 5 });
    const other = logSigner(keysOf(rootKeyOf(Buffer.alloc(32, 2))));
    expect(openCheckpoint(other, note)).toHaveProperty('refused');
    expect(openCheckpoint({ ...other, origin: signer.origin }, note)).toHaveProperty('refused');
  });

  test('does not open with any one character changed', () => {
    const note = signCheckpoint(signer, head);
    for (let i = 0; i < note.length; i += 1) {
      const changed = `${note.slice(0, i)}${note[i] === 'B' ? 'C' : 'B'}${note.slice(i + 1)}`;
      expect(openCheckpoint(signer, changed), `character ${i}`).toHaveProperty('refused');
    }
  });

  test.each(['', 'x', '\n\n', 'a\n\nb\n', '\n'.repeat(200), 'x'.repeat(2_000_000)])('is nothing else: %#', (note) => {
    expect(openCheckpoint(signer, note)).toHaveProperty('refused');
  });

  test("is signed as Go's note package signs", () => {
    const key = parseLogKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const note =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
      '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
    expect(openCheckpoint(key, note)).toEqual({ refused: 'its text is not a checkpoint' });
    expect(openCheckpoint(key, note.replace('think', 'thank'))).toEqual({ refused: 'its signature is wrong' });
  });
});

describe('the public key', () => {
  test('is written and read as signed-note does', () => {
    const text = formatLogKey(signer);
    expect(text).toMatch(/^reeve\.audit\/[0-9a-f]{16}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{43,44}=?$/);
    expect(parseLogKey(`${text}\n`)).toEqual({ origin: signer.origin, publicKey: signer.publicKey });
    expect(formatLogKey(parseLogKey('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8'))).toBe(
      'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8',
    );
  });

  test.each(['', 'x+y+z', 'reeve.audit/1+00000000+AAAA'])('is nothing else: %s', (text) => {
    expect(() => parseLogKey(text)).toThrow(expect.objectContaining({ code: 'input.invalid', status: 422 }) as Error);
  });
});

test('the witness file keeps the newest checkpoint whole, and a damaged one is not passed over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reeve-witness-'));
  const path = join(folder, 'witness');
  const witness = witnessFile(path, signer);
  expect(await witness.latest()).toBeUndefined();
  for (const size of [5, 9]) {
    const checkpoint = { origin: signer.origin, ...head, size };
    await witness.advance({ note: signCheckpoint(signer, checkpoint), checkpoint });
  }
  expect(await witness.latest()).toMatchObject({ size: 9 });
  expect(await witnessFile(path, signer).latest()).toMatchObject({ size: 9 });
  expect(await readdir(folder)).toEqual(['witness']);
  await writeFile(path, (await readFile(path, 'utf8')).replace('\n9\n', '\n8\n'));
  await expect(witnessFile(path, signer).latest()).rejects.toMatchObject({ code: 'audit.witness_damaged' });
  await rm(folder, { recursive: true });
});
