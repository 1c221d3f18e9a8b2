import { SessionControl } from './live/session-control.ts';

/** Whose a live session is, and where. */
export interface LiveOn {
  readonly identityId: string;
  readonly accountId: string;
  readonly systemId: string;
}

interface Live extends LiveOn {
  readonly kill: AbortController;
  readonly control: SessionControl;
  timer: NodeJS.Timeout | undefined;
}

/** Sessions this node stands in the middle of, the switch that ends each, and what holds it up meanwhile. */
export class LiveSessions {
  readonly #sessions = new Map<string, Live>();
  readonly #closing = new Map<string, Promise<void>>();
  #closed = false;

  /** Takes a session in; its signal fires once, with the sentence to show. */
  add(id: string, on: LiveOn): { readonly kill: AbortSignal; readonly control: SessionControl } {
    const kill = new AbortController();
    const control = new SessionControl();
    this.#sessions.set(id, { ...on, kill, control, timer: undefined });
    return { kill: kill.signal, control };
  }

  /** What holds a session of this node up; undefined when it is not here. */
  control(id: string): SessionControl | undefined {
    return this.#sessions.get(id)?.control;
  }

  /** Sessions of this node that go on only while somebody observes them. */
  get observed(): readonly string[] {
    return [...this.#sessions].flatMap(([id, { control }]) => (control.needsObserver ? [id] : []));
  }

  /** Whether a session is here and was not asked to end. */
  isOpen(id: string): boolean {
    return this.#sessions.get(id)?.kill.signal.aborted === false;
  }

  /** From now on nobody is let in here. */
  close(): void {
    this.#closed = true;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Tells the people of all sessions here something. */
  tellAll(words: string): void {
    for (const { control } of this.#sessions.values()) control.tell(words);
  }

  /** Ends a session of this node; false when it is not here. Does not wait for anything. */
  end(id: string, sentence: string): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    if (!session.kill.signal.aborted) session.kill.abort(sentence);
    return true;
  }

  /** Ends all sessions on this node that are somebody's, on an account or on a system. */
  endAllOf(of: Partial<LiveOn>, sentence: string): void {
    for (const [id, session] of this.#sessions)
      if (
        session.identityId === of.identityId ||
        session.accountId === of.accountId ||
        session.systemId === of.systemId
      )
        this.end(id, sentence);
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
    this.#sessions.get(id)?.control.over();
    this.#sessions.delete(id);
  }

  /** The record of a session that left is being closed until this settles. */
  closing(id: string, record: Promise<void>): void {
    this.#closing.set(id, record);
    void record.finally(() => this.#closing.delete(id)).catch(() => undefined);
  }

  /** Resolves when no session is here and the records of those that were are closed. */
  async gone(): Promise<void> {
    while (this.size > 0 || this.#closing.size > 0) {
      await Promise.allSettled(this.#closing.values());
      if (this.size > 0) await new Promise((done) => setTimeout(done, 20));
    }
  }

  /** Sessions that are here, and those whose records are being closed: whoever looks may take neither for a dead node's. */
  get known(): readonly string[] {
    return [...this.#sessions.keys(), ...this.#closing.keys()];
  }

  /** Whether a session is one of those. */
  knows(id: string): boolean {
    return this.#sessions.has(id) || this.#closing.has(id);
  }

  get ids(): readonly string[] {
    return [...this.#sessions.keys()];
  }

  get size(): number {
    return this.#sessions.size;
  }
}
