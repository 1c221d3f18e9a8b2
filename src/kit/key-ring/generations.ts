import { keysOf, open, randomSecret, rootKeyOf, seal, wipe, type Keys, type SealingKey } from '#kit/crypto/index.ts';
import { handedOnContext, type RingName } from './store.ts';

/** A generation in memory. */
interface Generation {
  readonly number: number;
  readonly secret: Buffer;
  readonly keys: Keys;
}

const HANDING = 'handing on ring keys';

/** The generations of a ring that are in memory, and which of them seals. Forgetting them wipes what can be wiped. */
export class Generations {
  readonly #ring: RingName;
  readonly #held = new Map<number, Generation>();
  readonly #sealing = new Map<string, SealingKey>();
  #current = 0;

  constructor(ring: RingName) {
    this.#ring = ring;
  }

  /** The newest that opens; 0 for none. */
  get loaded(): number {
    return Math.max(0, ...this.#held.keys());
  }

  /** The one that seals; 0 for none. */
  get current(): number {
    return this.#current;
  }

  has(number: number): boolean {
    return this.#held.has(number);
  }

  /** Takes the Buffer over. */
  add(number: number, secret: Buffer): void {
    this.#held.set(number, { number, secret, keys: keysOf(rootKeyOf(secret)) });
    this.#sealing.clear();
  }

  sealUnder(number: number): void {
    if (number === this.#current || !this.#held.has(number)) return;
    this.#current = number;
    this.#sealing.clear();
  }

  /** Forgets those that were given up. */
  keepOnly(numbers: ReadonlySet<number>): void {
    for (const [number, { secret }] of this.#held) {
      if (numbers.has(number)) continue;
      wipe(secret);
      this.#held.delete(number);
      this.#sealing.clear();
    }
  }

  forget(): void {
    for (const { secret } of this.#held.values()) wipe(secret);
    this.#held.clear();
    this.#sealing.clear();
    this.#current = 0;
  }

  /** The key that seals for a purpose, which opens what those of other generations sealed; undefined where there is none. */
  sealing(purpose: string): SealingKey | undefined {
    let key = this.#sealing.get(purpose);
    const current = this.#held.get(this.#current);
    if (key === undefined && current !== undefined) {
      const others = [...this.#held.values()].filter((one) => one !== current);
      key = { ...current.keys.sealing(purpose), others: others.map(({ keys }) => keys.sealing(purpose)) };
      this.#sealing.set(purpose, key);
    }
    return key;
  }

  /** The first generation, which what others keep of Reeve follows from: the name and signature of its log. */
  first(): Keys | undefined {
    return this.#held.get(1)?.keys;
  }

  /** All of them, each with its secret, which stays this one's. */
  *each(): IterableIterator<{ readonly number: number; readonly secret: Buffer }> {
    yield* this.#held.values();
  }

  /** A new secret for the generation of that number, and the same under the current one. The Buffer is the caller's to wipe. */
  make(number: number): { readonly number: number; readonly secret: Buffer; readonly handedOn: Buffer } | undefined {
    const current = this.#held.get(this.#current);
    if (current === undefined) return undefined;
    const secret = randomSecret(32);
    const handedOn = seal(current.keys.sealing(HANDING), secret, handedOnContext(this.#ring, number));
    return { number, secret, handedOn };
  }

  /** Takes in what was handed on. Throws `crypto.does_not_open`. */
  takeOn(number: number, handedOn: Buffer): void {
    const key = this.sealing(HANDING);
    if (key !== undefined) this.add(number, open(key, handedOn, handedOnContext(this.#ring, number)));
  }
}
