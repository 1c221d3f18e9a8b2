import { LdapError } from './ldap-error.ts';

/**
 * Cuts a byte stream into LDAP messages (RFC 4511 §5.1: BER, definite lengths only). Chunks are kept as they came and joined
 * once, so that a group of half a million members costs its size and not its square.
 */
export class MessageFrames {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #have = 0;
  /** Bytes of the message being received, header included; 0 while its header is not there yet. */
  #need = 0;

  /** A message announced larger than `maxBytes` throws as soon as its header is read. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that belong to no whole message yet. */
  get rest(): number {
    return this.#have;
  }

  /** Takes a chunk and gives the messages it completed. Throws LdapError `failed` on what is no LDAP message. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#chunks.push(chunk);
    this.#have += chunk.length;
    const whole: Buffer[] = [];
    for (;;) {
      if (this.#need === 0) this.#need = this.#announced();
      if (this.#need === 0 || this.#have < this.#need) return whole;
      const all = this.#joined();
      whole.push(all.subarray(0, this.#need));
      const left = all.subarray(this.#need);
      this.#chunks = left.length > 0 ? [left] : [];
      this.#have = left.length;
      this.#need = 0;
    }
  }

  #announced(): number {
    if (this.#have < 2) return 0;
    const first = this.#chunks[0];
    // A header is six bytes at most; only then, and only there, are small chunks joined early.
    const head = first !== undefined && (first.length >= 6 || this.#chunks.length === 1) ? first : this.#joined();
    if (head[0] !== 0x30) throw new LdapError('failed', 'what the server sends is no LDAP message');
    const byte = head[1] ?? 0;
    if (byte < 0x80) return 2 + byte;
    const count = byte & 0x7f;
    if (count === 0 || count > 4) throw new LdapError('failed', 'what the server sends is no LDAP message');
    if (head.length < 2 + count) return 0;
    const bytes = 2 + count + head.readUIntBE(2, count);
    if (bytes > this.#maxBytes)
      throw new LdapError('failed', `the server announces a message of ${bytes} bytes, the limit is ${this.#maxBytes}`);
    return bytes;
  }

  #joined(): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    if (all) return all;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
}
