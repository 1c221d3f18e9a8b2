/** Why a session is over: what was said last, told once. */
export class LastWords {
  readonly over: Promise<string>;
  #tell: (words: string) => void = () => {};
  #words: string | undefined;

  constructor() {
    this.over = new Promise((resolve) => (this.#tell = resolve));
  }

  /** Said by the other side as it ends; only the first counts. */
  say(words: string): void {
    this.#words ??= words;
  }

  end(): string {
    const words = this.#words ?? 'the connection was lost';
    this.#tell(words);
    return words;
  }
}
