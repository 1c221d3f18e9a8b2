import { Fault } from './fault.ts';
import type { Long, Value } from './value.ts';

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/** The one form of an integer: a `number` when safe, else a `bigint`. Undefined outside 64 bits. */
export const toLong = (n: bigint): Long | undefined => {
  if (n < MIN || n > MAX) return undefined;
  return n >= BigInt(Number.MIN_SAFE_INTEGER) && n <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(n) : n;
};

export const isLong = (v: Value): v is Long => typeof v === 'number' || typeof v === 'bigint';

// A result outside 64 bits is Cedar's overflow error, so it must not wrap and must not round.
const checked = (exact: bigint, overflow: Fault): Long => {
  const long = toLong(exact);
  if (long === undefined) throw overflow;
  return long;
};

/** Sum of two Longs; throws `overflow` outside 64 bits. */
export const add = (a: Long, b: Long, overflow: Fault): Long => {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return checked(BigInt(a) + BigInt(b), overflow);
};

export const subtract = (a: Long, b: Long, overflow: Fault): Long => {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return checked(BigInt(a) - BigInt(b), overflow);
};

export const multiply = (a: Long, b: Long, overflow: Fault): Long => {
  if (typeof a === 'number' && typeof b === 'number') {
    // A product that rounds to a safe integer was that integer exactly. `+ 0` turns -0 into 0.
    const product = a * b;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return checked(BigInt(a) * BigInt(b), overflow);
};

export const negate = (a: Long, overflow: Fault): Long => subtract(0, a, overflow);
