import { equalBytes } from '#kit/crypto/index.ts';
import { foldEdge, type NodeRef } from './frontier.ts';
import { EMPTY_ROOT, nodeHash } from './hash.ts';

/** Leaves `start` up to, not including, `end`. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** The largest power of two below `n`; n ≥ 2. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** PATH(m, D[n]) of RFC 6962 §2.1.1 as the ranges whose roots make it up, deepest first. */
function inclusionRanges(index: number, size: number): Range[] {
  const ranges: Range[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** PROOF(m, D[n]) of RFC 6962 §2.1.2 as ranges. */
function consistencyRanges(oldSize: number, size: number): Range[] {
  const ranges: Range[] = [];
  let start = 0;
  let end = size;
  let whole = true;
  while (oldSize < end) {
    const middle = start + split(end - start);
    if (oldSize <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
      whole = false;
    }
  }
  if (!whole) ranges.push({ start, end });
  return ranges.reverse();
}

/** The complete subtrees that cover a range whose start is a multiple of its width's power of two. */
function coverOf({ start, end }: Range): NodeRef[] {
  const cover: NodeRef[] = [];
  for (let at = start; at < end;) {
    let level = 0;
    while (at + 2 ** (level + 1) <= end && at % 2 ** (level + 1) === 0) level += 1;
    cover.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return cover;
}

/** Loads the hashes of complete subtrees, in the order asked. */
export type NodeReader = (refs: readonly NodeRef[]) => Promise<readonly Buffer[]>;

async function rootsOf(ranges: readonly Range[], read: NodeReader): Promise<Buffer[]> {
  const covers = ranges.map(coverOf);
  const hashes = await read(covers.flat());
  let used = 0;
  return covers.map((cover) => {
    const mine = hashes.slice(used, used + cover.length);
    used += cover.length;
    return foldEdge(mine);
  });
}

/** An inclusion proof (audit path) of leaf `index` in the tree of `size` leaves. */
export const proveInclusion = (index: number, size: number, read: NodeReader): Promise<Buffer[]> => {
  if (index < 0 || index >= size) throw new RangeError(`leaf ${index} is not in a tree of ${size} leaves`);
  return rootsOf(inclusionRanges(index, size), read);
};

/** A proof that the tree of `size` leaves begins with the tree of `oldSize` leaves. */
export const proveConsistency = (oldSize: number, size: number, read: NodeReader): Promise<Buffer[]> => {
  if (oldSize < 0 || oldSize > size) throw new RangeError(`a tree of ${size} leaves never had ${oldSize}`);
  return oldSize === 0 || oldSize === size ? Promise.resolve([]) : rootsOf(consistencyRanges(oldSize, size), read);
};

const half = (n: number): number => Math.floor(n / 2);

/** RFC 9162 §2.1.3.2. */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Buffer,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let place = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(sibling, hash);
      while (place % 2 === 0 && place !== 0) {
        place = half(place);
        last = half(last);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    place = half(place);
    last = half(last);
  }
  return last === 0 && equalBytes(hash, root);
}

/** RFC 9162 §2.1.4.2; an empty old tree is the beginning of every tree. */
export function verifyConsistency(
  old: { readonly size: number; readonly root: Buffer },
  now: { readonly size: number; readonly root: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (old.size < 0 || old.size > now.size) return false;
  if (old.size === 0) return proof.length === 0 && equalBytes(old.root, EMPTY_ROOT);
  if (old.size === now.size) return proof.length === 0 && equalBytes(old.root, now.root);
  const isComplete = split(old.size * 2) === old.size;
  const [first, ...rest] = isComplete ? [old.root, ...proof] : proof;
  if (first === undefined) return false;
  let place = old.size - 1;
  let last = now.size - 1;
  while (place % 2 === 1) {
    place = half(place);
    last = half(last);
  }
  let oldHash = first;
  let newHash = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (place % 2 === 0 && place !== 0) {
        place = half(place);
        last = half(last);
      }
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    place = half(place);
    last = half(last);
  }
  return last === 0 && equalBytes(oldHash, old.root) && equalBytes(newHash, now.root);
}
