import type { Queryable } from '../port.ts';
import { readCatalog, type Catalog, type ColumnRow, type NamedDefinition, type TableRow } from './read-catalog.ts';

const HEADER = `-- The whole schema as the migrations in this folder make it. Generated (npm run fix); read it, review it, do not edit it.
-- A database is built by running the migrations, never from this file.`;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** db/schema.sql for a migrated database. The same schema gives the same text, on every supported PostgreSQL. */
export async function renderSchema(db: Queryable): Promise<string> {
  const catalog = await readCatalog(db);
  const parts = [
    HEADER,
    ...catalog.extensions.map(({ name }) => `create extension ${name};`),
    ...catalog.types.map(({ name, definition }) => `create type ${name} as ${definition};`),
    ...catalog.sequences.map(({ name }) => `create sequence ${name};`),
    ...catalog.routines.map(
      ({ definition, signature, comment }) =>
        `${definition.trimEnd()};${comment === null ? '' : `\ncomment on ${signature} is ${quoted(comment)};`}`,
    ),
    ...catalog.tables.map((table) => renderTable(table, catalog)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function renderTable(table: TableRow, catalog: Catalog): string {
  const of = <T extends { owner: string }>(rows: readonly T[]): T[] => rows.filter((row) => row.owner === table.oid);
  const lines: string[] = [];
  if (table.definition !== null) {
    const kind = table.kind === 'm' ? 'materialized view' : 'view';
    lines.push(`create ${kind} ${table.name} as\n${table.definition.trimEnd()}`);
    if (table.comment !== null) lines.push(`comment on ${kind} ${table.name} is ${quoted(table.comment)};`);
  } else {
    const inside = [...of(catalog.columns).map(renderColumn), ...of(catalog.constraints).map(renderConstraint)];
    lines.push(`create table ${table.name} (\n  ${inside.join(',\n  ')}\n)${renderPartition(table)};`);
    if (table.comment !== null) lines.push(`comment on table ${table.name} is ${quoted(table.comment)};`);
    for (const column of of(catalog.columns))
      if (column.comment !== null)
        lines.push(`comment on column ${table.name}.${column.name} is ${quoted(column.comment)};`);
  }
  if (table.options !== null && table.options !== '') lines.push(`alter table ${table.name} set (${table.options});`);
  if (table.rowSecurity) lines.push(`alter table ${table.name} enable row level security;`);
  lines.push(...of(catalog.indexes).map(({ definition }) => `${definition};`));
  lines.push(...of(catalog.triggers).map(({ definition }) => `${definition};`));
  lines.push(
    ...of(catalog.policies).map(({ name, definition }) => `create policy ${name} on ${table.name} as ${definition};`),
  );
  if (table.grants !== null) lines.push(`-- granted: ${table.grants}`);
  return lines.join('\n');
}

function renderColumn(column: ColumnRow): string {
  const fallback =
    column.generated === 's'
      ? ` generated always as (${column.fallback ?? ''}) stored`
      : column.identity !== ''
        ? ` generated ${column.identity === 'a' ? 'always' : 'by default'} as identity`
        : column.fallback === null
          ? ''
          : ` default ${column.fallback}`;
  return `${column.name} ${column.type}${column.required ? ' not null' : ''}${fallback}`;
}

const renderConstraint = ({ name, definition }: NamedDefinition): string => `constraint ${name} ${definition}`;

const renderPartition = (table: TableRow): string =>
  (table.partitionKey === null ? '' : ` partition by ${table.partitionKey}`) +
  (table.partitionBound === null ? '' : ` -- partition of ${table.parent ?? ''} ${table.partitionBound}`);
