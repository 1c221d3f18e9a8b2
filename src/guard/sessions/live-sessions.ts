/** Sessions this node stands in the middle of, and the switch that ends each. */
export class LiveSessions {
  readonly #sessions = new Map<
    string,
    { readonly identityId: string; readonly kill: AbortController; timer: NodeJS.Timeout | undefined }
  >();

  /** Takes a session in; its signal fires once, with the sentence to show. */
  add(id: string, identityId: string): AbortSignal {
    const kill = new AbortController();
    this.#sessions.set(id, { identityId, kill, timer: undefined });
    return kill.signal;
  }

  /** Ends a session of this node; false when it is not here. Does not wait for anything. */
  end(id: string, sentence: string): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    if (!session.kill.signal.aborted) session.kill.abort(sentence);
    return true;
  }

  /** Ends all sessions of an identity on this node. */
  endAllOf(identityId: string, sentence: string): void {
    for (const [id, session] of this.#sessions) if (session.identityId === identityId) this.end(id, sentence);
  }

  /** Ends all sessions of this node. */
  endAll(sentence: string): void {
    for (const id of this.#sessions.keys()) this.end(id, sentence);
  }

  /**
   * Calls `look` when `at` has come, however far off that is. The node's own clock decides, so that a session ends on
   * time also while the database is away.
   */
  callAt(id: string, at: Date | null, now: Date, look: () => void): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    clearTimeout(session.timer);
    session.timer = undefined;
    if (at === null) return;
    const wait = Math.max(0, at.getTime() - now.getTime());
    // Timers count in 32 bits; a later end is looked at again in a day.
    session.timer = setTimeout(
      wait > 86_400_000 ? () => this.callAt(id, at, new Date(now.getTime() + 86_400_000), look) : look,
      Math.min(wait, 86_400_000),
    );
    session.timer.unref();
  }

  remove(id: string): void {
    clearTimeout(this.#sessions.get(id)?.timer);
    this.#sessions.delete(id);
  }

  get ids(): readonly string[] {
    return [...this.#sessions.keys()];
  }

  get size(): number {
    return this.#sessions.size;
  }
}
