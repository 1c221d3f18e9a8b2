/** Why one of these tables is not open; undefined: they all are. Both in small letters, as rules and catalogues have them. */
export function deniedTable(tables: readonly string[], denied: readonly string[]): string | undefined {
  const table = denied.length === 0 ? undefined : tables.find((one) => isDenied(one.toLowerCase(), denied));
  if (table === undefined) return undefined;
  return table.includes('.')
    ? `the table ${table} is not open to this access`
    : `the table ${table} is not open to this access, or not without its schema`;
}

/** A name without its schema may be of any: it is denied where one of that name is, or all of some schema are. */
function isDenied(table: string, denied: readonly string[]): boolean {
  const dot = table.indexOf('.');
  const [schema, name] = dot < 0 ? [undefined, table] : [table.slice(0, dot), table.slice(dot + 1)];
  return denied.some((one) => {
    const at = one.indexOf('.');
    // all of a schema has those of any name
    if (at < 0) return name === one || name === '*';
    const [ofSchema, ofTable] = [one.slice(0, at), one.slice(at + 1)];
    return (ofTable === '*' || name === '*' || name === ofTable) && (schema === undefined || schema === ofSchema);
  });
}
