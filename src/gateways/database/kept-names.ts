/** What is under the names of one session, and how much that is in all. */
export class KeptNames<V> extends Map<string, V> {
  readonly #weigh: (value: V) => number;
  #weight = 0;

  constructor(weigh: (value: V) => number) {
    super();
    this.#weigh = weigh;
  }

  get weight(): number {
    return this.#weight;
  }

  override set(name: string, value: V): this {
    const before = this.get(name);
    this.#weight += this.#weigh(value) - (before === undefined ? 0 : this.#weigh(before));
    return super.set(name, value);
  }

  override delete(name: string): boolean {
    const before = this.get(name);
    if (before !== undefined) this.#weight -= this.#weigh(before);
    return super.delete(name);
  }

  override clear(): void {
    if (this.size === 0) return;
    this.#weight = 0;
    super.clear();
  }
}
