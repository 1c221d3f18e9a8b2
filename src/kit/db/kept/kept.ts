import { sql, type Sql } from '../sql.ts';
import type { Queryable } from '../port.ts';

/** Groups of tables whose changes are marked (see `change_mark`): what is kept of one stands until one of its own changes. */
export const TOPICS = ['access', 'secrets', 'tokens'] as const;
export type Topic = (typeof TOPICS)[number];

/** What this process remembers of the tables of a topic, just proved to be as the database has it. */
export interface Kept {
  /** Undefined where nothing is kept under the key, or no longer, or not yet at `now`. */
  get<T>(key: string, now: Date): T | undefined;
  /**
   * Remembers what was read in this very transaction and depends on tables of the topic and the time only. It stands
   * from `now` until something changes, and before `until`, the next instant at which time alone changes it.
   */
  keep(
    key: string,
    value: unknown,
    when: { readonly now: Date; readonly until?: Date | undefined; readonly bytes?: number },
  ): void;
}

/** At most this many bytes a topic, as far as those who keep say; what was kept first goes first. */
const MOST_BYTES = 64 * 1024 * 1024;
const AN_ENTRY = 500;

interface Entry {
  readonly value: unknown;
  readonly from: number;
  readonly until: number;
  readonly bytes: number;
}

/** All that was read since one snapshot. */
class Generation implements Kept {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  /** The latest snapshot at which all of it is known to stand, as `pg_snapshot` writes it. */
  since: string;
  constructor(since: string) {
    this.since = since;
  }

  get<T>(key: string, now: Date): T | undefined {
    const entry = this.#entries.get(key);
    const at = now.getTime();
    return entry !== undefined && entry.from <= at && at < entry.until ? (entry.value as T) : undefined;
  }

  keep: Kept['keep'] = (key, value, { now, until, bytes = 0 }) => {
    this.#drop(key);
    this.#entries.set(key, {
      value,
      from: now.getTime(),
      until: until?.getTime() ?? Infinity,
      bytes: bytes + AN_ENTRY,
    });
    this.#bytes += bytes + AN_ENTRY;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= MOST_BYTES) return;
      this.#drop(oldest);
    }
  };

  #drop(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}

/**
 * Marks that are visible now and were not when what is kept was read. One from before the database was restored into
 * another cluster may bear a number that is still to come here: it says nothing.
 */
const marksSince = (topics: string, since: string): string =>
  `from change_mark m join unnest(${topics}::text[], ${since}::text[]) as q(topic, since) on q.topic = m.topic
    where m.xid < pg_snapshot_xmax(pg_current_snapshot()) and not pg_visible_in_snapshot(m.xid, q.since::pg_snapshot)`;

const CHANGED = `select pg_current_snapshot()::text as at, pg_current_xact_id_if_assigned() is not null as writing,
  array(select distinct m.topic ${marksSince('$1', '$2')}) as topics`;
const TOPICS_PARAMETER = sql.array([...TOPICS]);

/** What one process remembers of one database. */
export interface KeptRows {
  /** Looks whether anything changed, in one statement for all topics, and hands out what stands. */
  look(on: Queryable): Promise<(topic: Topic) => Kept>;
  /**
   * What is remembered and not yet proved, with the proof as a condition: a statement under it does nothing where
   * anything of it has changed. Undefined where something was never looked for.
   */
  unproved(): { readonly kept: (topic: Topic) => Kept; under(query: Sql): Sql | undefined } | undefined;
}

/**
 * What one process remembers of one database. Nothing in it is believed for a while: whoever uses it has looked, in
 * the same transaction, that no transaction which changed its tables has committed since it was read. That look takes
 * the place of the reads, so it promises what they did under `read committed`.
 */
export function createKept(): KeptRows {
  const generations = new Map<Topic, Generation>();
  const look: KeptRows['look'] = async (on) => {
    const asked = new Map(generations);
    const since = sql.array(TOPICS.map((topic) => asked.get(topic)?.since ?? null));
    const seen = await on.one<{ readonly at: string; readonly writing: boolean; readonly topics: readonly string[] }>({
      name: 'db_changed_since',
      text: CHANGED,
      values: [TOPICS_PARAMETER, since],
    });
    // What a transaction wrote itself is seen by nobody else, and by nobody at all once it is rolled back.
    if (seen.writing) return () => new Generation(seen.at);
    const stands = new Map(
      TOPICS.map((topic) => {
        const before = asked.get(topic);
        if (before !== undefined && !seen.topics.includes(topic)) {
          before.since = seen.at;
          return [topic, before] as const;
        }
        const fresh = new Generation(seen.at);
        // Another look may have begun anew meanwhile; that one is not proved for this transaction.
        if (generations.get(topic) === before) generations.set(topic, fresh);
        return [topic, fresh] as const;
      }),
    );
    return (topic) => stands.get(topic) as Generation;
  };
  return {
    look,
    unproved: () => {
      const now = new Map(generations);
      if (now.size < TOPICS.length) return undefined;
      const since = TOPICS.map((topic) => now.get(topic)?.since ?? null);
      return {
        kept: (topic) => now.get(topic) as Generation,
        under: (query) => (query.takesWhere === true ? provedOnly(query, sql.array(since)) : undefined),
      };
    },
  };
}

function provedOnly({ name, text, values }: Sql, since: string): Sql {
  const place = values.length;
  const condition = `not exists (select ${marksSince(`$${place + 1}`, `$${place + 2}`)})`;
  return {
    ...(name === undefined ? {} : { name: `${name}_proved` }),
    text: `${text} where ${condition}`,
    values: [...values, TOPICS_PARAMETER, since],
  };
}
