/** Whether an API token's scopes cover an action: `*`, the action, its noun (`secret.*`), or `read` for what only reads. */
export function scopeCovers(
  scopes: readonly string[] | undefined,
  action: string,
  kind: 'read' | 'write' | 'fetch',
): boolean {
  if (scopes === undefined) return true;
  const noun = `${action.split('.')[0] ?? ''}.*`;
  return scopes.some(
    (scope) => scope === '*' || scope === action || scope === noun || (scope === 'read' && kind === 'read'),
  );
}
