/** A table whose columns are asked for. */
export interface TableAsked {
  readonly schema: string;
  readonly name: string;
}

/** Schemas that belong to the server, which come last. */
const SYSTEM = "'information_schema', 'pg_catalog', 'performance_schema', 'mysql', 'sys'";

/**
 * The statement that lists the tables somebody may see, or the columns of one, by the names that the standard has for them.
 * It goes through the gateway like any other.
 */
export function catalogueStatement(of: TableAsked | undefined, quote: (text: string) => string): string {
  return of === undefined
    ? `select table_schema, table_name, table_type from information_schema.tables order by table_schema in (${SYSTEM}), table_schema, table_name`
    : `select column_name, data_type, is_nullable from information_schema.columns where table_schema = ${quote(of.schema)} and table_name = ${quote(of.name)} order by ordinal_position`;
}
