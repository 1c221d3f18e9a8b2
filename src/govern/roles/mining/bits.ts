/** Sets of small whole numbers, 32 to a word. Sets that meet have the same number of words. */
export type Bits = Uint32Array;

export const emptyBits = (size: number): Bits => new Uint32Array((size + 31) >>> 5);

export const addBit = (set: Bits, n: number): void => {
  set[n >>> 5] = (set[n >>> 5] as number) | (1 << (n & 31));
};
export const dropBit = (set: Bits, n: number): void => {
  set[n >>> 5] = (set[n >>> 5] as number) & ~(1 << (n & 31));
};
export const hasBit = (set: Bits, n: number): boolean => ((set[n >>> 5] as number) & (1 << (n & 31))) !== 0;

/** Whether everything in `a` is in `b`. */
export function isWithin(a: Bits, b: Bits): boolean {
  for (let i = 0; i < a.length; i += 1) if (((a[i] as number) & ~(b[i] as number)) !== 0) return false;
  return true;
}

export function haveCommon(a: Bits, b: Bits): boolean {
  for (let i = 0; i < a.length; i += 1) if (((a[i] as number) & (b[i] as number)) !== 0) return true;
  return false;
}

/** Leaves in `into` what is in `from` too. */
export function keepCommon(into: Bits, from: Bits): void {
  for (let i = 0; i < into.length; i += 1) into[i] = (into[i] as number) & (from[i] as number);
}

export function addAll(into: Bits, from: Bits): void {
  for (let i = 0; i < into.length; i += 1) into[i] = (into[i] as number) | (from[i] as number);
}

export function countCommon(a: Bits, b: Bits): number {
  let count = 0;
  for (let i = 0; i < a.length; i += 1) count += ones((a[i] as number) & (b[i] as number));
  return count;
}

const ones = (word: number): number => {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
};

/** What is in the set, from the smallest. */
export function* bitsOf(set: Bits): Generator<number, void, void> {
  for (let i = 0; i < set.length; i += 1) {
    let word = set[i] as number;
    while (word !== 0) {
      const low = word & -word;
      yield (i << 5) + (31 - Math.clz32(low));
      word ^= low;
    }
  }
}

export const listBits = (set: Bits): number[] => [...bitsOf(set)];

/** A text that two sets share exactly when they are equal. */
export const keyOf = (set: Bits): string =>
  String.fromCharCode(...new Uint16Array(set.buffer, set.byteOffset, set.length * 2));
