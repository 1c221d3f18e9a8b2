import { generateKeyPairSync, sign, createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyProof } from './proof.ts';
import type { InclusionProof } from './shapes/platform.ts';

/** The tree straight from the definition in RFC 6962 §2.1: recursive, slow, obvious. */
const hash = (mark: number, ...parts: Buffer[]) =>
  createHash('sha256').update(Buffer.of(mark)).update(Buffer.concat(parts)).digest();
const split = (n: number) => 2 ** Math.floor(Math.log2(n - 1));
const rootOf = (leaves: Buffer[]): Buffer => {
  if (leaves.length === 1) return hash(0, leaves[0] ?? Buffer.alloc(0));
  const k = split(leaves.length);
  return hash(1, rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
};
const pathOf = (index: number, leaves: Buffer[]): Buffer[] => {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...pathOf(index, leaves.slice(0, k)), rootOf(leaves.slice(k))]
    : [...pathOf(index - k, leaves.slice(k)), rootOf(leaves.slice(0, k))];
};

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
const proofFor = (index: number, size: number): InclusionProof => {
  const leaves = Array.from({ length: size }, (_, i) => Buffer.from(`event ${String(i)}`));
  const root = rootOf(leaves).toString('base64');
  const signed = Buffer.from(`reeve/test\n${String(size)}\n${root}\n`);
  return {
    leaf: Buffer.from(`event ${String(index)}`).toString('base64'),
    index,
    path: pathOf(index, leaves).map((node) => node.toString('base64')),
    checkpoint: {
      origin: 'reeve/test',
      size,
      root,
      signed: signed.toString('base64'),
      signature: sign(null, signed, privateKey).toString('base64'),
      keyId: 'k1',
      publicKey: raw,
    },
  };
};
const flip = (base64: string) => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
};

describe('an event is proved to be in the log', () => {
  test('for every position of every tree up to 17 entries', async () => {
    for (let size = 1; size <= 17; size += 1)
      for (let index = 0; index < size; index += 1) {
        const result = await verifyProof(proofFor(index, size));
        expect(result.ok, `${String(index)} of ${String(size)}`).toBe(true);
      }
  });
  test('at random positions of larger trees', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.nat(), async (size, n) => {
        expect((await verifyProof(proofFor(n % size, size))).ok).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a false proof is refused at the step that is wrong', () => {
  const good = proofFor(5, 11);
  const failing = async (proof: InclusionProof) =>
    (await verifyProof(proof)).steps.filter((step) => !step.ok).map((step) => step.title);

  test('other bytes of the event', async () => {
    expect(await failing({ ...good, leaf: flip(good.leaf) })).toEqual(['Root']);
  });
  test('another position', async () => {
    expect(await failing({ ...good, index: 4 })).toEqual(['Root']);
  });
  test('a position past the end', async () => {
    expect(await failing({ ...good, index: 11 })).toEqual(['Root']);
  });
  test('a neighbour changed, missing or added', async () => {
    expect(await failing({ ...good, path: [flip(good.path[0] ?? ''), ...good.path.slice(1)] })).toEqual(['Root']);
    expect(await failing({ ...good, path: good.path.slice(1) })).toEqual(['Root']);
    expect(await failing({ ...good, path: [...good.path, good.path[0] ?? ''] })).toEqual(['Root']);
  });
  test('a root that was not signed', async () => {
    const other = proofFor(5, 12);
    expect(
      await failing({
        ...other,
        checkpoint: { ...other.checkpoint, signed: good.checkpoint.signed, signature: good.checkpoint.signature },
      }),
    ).toEqual(['Signed text names this tree']);
  });
  test('a signature of somebody else', async () => {
    expect(
      await failing({ ...good, checkpoint: { ...good.checkpoint, signature: flip(good.checkpoint.signature) } }),
    ).toEqual(['Checkpoint is signed']);
  });
});
