import { createSecretKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openAesGcm, sealAesGcm, sealingKey } from './seal.ts';

interface AesCase {
  tcId: number;
  key: string;
  iv: string;
  aad: string;
  msg: string;
  ct: string;
  tag: string;
  result: 'valid' | 'invalid';
}
interface Vectors {
  testGroups: { tests: AesCase[] }[];
}

/** `shared/data` beside the repository, or above it. */
function vectors(name: string): Vectors | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, 'shared/data/vectors', name);
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Vectors;
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const aes = vectors('aes_gcm_test.json');
if (aes === undefined) {
  console.log('SKIP Wycheproof AES-GCM: shared/data/vectors is neither beside this repository nor above it');
}

const opens = (t: AesCase): string | undefined =>
  openAesGcm(createSecretKey(hex(t.key)), {
    nonce: hex(t.iv),
    tag: hex(t.tag),
    ciphertext: hex(t.ct),
    additional: hex(t.aad),
  })?.toString('hex');
const seals = (t: AesCase): string => {
  const box = { nonce: hex(t.iv), plaintext: hex(t.msg), additional: hex(t.aad) };
  const made = sealAesGcm(createSecretKey(hex(t.key)), box);
  return made.ciphertext.toString('hex') + made.tag.toString('hex');
};

describe.runIf(aes !== undefined)('Wycheproof AES-GCM', () => {
  const all = (aes?.testGroups ?? []).flatMap((g) => g.tests);
  const ours = all.filter((t) => t.key.length === 64 && t.iv.length === 24);
  const ids = (cases: readonly AesCase[]): number[] => cases.map((t) => t.tcId);

  test('every valid vector with a 256-bit key and a 96-bit nonce opens, and seals to the same bytes', () => {
    const valid = ours.filter((t) => t.result === 'valid');
    expect(valid.length).toBeGreaterThan(30);
    expect(ids(valid.filter((t) => opens(t) !== t.msg))).toEqual([]);
    expect(ids(valid.filter((t) => seals(t) !== t.ct + t.tag))).toEqual([]);
  });

  test('no invalid vector opens', () => {
    const invalid = ours.filter((t) => t.result === 'invalid');
    expect(invalid.length).toBeGreaterThan(20);
    expect(ids(invalid.filter((t) => opens(t) !== undefined))).toEqual([]);
  });

  test('nonces of another length and shorter keys are refused, valid or not', () => {
    const odd = all.filter((t) => t.key.length === 64 && t.iv.length !== 24);
    expect(odd.length).toBeGreaterThan(30);
    expect(ids(odd.filter((t) => opens(t) !== undefined))).toEqual([]);
    const short = all.filter((t) => t.key.length < 64);
    expect(short.length).toBeGreaterThan(100);
    for (const t of short) expect(() => sealingKey(hex(t.key)), `key of test ${t.tcId}`).toThrow(RangeError);
  });
});
