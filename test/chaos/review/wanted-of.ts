/** What a reviewer of the chaos decides about an item, by its id alone; `silence`: nobody answers. */
export const wantedOf = (itemId: string): 'keep' | 'revoke' | 'silence' => {
  const digit = Number.parseInt(itemId.at(-1) ?? '0', 16);
  return digit < 8 ? 'keep' : digit < 12 ? 'revoke' : 'silence';
};
