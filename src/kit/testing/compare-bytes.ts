import { expect } from 'vitest';

const both = (a: unknown, b: unknown): boolean | undefined =>
  Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : undefined;

const told = globalThis as { comparesBytes?: boolean };

/** Bytes are compared as bytes: looked at one by one as elements, a megabyte takes ten seconds. Once a process. */
if (told.comparesBytes !== true) expect.addEqualityTesters([both]);
told.comparesBytes = true;
