import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { nowOf } from '#spine/graph/index.ts';
import { digestOf } from '../feed/map-row.ts';
import type { FeedRecord } from '../feed/model.ts';

/** Rows one statement takes. */
export const CHUNK = 5000;

const TABLES = [
  sql`create temp table if not exists feed_seen (external_id text primary key) on commit delete rows`,
  sql`create temp table if not exists feed_row (
    row_number integer not null, external_id text not null, identity_id uuid not null, known boolean not null,
    username text, manager text, digest bytea not null, record jsonb not null,
    what text, changed text[], skip text) on commit delete rows`,
  sql`create temp table if not exists feed_manager (identity_id uuid not null, manager_id uuid not null) on commit delete rows`,
  sql`create temp table if not exists feed_claim (
    external_id text not null, identity_id uuid not null, because text not null, gone boolean not null,
    primary key (external_id, identity_id, because)) on commit delete rows`,
  sql`create temp table if not exists feed_gone (identity_id uuid primary key, what text not null, changed text[] not null) on commit delete rows`,
];

/** Empty temporary tables of this connection; they empty themselves again at the end of the transaction. */
export async function openStage(tx: Tx): Promise<void> {
  await tx.run(sql`set local client_min_messages = warning`);
  for (const statement of TABLES) await tx.run(statement);
}

/** Empties them within a transaction that stages more than once. */
export async function emptyStage(tx: Tx): Promise<void> {
  // Few rows: to truncate would make new files each time.
  for (const table of ['feed_seen', 'feed_row', 'feed_manager', 'feed_claim', 'feed_gone'])
    await tx.run(sql`delete from ${sql.id(table)}`);
}

export interface ReadRow {
  readonly row: number;
  readonly externalId: string;
  /** Absent for a row that cannot be taken as it is: it only tells that its person is still in the feed. */
  readonly record?: FeedRecord;
}

export interface StagedChunk {
  /** Rows whose key was there before. */
  readonly twice: readonly number[];
  readonly unchanged: number;
}

/**
 * Meets one chunk of rows with what is known of the source: unchanged rows stop here, at the cost of one comparison
 * of digests; the others are staged for the plan, new ones with the id they will have.
 */
export async function stageRows(tx: Tx, sourceId: string, rows: readonly ReadRow[]): Promise<StagedChunk> {
  const twice: number[] = [];
  const byKey = new Map<string, ReadRow & { readonly digest: Buffer | undefined }>();
  for (const row of rows) {
    if (byKey.has(row.externalId)) twice.push(row.row);
    else byKey.set(row.externalId, { ...row, digest: row.record === undefined ? undefined : digestOf(row.record) });
  }
  const unique = [...byKey.values()];
  const met = await tx.many<{
    externalId: string;
    twice: boolean;
    known: boolean;
    identityId: string | null;
    same: boolean;
  }>(sql`
    with input as (
      select * from unnest(${sql.array(unique.map((r) => r.externalId))}::text[],
                           ${sql.array(unique.map((r) => inBytes(r.digest)))}::bytea[]) as i(external_id, digest)
    ), fresh as (
      insert into feed_seen select external_id from input on conflict do nothing returning external_id
    )
    select i.external_id, f.external_id is null as twice, r.identity_id is not null as known,
           coalesce(r.identity_id, t.identity_id) as identity_id,
           coalesce(r.present and r.digest = i.digest, false) as same
      from input i left join fresh f using (external_id)
      left join lateral (select identity_id, present, digest from source_record s
                          where s.source_id = ${sourceId} and s.external_id = i.external_id limit 1) r on true
      left join lateral (select identity_id from source_taken_back t
                          where t.source_id = ${sourceId} and t.external_id = i.external_id
                            and ${nowOf(sql`t.identity_id`)} = t.identity_id limit 1) t on true`);
  const staged: StagedRow[] = [];
  let unchanged = 0;
  for (const m of met) {
    const row = byKey.get(m.externalId);
    if (row === undefined) continue;
    if (m.twice) twice.push(row.row);
    else if (m.same) unchanged += 1;
    else if (row.record !== undefined && row.digest !== undefined) {
      const { record, digest } = row;
      staged.push({ ...row, record, digest, identityId: m.identityId ?? newId(), known: m.known });
    }
  }
  if (staged.length > 0) await tx.run(insertStaged(staged));
  return { twice, unchanged };
}

interface StagedRow extends ReadRow {
  readonly record: FeedRecord;
  readonly digest: Buffer;
  readonly identityId: string;
  readonly known: boolean;
}

const inBytes = (bytes: Buffer | undefined): string | null =>
  bytes === undefined ? null : `\\x${bytes.toString('hex')}`;

const insertStaged = (rows: readonly StagedRow[]): Sql => sql`
  insert into feed_row (row_number, external_id, identity_id, known, username, manager, digest, record)
  select * from rows from (
    unnest(${sql.array(rows.map((r) => r.row))}::integer[], ${sql.array(rows.map((r) => r.externalId))}::text[],
           ${sql.array(rows.map((r) => r.identityId))}::uuid[], ${sql.array(rows.map((r) => r.known))}::boolean[],
           ${sql.array(rows.map((r) => r.record.username?.toLowerCase() ?? null))}::text[],
           ${sql.array(rows.map((r) => r.record.managerExternalId))}::text[],
           ${sql.array(rows.map((r) => inBytes(r.digest)))}::bytea[]),
    jsonb_array_elements(${sql.json(rows.map((r) => r.record))}::jsonb)
  ) as r`;

/** How many people of the source are in no row. */
export const countMissing = async (tx: Tx, sourceId: string): Promise<number> =>
  (
    await tx.one<{ n: number }>(sql`
      select count(*)::int as n from source_record r
       where r.source_id = ${sourceId} and r.present
         and not exists (select from feed_seen s where s.external_id = r.external_id)`)
  ).n;
