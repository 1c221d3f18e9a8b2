import { sql, type Tx } from '#kit/db/index.ts';
import { AppError, type FieldProblem } from '#kit/errors/index.ts';
import type { DataClass } from '#spine/graph/index.ts';
import { getMarked } from './apply-edits.ts';
import { readCsv, readYaml, type FileEntry } from './catalogue-file.ts';
import type { Edit } from './model.ts';

/** The catalogue, or one system of it, as entries of a file; people by username, since ids mean nothing elsewhere. */
export async function exportEntries(tx: Tx, systemId: string | undefined): Promise<FileEntry[]> {
  const rows = await tx.many<
    Omit<
      FileEntry,
      'native_id' | 'max_seconds' | 'marked_privileged' | 'data_class' | 'licence_cost' | 'licence_currency'
    > & {
      readonly nativeId: string;
      readonly maxSeconds: number | null;
      readonly markedPrivileged: boolean;
      readonly dataClass: DataClass | null;
      readonly licenceCost: number | null;
      readonly licenceCurrency: string | null;
    }
  >(sql`
    select y.name as system, e.native_id, e.name, e.description,
           (select f.username from identity_facts f where f.identity_id = e.owner_id and f.valid_from <= ${tx.now}
             order by f.valid_from desc limit 1) as owner,
           e.risk, e.requestable, e.max_seconds, e.marked_privileged, e.data_class, e.regulated, e.tags, e.aliases,
           e.licence, e.licence_cost::float8 as licence_cost, e.licence_currency
      from entitlement e join system y on y.id = e.system_id and y.kind <> 'reeve'
     where e.valid_to is null and ${systemId === undefined ? sql`true` : sql`e.system_id = ${systemId}`}
     order by y.name, e.native_id`);
  return rows.map(({ system, nativeId, name, description, owner, risk, requestable, ...row }) => ({
    system,
    native_id: nativeId,
    name,
    description,
    owner,
    risk,
    requestable,
    max_seconds: row.maxSeconds,
    marked_privileged: row.markedPrivileged,
    data_class: row.dataClass,
    regulated: row.regulated,
    tags: row.tags,
    aliases: row.aliases,
    licence: row.licence,
    licence_cost: row.licenceCost,
    licence_currency: row.licenceCurrency,
  }));
}

/** What a file says, as edits. Throws 422 naming what it names that is not there, changing nothing. */
export async function editsOfFile(tx: Tx, file: string, format: 'csv' | 'yaml'): Promise<Edit[]> {
  const entries = format === 'csv' ? await readCsv(file) : readYaml(file);
  const ids = await tx.many<{ n: number; id: string | null; ownerId: string | null }>(sql`
    select r.n::int as n, e.id, (select f.identity_id from identity_facts f where lower(f.username) = lower(r.owner) and f.valid_from <= ${tx.now}
             and (f.valid_to is null or f.valid_to > ${tx.now}) limit 1) as owner_id
      from jsonb_to_recordset(${sql.json(entries.map((e, n) => ({ n, system: e.system, native_id: e.native_id, owner: e.owner })))}::jsonb)
           as r(n int, system text, native_id text, owner text)
      left join system y on y.name = lower(r.system) and y.kind <> 'reeve'
      left join entitlement e on e.system_id = y.id and e.native_id = r.native_id and e.valid_to is null
     order by r.n`);
  const known = await getMarked(
    tx,
    ids.flatMap((row) => row.id ?? []),
  );
  const problems: FieldProblem[] = [];
  const edits = entries.flatMap((e, i): Edit[] => {
    const at = format === 'csv' ? `/rows/${i + 1}` : `/entitlements/${i}`;
    const { id, ownerId } = ids[i] ?? { id: null, ownerId: null };
    const entitlement = id === null ? undefined : known.get(id);
    if (entitlement === undefined) problems.push({ pointer: at, detail: `there is no ${e.system}:${e.native_id}` });
    if (typeof e.owner === 'string' && ownerId === null)
      problems.push({ pointer: `${at}/owner`, detail: `there is nobody called ${e.owner}` });
    if (entitlement === undefined) return [];
    return [
      {
        entitlementId: entitlement.id,
        say: {
          description: e.description,
          ownerId: e.owner === undefined ? undefined : ownerId,
          risk: e.risk,
          requestable: e.requestable,
          maxSeconds: e.max_seconds,
          markedPrivileged: e.marked_privileged,
          dataClass: e.data_class,
          regulated: e.regulated,
          tags: e.tags,
          aliases: e.aliases,
          licence: e.licence,
          licenceCost: e.licence_cost,
          licenceCurrency: e.licence_currency,
        },
      },
    ];
  });
  if (problems.length > 0)
    throw new AppError({
      code: 'catalogue.file_names_unknown',
      status: 422,
      detail: `${problems.length} name${problems.length === 1 ? '' : 's'} in this file mean nothing here; nothing was changed. First: ${problems[0]?.detail ?? ''}`,
      fix: 'write systems by name, entitlements by native id, owners by username',
      errors: problems.slice(0, 100),
    });
  return edits;
}
