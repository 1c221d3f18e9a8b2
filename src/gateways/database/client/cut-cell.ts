import { isUtf8 } from 'node:buffer';
import type { Cell } from './contract.ts';

/** Bytes that are no text are shown up to here. */
const MOST_HEX_BYTES = 4096;

/** Gathers one value piece by piece and keeps its beginning only, so that one of a gigabyte takes no memory. */
export class CutCell {
  #most = 0;
  #length = 0;
  #kept = 0;
  #pieces: Buffer[] = [];

  begin(length: number, most: number): void {
    this.#most = most;
    this.#length = length;
    this.#kept = 0;
    this.#pieces = [];
  }

  /** Bytes that are kept of it so far. */
  get kept(): number {
    return this.#kept;
  }

  take(piece: Buffer): void {
    if (this.#kept >= this.#most) return;
    const part = piece.subarray(0, this.#most - this.#kept);
    this.#kept += part.length;
    // copied: the socket's buffer is not ours to keep
    this.#pieces.push(Buffer.from(part));
  }

  cell(binary: boolean): Cell {
    const bytes = this.#pieces.length === 1 ? (this.#pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#pieces);
    const whole = this.#kept === this.#length;
    const text = whole ? bytes : withoutHalfLetter(bytes);
    if (binary || !isUtf8(text)) return { hex: bytes.subarray(0, MOST_HEX_BYTES).toString('hex'), bytes: this.#length };
    return whole ? text.toString('utf8') : { begins: text.toString('utf8'), bytes: this.#length };
  }
}

/** UTF-8 that was cut anywhere, up to its last whole letter. */
function withoutHalfLetter(bytes: Buffer): Buffer {
  for (let back = 1; back <= 4 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
