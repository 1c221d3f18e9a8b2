/** What this process remembers of the tables of a topic, just proved to be as the database has it. */
export interface Kept {
  /** Undefined where nothing is kept under the key, or no longer, or not yet at `now`. */
  get<T>(key: string, now: Date): T | undefined;
  /** Remembers what was read in this very transaction and depends on tables of the topic and the time only. */
  keep(key: string, value: unknown, when: KeptWhile): void;
}

/** It stands from `now` until something changes, and before `until`, the next instant at which time alone changes it. */
export interface KeptWhile {
  readonly now: Date;
  readonly until?: Date | undefined;
  /** The one thing of the topic that it was read from, where changes are marked for each (see `change_mark_of_part`). */
  readonly part?: string;
  /** About how much memory it takes. */
  readonly bytes?: number;
}

/** For whoever may neither be told what others remember nor tell them. */
export const nothingKept: Kept = { get: () => undefined, keep: () => undefined };

/** At most this many bytes a topic, as far as those who keep say; what was kept first goes first. */
const MOST_BYTES = 64 * 1024 * 1024;
const AN_ENTRY = 500;

interface Entry {
  readonly value: unknown;
  readonly from: number;
  readonly until: number;
  readonly bytes: number;
  readonly part: string | undefined;
}

/** All that was read since one snapshot and still stands at another. */
export class Generation {
  readonly #entries = new Map<string, Entry>();
  readonly #ofPart = new Map<string, Set<string>>();
  #bytes = 0;
  /** Goes up whenever something is forgotten: what was read before that is not kept after it. */
  #forgotten = 0;
  /** The latest snapshot at which all of it is known to stand, as `pg_snapshot` writes it. */
  since: string;
  /** The life of the server which that snapshot is of. */
  readonly life: string;
  constructor(since: string, life: string) {
    this.since = since;
    this.life = life;
  }

  /** For one transaction, which has just looked. */
  handOut(): Kept {
    const forgotten = this.#forgotten;
    return {
      get: <T>(key: string, now: Date) => this.#get(key, now) as T | undefined,
      keep: (key, value, when) => {
        if (forgotten === this.#forgotten) this.#keep(key, value, when);
      },
    };
  }

  /** Forgets what was read of these things. */
  forget(parts: readonly string[]): void {
    this.#forgotten += 1;
    for (const part of parts) for (const key of this.#ofPart.get(part) ?? []) this.#drop(key);
  }

  #get(key: string, now: Date): unknown {
    const entry = this.#entries.get(key);
    const at = now.getTime();
    return entry !== undefined && entry.from <= at && at < entry.until ? entry.value : undefined;
  }

  #keep(key: string, value: unknown, { now, until, part, bytes = 0 }: KeptWhile): void {
    this.#drop(key);
    const weight = bytes + AN_ENTRY;
    this.#entries.set(key, { value, from: now.getTime(), until: until?.getTime() ?? Infinity, bytes: weight, part });
    this.#bytes += weight;
    if (part !== undefined) {
      const keys = this.#ofPart.get(part) ?? new Set();
      this.#ofPart.set(part, keys.add(key));
    }
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= MOST_BYTES) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    if (entry.part === undefined) return;
    const keys = this.#ofPart.get(entry.part);
    keys?.delete(key);
    if (keys?.size === 0) this.#ofPart.delete(entry.part);
  }
}
