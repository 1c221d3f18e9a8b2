import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Frontier, ones, type NodeRef } from './frontier.ts';
import { EMPTY_ROOT, nodeHash } from './hash.ts';
import { proveConsistency, proveInclusion, verifyConsistency, verifyInclusion } from './proofs.ts';

const sha = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const leafOf = (content: Buffer): Buffer => sha(Buffer.of(0), content);

/** Roots of runs of leaves, by the first of them and how many: every list here is a piece of one, and asked about again and again. */
const known = new WeakMap<Buffer, Map<number, Buffer>>();

/** The definitions of RFC 6962 §2.1 word for word: slow, obvious, and independent of what they check. */
const slow = {
  root(d: readonly Buffer[]): Buffer {
    if (d.length === 0) return sha();
    if (d.length === 1) return d[0] as Buffer;
    const first = d[0] as Buffer;
    const runs = known.get(first) ?? new Map<number, Buffer>();
    known.set(first, runs);
    const k = slow.k(d.length);
    const root = runs.get(d.length) ?? sha(Buffer.of(1), slow.root(d.slice(0, k)), slow.root(d.slice(k)));
    runs.set(d.length, root);
    return root;
  },
  k: (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1),
  path(m: number, d: readonly Buffer[]): Buffer[] {
    if (d.length === 1) return [];
    const k = slow.k(d.length);
    return m < k
      ? [...slow.path(m, d.slice(0, k)), slow.root(d.slice(k))]
      : [...slow.path(m - k, d.slice(k)), slow.root(d.slice(0, k))];
  },
  proof(m: number, d: readonly Buffer[], whole = true): Buffer[] {
    if (m === d.length) return whole ? [] : [slow.root(d)];
    const k = slow.k(d.length);
    return m <= k
      ? [...slow.proof(m, d.slice(0, k), whole), slow.root(d.slice(k))]
      : [...slow.proof(m - k, d.slice(k), false), slow.root(d.slice(0, k))];
  },
};

const leaves = (n: number): Buffer[] => Array.from({ length: n }, (_, i) => leafOf(Buffer.from(`leaf ${i}`)));
const grow = (all: readonly Buffer[]): Frontier => {
  const tree = new Frontier();
  for (const leaf of all) tree.append(leaf);
  return tree;
};
const reader = (all: readonly Buffer[]) => (refs: readonly NodeRef[]) =>
  Promise.resolve(refs.map(({ level, index }) => slow.root(all.slice(index * 2 ** level, (index + 1) * 2 ** level))));
const hexes = (hashes: readonly Buffer[]): string[] => hashes.map((h) => h.toString('hex'));

describe('known vectors', () => {
  // The eight leaves and roots of the Certificate Transparency reference tests.
  const contents = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const roots = [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  const all = contents.map((hex) => leafOf(Buffer.from(hex, 'hex')));

  test('the roots of one to eight leaves are those of the reference', () => {
    expect(EMPTY_ROOT.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(
      all.map((_, i) =>
        grow(all.slice(0, i + 1))
          .root()
          .toString('hex'),
      ),
    ).toEqual(roots);
  });

  test('the paths and consistency proofs printed in the reference come out', async () => {
    expect(hexes(await proveInclusion(0, 8, reader(all)))).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    expect(hexes(await proveInclusion(2, 3, reader(all)))).toEqual([roots[1]]);
    expect(hexes(await proveConsistency(6, 8, reader(all)))).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      roots[3],
    ]);
  });
});

describe('against the definitions', () => {
  test('root, edge, inclusion and consistency agree for every size up to 70 and every leaf and older size', async () => {
    const all = leaves(70);
    for (let n = 1; n <= 70; n += 1) {
      const d = all.slice(0, n);
      const root = slow.root(d);
      const tree = grow(d);
      expect(tree.root().equals(root)).toBe(true);
      expect(tree.edge).toHaveLength(ones(n));
      for (let m = 0; m < n; m += 1) {
        const path = await proveInclusion(m, n, reader(d));
        expect(hexes(path)).toEqual(hexes(slow.path(m, d)));
        expect(verifyInclusion(m, n, d[m] as Buffer, path, root)).toBe(true);
        const proof = await proveConsistency(m, n, reader(d));
        expect(hexes(proof)).toEqual(m === 0 ? [] : hexes(slow.proof(m, d)));
        expect(verifyConsistency({ size: m, root: slow.root(d.slice(0, m)) }, { size: n, root }, proof)).toBe(true);
      }
    }
  });

  test('a tree grown on from a stored edge is the tree grown at once, and names each inner node it completes', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), (a, b) => {
        const all = leaves(a + b);
        const first = grow(all.slice(0, a));
        const second = new Frontier(first.size, first.edge);
        const nodes: [NodeRef, Buffer][] = [];
        for (const leaf of all.slice(a)) second.append(leaf, (ref, hash) => nodes.push([ref, hash]));
        expect(second.root().equals(grow(all).root())).toBe(true);
        for (const [{ level, index }, hash] of nodes) {
          expect(hash.equals(slow.root(all.slice(index * 2 ** level, (index + 1) * 2 ** level)))).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('no other leaf, place, size, root or proof verifies', async () => {
    const all = leaves(100);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 100 }), fc.nat(), fc.nat(), fc.nat(255), async (n, a, b, bit) => {
        const d = all.slice(0, n);
        const root = slow.root(d);
        const m = a % n;
        const path = await proveInclusion(m, n, reader(d));
        const leaf = d[m] as Buffer;
        const flip = (hash: Buffer): Buffer => {
          const out = Buffer.from(hash);
          out[bit >> 3] = (out[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          return out;
        };
        const at = b % path.length;
        expect(verifyInclusion(m, n, flip(leaf), path, root)).toBe(false);
        expect(verifyInclusion(m, n, leaf, path, flip(root))).toBe(false);
        expect(verifyInclusion((m + 1) % n, n, leaf, path, root)).toBe(false);
        expect(
          verifyInclusion(
            m,
            n,
            leaf,
            path.map((h, i) => (i === at ? flip(h) : h)),
            root,
          ),
        ).toBe(false);
        expect(verifyInclusion(m, n, leaf, path.slice(0, -1), root)).toBe(false);
        expect(verifyInclusion(m, n, leaf, [...path, leaf], root)).toBe(false);
        expect(verifyInclusion(n, n, leaf, path, root)).toBe(false);
        const old = 1 + (b % (n - 1));
        const oldRoot = slow.root(d.slice(0, old));
        const proof = await proveConsistency(old, n, reader(d));
        const now = { size: n, root };
        expect(verifyConsistency({ size: old, root: flip(oldRoot) }, now, proof)).toBe(false);
        expect(verifyConsistency({ size: old, root: oldRoot }, { size: n, root: flip(root) }, proof)).toBe(false);
        expect(verifyConsistency({ size: old, root: oldRoot }, now, [...proof, root])).toBe(false);
        expect(verifyConsistency({ size: old, root: oldRoot }, now, proof.slice(1))).toBe(false);
        expect(verifyConsistency({ size: n + 1, root: oldRoot }, now, proof)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  test('a node can never pass as a leaf', () => {
    const [a, b] = leaves(2) as [Buffer, Buffer];
    expect(leafOf(Buffer.concat([a, b])).equals(nodeHash(a, b))).toBe(false);
  });
});
