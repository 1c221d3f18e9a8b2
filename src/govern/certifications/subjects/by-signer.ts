/** What each signed, so that what Reeve does for it is in their name. */
export function bySigner<T extends { readonly by: string }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const signed = new Map<string, T[]>();
  for (const item of items) signed.set(item.by, [...(signed.get(item.by) ?? []), item]);
  return signed;
}
