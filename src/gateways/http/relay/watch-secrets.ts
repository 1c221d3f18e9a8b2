const NOTHING = Buffer.alloc(0);
/** Shorter ones stand in ordinary pages. */
const SHORTEST = 12;

/** Looks for secrets in what flows by, also where one is cut in two. */
export class WatchSecrets {
  readonly #needles: readonly Buffer[];
  readonly #keep: number;
  #tail: Buffer = NOTHING;

  constructor(secrets: readonly string[]) {
    this.#needles = [...new Set(secrets)].filter((one) => one.length >= SHORTEST).map((one) => Buffer.from(one));
    this.#keep = Math.max(0, ...this.#needles.map((one) => one.length - 1));
  }

  /** Whether one of them is in what came, or ends in it. */
  sees(chunk: Buffer): boolean {
    if (this.#needles.length === 0) return false;
    const seam = Buffer.concat([this.#tail, chunk.subarray(0, this.#keep)]);
    const found = this.#needles.some((one) => chunk.includes(one) || seam.includes(one));
    const last = chunk.length >= this.#keep ? chunk : Buffer.concat([this.#tail, chunk]);
    this.#tail = Buffer.from(last.subarray(Math.max(0, last.length - this.#keep)));
    return found;
  }
}
