import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyProof } from './proof.ts';
import type { InclusionProof } from './shapes/platform.ts';

/** The tree straight from the definition in RFC 6962 §2.1: recursive, slow, obvious. */
const sha = (...parts: (Buffer | string)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const split = (n: number) => 2 ** Math.floor(Math.log2(n - 1));
const rootOf = (leaves: Buffer[]): Buffer => {
  if (leaves.length === 1) return leaves[0] ?? Buffer.alloc(0);
  const k = split(leaves.length);
  return sha(Buffer.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
};
const pathOf = (index: number, leaves: Buffer[]): Buffer[] => {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...pathOf(index, leaves.slice(0, k)), rootOf(leaves.slice(k))]
    : [...pathOf(index - k, leaves.slice(k)), rootOf(leaves.slice(0, k))];
};

const keys = generateKeyPairSync('ed25519');
const typed = Buffer.concat([Buffer.of(1), keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)]);
const origin = 'reeve.audit/test';
const keyId = sha(`${origin}\n`, typed).subarray(0, 4);
const key = `${origin}+${keyId.toString('hex')}+${typed.toString('base64')}`;

const entryAt = (n: number) => ({
  v: 1,
  id: `event ${String(n)}`,
  type: 'grant.ended',
  data: { reason: 'ütf-8 “text”', n },
  sealed: { name: 'c2VhbGVk' },
});
/** Written out by hand, members in order: what RFC 8785 makes of the entry above. */
const leafAt = (n: number) =>
  sha(
    Buffer.of(0),
    `{"data":{"n":${String(n)},"reason":"ütf-8 “text”"},"id":"event ${String(n)}","sealed":"${sha('{"name":"c2VhbGVk"}').toString('base64')}","type":"grant.ended","v":1}`,
  );
const noteOf = (size: number, root: Buffer) => {
  const text = `${origin}\n${String(size)}\n${root.toString('base64')}\n${sha('x').toString('base64')}\n2026-01-01T00:00:00.000Z\n`;
  return `${text}\n— ${origin} ${Buffer.concat([keyId, sign(null, Buffer.from(text), keys.privateKey)]).toString('base64')}\n`;
};
const proofFor = (index: number, size: number): InclusionProof => {
  const leaves = Array.from({ length: size }, (_, i) => leafAt(i));
  return {
    entry: entryAt(index),
    seq: index,
    size,
    leaf: leafAt(index).toString('base64'),
    path: pathOf(index, leaves).map((node) => node.toString('base64')),
    checkpoint: noteOf(size, rootOf(leaves)),
  };
};
const flip = (base64: string) => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
};
const holds = async (index: number, size: number) =>
  (await verifyProof(entryAt(index), proofFor(index, size), key, key)).ok;

describe('an event is proved to be in the log', () => {
  test('at every position of every tree up to 17 entries', async () => {
    for (let size = 1; size <= 17; size += 1)
      for (let index = 0; index < size; index += 1)
        expect(await holds(index, size), `${String(index)} of ${String(size)}`).toBe(true);
  });
  test('at random positions of larger trees', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.nat(), async (size, n) => {
        expect(await holds(n % size, size)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
  test('whichever way round its members were sent', async () => {
    const { data, ...rest } = entryAt(5);
    expect((await verifyProof(entryAt(5), { ...proofFor(5, 11), entry: { data, ...rest } }, key, key)).ok).toBe(true);
  });
});

describe('a false proof is refused at the step that is wrong', () => {
  const good = proofFor(5, 11);
  const failing = async (
    proof: InclusionProof,
    event = entryAt(5),
    with_: string = key,
    trusted: string | undefined = key,
  ) => (await verifyProof(event, proof, with_, trusted)).steps.filter((step) => !step.ok).map((step) => step.title);

  test('another entry than the one shown', async () => {
    expect(await failing(good, entryAt(4))).toEqual(['Entry 5']);
  });
  test('an entry with a member changed, added or dropped', async () => {
    expect(await failing({ ...good, entry: { ...entryAt(5), actor: 'x' } })).toEqual(['Entry 5', 'Root']);
    expect(await failing({ ...good, entry: { ...entryAt(5), sealed: {} } })).toEqual(['Entry 5', 'Root']);
  });
  test('another position, or one past the end', async () => {
    expect(await failing({ ...good, seq: 4 })).toEqual(['Root']);
    expect(await failing({ ...good, seq: 11 })).toEqual(['Root']);
  });
  test('a neighbour changed, missing or added', async () => {
    expect(await failing({ ...good, path: [flip(good.path[0] ?? ''), ...good.path.slice(1)] })).toEqual(['Root']);
    expect(await failing({ ...good, path: good.path.slice(1) })).toEqual(['Root']);
    expect(await failing({ ...good, path: [...good.path, good.path[0] ?? ''] })).toEqual(['Root']);
  });
  test('a checkpoint of another tree', async () => {
    expect(await failing({ ...good, checkpoint: proofFor(5, 12).checkpoint })).toEqual(['Root']);
  });
  test('a checkpoint whose text was changed after signing', async () => {
    expect(await failing({ ...good, checkpoint: good.checkpoint.replace('2026-01-01', '2026-01-02') })).toEqual([
      'Checkpoint is signed',
    ]);
  });
  test('a checkpoint without a signature of this key', async () => {
    expect(
      await failing({ ...good, checkpoint: good.checkpoint.slice(0, good.checkpoint.indexOf('\n\n') + 2) }),
    ).toEqual(['Checkpoint is signed']);
  });
  test('a key that is not the one known before', async () => {
    expect(await failing(good, entryAt(5), key, 'another')).toEqual(['Key']);
  });
  test('a key whose id is not its own', async () => {
    expect(await failing(good, entryAt(5), key.replace(keyId.toString('hex'), '00000000'))).toContain(
      'Checkpoint is signed',
    );
  });
});
