import { sha256 } from '#kit/crypto/index.ts';

/**
 * Text → number in the order of adding, for a million keys in some twenty-four bytes each: 128 bits of their SHA-256 and a slot in an
 * open-addressed table. A Map of the strings themselves took ten times that.
 */
export class KeyTable {
  #slots = new Uint32Array(1024);
  #digests = new Uint32Array(4 * 512);
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** The number of a key; undefined when it was never added. */
  find(key: string): number | undefined {
    const at = this.#slots[this.#slotOf(digestOf(key))] ?? 0;
    return at === 0 ? undefined : at - 1;
  }

  /** The number of a key, new or known. */
  add(key: string): number {
    const digest = digestOf(key);
    const slot = this.#slotOf(digest);
    const known = this.#slots[slot] ?? 0;
    if (known !== 0) return known - 1;
    if ((this.#count + 1) * 4 > this.#digests.length) {
      const larger = new Uint32Array(this.#digests.length * 2);
      larger.set(this.#digests);
      this.#digests = larger;
    }
    this.#digests.set(digest, this.#count * 4);
    this.#count += 1;
    this.#slots[slot] = this.#count;
    if (this.#count * 2 > this.#slots.length) this.#rehash();
    return this.#count - 1;
  }

  /** The slot that holds this digest, or the free one where it belongs. */
  #slotOf(digest: Uint32Array): number {
    const mask = this.#slots.length - 1;
    for (let slot = (digest[0] ?? 0) & mask; ; slot = (slot + 1) & mask) {
      const at = this.#slots[slot] ?? 0;
      if (at === 0 || this.#same(at - 1, digest)) return slot;
    }
  }

  #same(number: number, digest: Uint32Array): boolean {
    const at = number * 4;
    return (
      this.#digests[at] === digest[0] &&
      this.#digests[at + 1] === digest[1] &&
      this.#digests[at + 2] === digest[2] &&
      this.#digests[at + 3] === digest[3]
    );
  }

  #rehash(): void {
    const larger = new Uint32Array(this.#slots.length * 2);
    const mask = larger.length - 1;
    for (let number = 0; number < this.#count; number += 1) {
      let slot = (this.#digests[number * 4] ?? 0) & mask;
      while (larger[slot] !== 0) slot = (slot + 1) & mask;
      larger[slot] = number + 1;
    }
    this.#slots = larger;
  }
}

function digestOf(key: string): Uint32Array {
  const bytes = sha256(key);
  return Uint32Array.of(bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8), bytes.readUInt32LE(12));
}
