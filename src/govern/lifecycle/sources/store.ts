import { sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import type { PeopleSource } from './model.ts';

const columns = sql`id, name, kind, time_zone, mapping, limits, terms, drop_file, put_by,
  case when read_system_id is not null then jsonb_build_object('systemId', read_system_id, 'place', read_place,
    'everyMinutes', read_every_minutes) end as read_from`;
const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** By id or by name. */
export const findSource = async (tx: Tx, idOrName: string): Promise<PeopleSource | undefined> =>
  await tx.maybe<PeopleSource>(
    isId(idOrName)
      ? sql`select ${columns} from people_source where id = ${idOrName}`
      : sql`select ${columns} from people_source where name = ${idOrName}`,
  );

/** As findSource; throws `source.not_found`. */
export async function requireSource(tx: Tx, idOrName: string): Promise<PeopleSource> {
  const source = await findSource(tx, idOrName);
  if (source === undefined) throw notFound('source', idOrName);
  return source;
}

/** The source, held against other deliveries until the transaction ends. */
export async function lockSource(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`select id from people_source where id = ${id} for no key update`);
}

/** The file, or the reading, of a source that was looked at last: the run it came to, or why it came to none. */
interface Collected {
  readonly lookedAt: Date;
  readonly runId: string | null;
  readonly problem: string | null;
}
type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

/** In the order of their names, each with what was collected last. */
export const listSources = async (
  tx: Tx,
  input: { readonly after: string | null; readonly limit: number },
): Promise<(PeopleSource & { readonly collected: Collected | null })[]> => {
  const rows = await tx.many<PeopleSource & Nullable<Collected>>(sql`
    select ${columns}, c.looked_at, c.run_id, c.problem
      from people_source
      left join lateral (
        select looked_at, run_id, problem from source_drop d where d.source_id = id and read_system_id is null
        union all
        select looked_at, run_id, problem from source_reading r
         where r.source_id = id and read_system_id is not null and looked_at is not null) c on true
     where ${input.after}::text is null or name > ${input.after} order by name limit ${input.limit + 1}`);
  return rows.map(({ lookedAt, runId, problem, ...source }) => ({
    ...source,
    collected: lookedAt === null ? null : { lookedAt, runId, problem },
  }));
};

export const writeSource = async (tx: Tx, source: PeopleSource): Promise<void> => {
  await tx.run(sql`
    insert into people_source (id, name, kind, time_zone, mapping, limits, terms, drop_file, put_by,
      read_system_id, read_place, read_every_minutes)
    values (${source.id}, ${source.name}, ${source.kind}, ${source.timeZone}, ${sql.json(source.mapping)}::jsonb,
            ${sql.json(source.limits)}::jsonb, ${sql.json(source.terms)}::jsonb, ${source.dropFile}, ${source.putBy},
            ${source.readFrom?.systemId ?? null}, ${source.readFrom === null ? null : sql.json(source.readFrom.place)}::jsonb,
            ${source.readFrom?.everyMinutes ?? null})
    on conflict (id) do update
       set time_zone = excluded.time_zone, mapping = excluded.mapping, limits = excluded.limits, terms = excluded.terms,
           drop_file = excluded.drop_file, put_by = excluded.put_by, read_system_id = excluded.read_system_id,
           read_place = excluded.read_place, read_every_minutes = excluded.read_every_minutes`);
};

/** People of a source: how many rows it had, and how many of them have not left. */
export interface RecordCounts {
  readonly known: number;
  readonly present: number;
  readonly staying: number;
}

export const countRecords = async (tx: Tx, sourceId: string): Promise<RecordCounts> =>
  await tx.one(sql`
    select count(*)::int as known, (count(*) filter (where present))::int as present,
           (count(*) filter (where present and state <> 'leaver'))::int as staying
      from source_record where source_id = ${sourceId}`);

/** The next delivery compares every row anew: what a date means has changed. */
export const forgetDigests = async (tx: Tx, sourceId: string): Promise<void> => {
  await tx.run(sql`update source_record set digest = '\\x' where source_id = ${sourceId}`);
};

/** As forgetDigests, for the people another source knows too: which of them counts has changed. */
export const forgetSharedDigests = async (tx: Tx, sourceId: string): Promise<void> => {
  await tx.run(sql`
    update source_record r set digest = '\\x'
     where r.source_id = ${sourceId}
       and exists (select from source_record o where o.identity_id = r.identity_id and o.source_id <> r.source_id)`);
};
