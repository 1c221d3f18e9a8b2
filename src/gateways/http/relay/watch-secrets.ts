/** Shorter ones stand in ordinary pages. */
const SHORTEST = 12;

/** Looks for secrets in what flows by, and holds back what may be the beginning of one until it is seen how it goes on. */
export class WatchSecrets {
  readonly #needles: readonly Buffer[];
  #held: Buffer = Buffer.alloc(0);

  constructor(secrets: readonly string[]) {
    this.#needles = [...new Set(secrets)].filter((one) => one.length >= SHORTEST).map((one) => Buffer.from(one));
  }

  /** There is anything to look for. */
  get looks(): boolean {
    return this.#needles.length > 0;
  }

  /** What may go on now that this came; undefined: there is a secret in it. */
  passes(chunk: Buffer): Buffer | undefined {
    const all = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    if (this.#needles.some((one) => all.includes(one))) return undefined;
    const begun = Math.max(0, ...this.#needles.map((one) => begunAtEnd(all, one)));
    // a copy: a few bytes must not keep the whole chunk
    this.#held = Buffer.from(all.subarray(all.length - begun));
    return all.subarray(0, all.length - begun);
  }

  /** What was held back, once nothing more comes. */
  rest(): Buffer {
    return this.#held;
  }
}

/** How many bytes at the end of a text are the beginning of a word. */
function begunAtEnd(text: Buffer, word: Buffer): number {
  const [first] = word;
  const from = Math.max(0, text.length - word.length + 1);
  // its first byte is looked for before anything is compared: this is done for each chunk of all that flows
  for (let at = from; at < text.length; at += 1)
    if (text[at] === first && text.compare(word, 0, text.length - at, at, text.length) === 0) return text.length - at;
  return 0;
}
