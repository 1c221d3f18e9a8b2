type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const nodeOf = (value: unknown): Node => (isNode(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const textOf = (value: unknown): string | undefined => {
  const text = nodeOf(nodeOf(value)['String'])['sval'];
  return typeof text === 'string' ? text : undefined;
};

/**
 * Tables that a statement names as no relation of its own: in the lists of `drop` and `comment`, and all of a schema as
 * `schema.*`. Of a name with more parts, such as a trigger's, what may be the table.
 */
export function namedBeyondTables(statement: string, node: Node): readonly string[] {
  const objects = [...listOf(node['objects']), ...(node['object'] === undefined ? [] : [node['object']])];
  const schema = [node['removeType'], node['objtype'], node['objectType'], node['renameType']].includes(
    'OBJECT_SCHEMA',
  );
  if (statement === 'RenameStmt') return schema && typeof node['subname'] === 'string' ? [`${node['subname']}.*`] : [];
  if (schema || node['targtype'] === 'ACL_TARGET_ALL_IN_SCHEMA')
    return objects.flatMap((one) => textOf(one) ?? []).map((name) => `${name}.*`);
  if (statement !== 'DropStmt' && statement !== 'CommentStmt' && statement !== 'SecLabelStmt') return [];
  return objects.flatMap((one) => {
    const parts = listOf(nodeOf(nodeOf(one)['List'])['items']).flatMap((part) => textOf(part) ?? []);
    return [parts, parts.slice(0, -1)].filter((p) => p.length > 0).map((p) => p.slice(-2).join('.'));
  });
}
