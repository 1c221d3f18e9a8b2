/** One thing Reeve said was done. */
export interface Promised {
  readonly what: string;
  /** Says what is wrong with it now; undefined when it still holds. */
  readonly broken: () => Promise<string | undefined>;
}

/** What a client writes down with every answer it got: what was promised must hold after any crash. */
export class Journal {
  readonly #promised: Promised[] = [];

  note(what: string, broken: Promised['broken']): void {
    this.#promised.push({ what, broken });
  }

  get size(): number {
    return this.#promised.length;
  }

  /** What no longer holds, from entry `from` on; empty when all does. */
  async broken(from = 0): Promise<string[]> {
    const found: string[] = [];
    for (const { what, broken } of this.#promised.slice(from)) {
      const wrong = await broken().catch((error: unknown) => String(error));
      if (wrong !== undefined) found.push(`${what}: ${wrong}`);
    }
    return found;
  }
}
