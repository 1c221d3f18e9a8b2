import { LdapError } from './ldap-error.ts';

/** A place in BER (X.690, definite lengths), going forward. Whatever does not end inside what holds it throws LdapError `failed`. */
export class BerCursor {
  readonly #buffer: Buffer;
  readonly #start: number;
  readonly #end: number;
  #at: number;

  constructor(buffer: Buffer, start: number, end: number) {
    this.#buffer = buffer;
    this.#start = start;
    this.#end = end;
    this.#at = start;
  }

  get more(): boolean {
    return this.#at < this.#end;
  }

  /** Another one over the same bytes, at their beginning. */
  again(): BerCursor {
    return new BerCursor(this.#buffer, this.#start, this.#end);
  }

  /** The tag of the next element. */
  peek(): number {
    if (this.#at >= this.#end) throw malformed();
    return this.#buffer[this.#at] ?? 0;
  }

  /** Steps over the next element and gives a cursor over its content. */
  inside(tag: number): BerCursor {
    const length = this.#header(tag);
    const start = this.#at;
    this.#at += length;
    return new BerCursor(this.#buffer, start, this.#at);
  }

  text(tag: number): string {
    const length = this.#header(tag);
    this.#at += length;
    return this.#buffer.toString('utf8', this.#at - length, this.#at);
  }

  /** A view of the content. */
  bytes(tag: number): Buffer {
    const length = this.#header(tag);
    this.#at += length;
    return this.#buffer.subarray(this.#at - length, this.#at);
  }

  /** INTEGER or ENUMERATED of at most four bytes. */
  integer(tag: number): number {
    const length = this.#header(tag);
    if (length === 0 || length > 4) throw malformed();
    this.#at += length;
    return this.#buffer.readIntBE(this.#at - length, length);
  }

  /** Reads tag and length and gives the length, which is inside the bytes at hand. */
  #header(tag: number): number {
    if (this.#buffer[this.#at] !== tag || this.#at + 2 > this.#end) throw malformed();
    const first = this.#buffer[this.#at + 1] ?? 0;
    this.#at += 2;
    let length = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 4 || this.#at + count > this.#end) throw malformed();
      length = this.#buffer.readUIntBE(this.#at, count);
      this.#at += count;
    }
    if (this.#at + length > this.#end) throw malformed();
    return length;
  }
}

const malformed = (): LdapError => new LdapError('failed', 'an answer of the server is malformed');
