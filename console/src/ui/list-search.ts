/** What one page keeps in its address. */
export interface ListSearch {
  readonly q?: string | undefined;
  readonly open?: string | undefined;
}

/** Reads the address; anything unfit is left out. */
export const listSearch = (raw: Record<string, unknown>): ListSearch => ({
  ...(typeof raw['q'] === 'string' && raw['q'] !== '' ? { q: raw['q'] } : {}),
  ...(typeof raw['open'] === 'string' ? { open: raw['open'] } : {}),
});
