import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { StatementValue } from '../port.ts';

/** Of longer values only the beginning and a digest are kept. */
const LONGEST_VALUE = 4096;
const BEGINS = 128;

/** Bytes as text: UTF-8 where they are that, else byte by byte, so that nothing is lost and ASCII reads as it is. */
export const textOf = (bytes: Buffer): string => (isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1'));

/** A value as it goes on the record. */
export function valueOf(bytes: Buffer, binary: boolean): StatementValue {
  const readable = !binary && isUtf8(bytes);
  if (bytes.length <= LONGEST_VALUE) return readable ? bytes.toString('utf8') : { hex: bytes.toString('hex') };
  const begins = bytes.subarray(0, BEGINS);
  return {
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    begins: readable ? begins.toString('utf8') : begins.toString('hex'),
  };
}

/** How much is kept of it, in characters. */
export const weightOf = (value: StatementValue): number =>
  typeof value === 'string' ? value.length : value !== null && 'hex' in value ? value.hex.length : 16;
