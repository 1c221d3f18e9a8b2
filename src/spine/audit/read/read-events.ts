import { open, type Keys, type SealingKey } from '#kit/crypto/index.ts';
import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import { openingKeysFor } from '../record/subject-keys.ts';
import { refuseUnlessAsWritten, stampedColumns, type StampedRow } from './as-written.ts';
import { SEALED_ADDRESS, sealContext } from '../record/entry.ts';

export interface EventFilters {
  readonly type?: string | undefined;
  /** Identity or component that acted. */
  readonly actor?: string | undefined;
  readonly subject?: string | undefined;
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** An event as people read it. */
export interface ReadEvent {
  readonly id: string;
  /** Its number; null for a moment after its commit. */
  readonly seq: number | null;
  readonly at: Date;
  readonly type: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly via: string;
  readonly address: string | null;
  readonly subjectId: string | null;
  readonly trace: string;
  readonly decisionId: string | null;
  readonly policies: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
  /** Names of the personal fields; `@address` is where the asker came from. */
  readonly sealed: readonly string[];
  /** Their values where asked for and still readable; an erased subject's fields stay away. */
  readonly opened: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Whose personal fields are opened: nobody's, everybody's, or one identity's only. Opening takes a permit for
 * `audit.open`, which the caller holds.
 */
export type Opening = 'nobody' | 'everybody' | { readonly only: string };

interface Row extends StampedRow {
  readonly seq: number | null;
  readonly at: Date;
}

const columns = sql`${stampedColumns}, l.seq, e.at`;

/** Events, newest first, a page at a time; `cursor` as the page before gave it. Throws 422 on another. */
export async function readEvents(
  tx: Tx,
  keys: Keys,
  ask: {
    readonly filters: EventFilters;
    readonly cursor?: string | undefined;
    readonly limit: number;
    readonly open: Opening;
  },
): Promise<{ readonly events: ReadEvent[]; readonly next: string | null }> {
  const { filters: f } = ask;
  const after = readCursor(ask.cursor, ['id'])?.[0];
  const wheres: Sql[] = [
    ...(f.type === undefined ? [] : [sql`e.type = ${f.type}`]),
    ...(f.actor === undefined ? [] : [sql`e.actor_id = ${f.actor}`]),
    ...(f.subject === undefined ? [] : [sql`e.subject_id = ${f.subject}`]),
    ...(f.since === undefined ? [] : [sql`e.at >= ${f.since}`]),
    ...(f.until === undefined ? [] : [sql`e.at < ${f.until}`]),
    ...(after === undefined ? [] : [sql`e.id < ${after}`]),
    sql`true`,
  ];
  const rows = await tx.many<Row>(sql`
    select ${columns} from audit_event e left join audit_leaf l on l.event_id = e.id
    where ${sql.join(wheres, sql` and `)} order by e.id desc limit ${ask.limit + 1}`);
  const { items, nextCursor } = page(rows, ask.limit, (row) => [row.id]);
  return { events: await openRows(tx, keys, items, ask.open), next: nextCursor };
}

/** One event. Throws 404, and `integrity.audit_log` for an altered one that is to be opened. */
export async function readEvent(tx: Tx, keys: Keys, id: string, opening: Opening): Promise<ReadEvent> {
  const row = await tx.maybe<Row>(sql`
    select ${columns} from audit_event e left join audit_leaf l on l.event_id = e.id where e.id = ${id}`);
  if (row === undefined) throw notFound('event', id);
  const [event] = await openRows(tx, keys, [row], opening);
  return event as ReadEvent;
}

async function openRows(tx: Tx, keys: Keys, rows: readonly Row[], opening: Opening): Promise<ReadEvent[]> {
  const mayOpen = (subjectId: string): boolean =>
    opening === 'everybody' || (opening !== 'nobody' && opening.only === subjectId);
  const holders = rows.flatMap((row) => Object.keys(row.sealed).map((name) => holderOf(row, name)));
  const held = await openingKeysFor(tx, keys, holders.filter((id) => id !== null && mayOpen(id)) as string[]);
  // A ciphertext moved here from another event is not opened: it would tell of this one what was said of the other.
  if (opening !== 'nobody') for (const row of rows) refuseUnlessAsWritten(keys, row);
  return rows.map((row) => ({
    id: row.id,
    seq: row.seq,
    at: row.at,
    type: row.type,
    actorKind: row.actorKind,
    actorId: row.actorId,
    via: row.via,
    address: row.address,
    subjectId: row.subjectId,
    trace: row.trace,
    decisionId: row.decisionId,
    policies: row.policies as readonly string[],
    data: row.data,
    sealed: Object.keys(row.sealed),
    opened: opening === 'nobody' ? undefined : openSealed(row, held),
  }));
}

/** Whose key a field is sealed under. */
const holderOf = (row: Row, name: string): string | null => (name === SEALED_ADDRESS ? row.actorId : row.subjectId);

function openSealed(row: Row, keys: ReadonlyMap<string, SealingKey>): Record<string, unknown> {
  const opened: Record<string, unknown> = {};
  for (const [name, ciphertext] of Object.entries(row.sealed)) {
    const holder = holderOf(row, name);
    const key = holder === null ? undefined : keys.get(holder);
    if (holder === null || key === undefined) continue;
    const plain = openOrNothing(key, Buffer.from(ciphertext, 'base64'), sealContext(row.id, name, holder));
    if (plain !== undefined) opened[name] = JSON.parse(plain.toString()) as unknown;
  }
  return opened;
}

/** A field sealed under a key that was erased is as unreadable as it looks. */
function openOrNothing(key: SealingKey, sealed: Buffer, context: string): Buffer | undefined {
  try {
    return open(key, sealed, context);
  } catch {
    return undefined;
  }
}
