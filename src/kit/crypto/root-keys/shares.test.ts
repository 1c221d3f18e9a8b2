import * as fc from 'fast-check';
import { combine } from 'shamir-secret-sharing';
import { describe, expect, test } from 'vitest';
import { randomSecret } from '../seal.ts';
import { rootKeyId } from './in-memory.ts';
import { joinKey, placeOfShare, readShare, splitKey } from './shares.ts';

/** Every subset of so many of a list. */
function* subsets<T>(list: readonly T[], size: number): IterableIterator<readonly T[]> {
  if (size === 0) return yield [];
  for (const [i, one] of list.entries()) for (const rest of subsets(list.slice(i + 1), size - 1)) yield [one, ...rest];
}

describe.each([
  [2, 2],
  [3, 2],
  [5, 3],
  [6, 4],
  [7, 7],
])('a root key in %i shares of which %i open', (shares, threshold) => {
  test('is joined by any so many of them, in any order, and by more', async () => {
    const secret = randomSecret(32);
    const made = await splitKey(secret, { shares, threshold });
    for (let size = threshold; size <= shares; size += 1)
      for (const some of subsets(made.shares, size))
        expect((await joinKey(rootKeyId(secret), [...some].toReversed())).equals(secret)).toBe(true);
  });

  test('is joined by no fewer', async () => {
    const secret = randomSecret(32);
    const made = await splitKey(secret, { shares, threshold });
    for (let size = 1; size < threshold; size += 1)
      for (const some of subsets(made.shares, size))
        await expect(joinKey(rootKeyId(secret), some)).rejects.toMatchObject({ code: 'root_key.shares_do_not_join' });
  });
});

test('one share too few says nothing: with each value the missing one could have, every key is as likely as every other', async () => {
  const secret = randomSecret(32);
  const { shares } = await splitKey(secret, { shares: 3, threshold: 3 });
  const [one, two, three] = shares.map((text) => Buffer.from(readShare(text).bytes, 'hex'));
  const first = new Set<number>();
  for (let value = 0; value < 256; value += 1) {
    const guess = Buffer.from(three ?? '');
    guess[0] = value;
    first.add((await combine([one, two, guess].map((part) => new Uint8Array(part ?? []))))[0] ?? -1);
  }
  expect(first.size).toBe(256);
});

test('no single character of a share can be wrong unnoticed, and blanks and upper case do not matter', async () => {
  const secret = randomSecret(32);
  const { shares, digests } = await splitKey(secret, { shares: 3, threshold: 2 });
  const share = shares[0] ?? '';
  expect(readShare(` ${share.toUpperCase().replaceAll(/(.{5})/g, '$1 ')}\n`).text).toBe(share);
  for (let i = 0; i < share.length; i += 1) {
    for (const other of ['0', 'f', 'x', '']) {
      if (share[i] === other) continue;
      const typed = share.slice(0, i) + other + share.slice(i + 1);
      expect(() => readShare(typed), typed).toThrow(expect.objectContaining({ status: 422 }));
    }
  }
  expect(shares.map((text) => placeOfShare(text, digests))).toEqual([0, 1, 2]);
});

test('shares of different keys, and one share twice, join to nothing', async () => {
  const [a, b] = [randomSecret(32), randomSecret(32)];
  const [ofA, ofB] = [await splitKey(a, { shares: 3, threshold: 2 }), await splitKey(b, { shares: 3, threshold: 2 })];
  const no = { code: 'root_key.shares_do_not_join' };
  await expect(joinKey(rootKeyId(a), [ofA.shares[0] ?? '', ofB.shares[1] ?? ''])).rejects.toMatchObject(no);
  await expect(joinKey(rootKeyId(a), [ofA.shares[0] ?? '', ofA.shares[0] ?? ''])).rejects.toMatchObject(no);
  expect(placeOfShare(ofB.shares[0] ?? '', ofA.digests)).toBeUndefined();
});

test('whatever is typed is a share or is refused as none, never repeated', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^rs1-[0-9a-f]{16}-[0-9a-f]{66}-[0-9a-f]{8}$/)), (typed) => {
      try {
        readShare(typed);
      } catch (error) {
        expect(error).toMatchObject({ status: 422, code: 'input.invalid' });
        if (typed.length > 8) expect(String((error as Error).message)).not.toContain(typed);
      }
    }),
  );
});
