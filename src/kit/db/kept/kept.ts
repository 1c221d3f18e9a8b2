import { sql, type Sql } from '../sql.ts';
import { Generation, type Kept } from './generation.ts';
import { TOPICS, type Topic } from './topics.ts';
import type { Queryable } from '../port.ts';

/** More changed things than this are not named one by one: all of the topic is forgotten. */
const MOST_PARTS = 1000;

/**
 * Marks that are visible now and were not when what is kept was read. One from before the database was restored into
 * another cluster may bear a number that is still to come here: it says nothing. Ordered, so that the planner walks the
 * index from its young end, however many marks there are.
 */
const marksSince = (table: string, topics: string, since: string, most: number): string =>
  `from unnest(${topics}::text[], ${since}::text[]) as q(topic, since) cross join lateral (
     select m.* from ${table} m
      where m.topic = q.topic and m.xid >= pg_snapshot_xmin(q.since::pg_snapshot)
        and m.xid < pg_snapshot_xmax(pg_current_snapshot()) and not pg_visible_in_snapshot(m.xid, q.since::pg_snapshot)
      order by m.xid desc limit ${most}) m`;

/**
 * Which life of which server this is. One that crashed gives numbers of transactions out again that had left no trace on
 * disk, and so does another one that took its place: snapshots of before say nothing there. A server forgets its
 * statistics exactly when it crashed, and each has its own.
 */
const LIFE = `coalesce(extract(epoch from pg_stat_get_bgwriter_stat_reset_time())::text, '')`;

const CHANGED = `select pg_current_snapshot()::text as at, ${LIFE} as life, pg_current_xact_id_if_assigned() is not null as writing,
  array(select m.topic ${marksSince('change_mark', '$1', '$2', 1)}) as topics,
  array(select m.topic || ' ' || m.part ${marksSince('change_mark_of_part', '$1', '$2', MOST_PARTS + 1)}) as parts`;
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
    const seen = await on.one<Seen>({
      name: 'db_changed_since',
      text: CHANGED,
      values: [TOPICS_PARAMETER, since],
    });
    // What a transaction wrote itself is seen by nobody else, and by nobody at all once it is rolled back.
    if (seen.writing) return () => new Generation(seen.at, seen.life).handOut();
    const parts = partsByTopic(seen.parts);
    const stands = new Map(
      TOPICS.map((topic) => {
        const before = asked.get(topic);
        const same = before?.life === seen.life && !seen.topics.includes(topic) && seen.parts.length <= MOST_PARTS;
        if (before !== undefined && same) {
          const changed = parts.get(topic);
          if (changed !== undefined) before.forget(changed);
          before.since = seen.at;
          return [topic, before.handOut()] as const;
        }
        const fresh = new Generation(seen.at, seen.life);
        // Another look may have begun anew meanwhile; that one is not proved for this transaction.
        if (generations.get(topic) === before) generations.set(topic, fresh);
        return [topic, fresh.handOut()] as const;
      }),
    );
    return (topic) => stands.get(topic) as Kept;
  };
  return {
    look,
    unproved: () => {
      const now = new Map(generations);
      const [life, ...others] = new Set([...now.values()].map((generation) => generation.life));
      if (life === undefined || others.length > 0 || now.size < TOPICS.length) return undefined;
      const since = TOPICS.map((topic) => now.get(topic)?.since ?? null);
      return {
        kept: (topic) => (now.get(topic) as Generation).handOut(),
        under: (query) => (query.takesWhere === true ? provedOnly(query, sql.array(since), life) : undefined),
      };
    },
  };
}

interface Seen {
  readonly at: string;
  readonly life: string;
  readonly writing: boolean;
  readonly topics: readonly string[];
  /** `TOPIC ID` of each thing that changed. */
  readonly parts: readonly string[];
}

function partsByTopic(named: readonly string[]): ReadonlyMap<string, string[]> {
  const parts = new Map<string, string[]>();
  for (const name of named) {
    const [topic = '', part = ''] = name.split(' ');
    parts.set(topic, [...(parts.get(topic) ?? []), part]);
  }
  return parts;
}

function provedOnly({ name, text, values }: Sql, since: string, life: string): Sql {
  const place = values.length;
  const [topics, then] = [`$${place + 1}`, `$${place + 2}`];
  const condition = ['change_mark', 'change_mark_of_part']
    .map((table) => `not exists (select ${marksSince(table, topics, then, 1)})`)
    .join(' and ');
  return {
    ...(name === undefined ? {} : { name: `${name}_proved` }),
    text: `${text} where ${condition} and ${LIFE} = $${place + 3}::text`,
    values: [...values, TOPICS_PARAMETER, since, life],
  };
}
