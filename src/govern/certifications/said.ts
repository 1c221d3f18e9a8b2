/** An item and the grant it is about, as events name them. */
export interface NamedGrant {
  readonly itemId: string;
  /** Null where the item is about something else. */
  readonly grantId: string | null;
}

/** Items an event names at most, so that no event outgrows a page of the log. */
const NAMED = 300;

/** What events of a batch name: lists of the items, none too long for the log. */
export const saidOf = (items: readonly NamedGrant[]): { itemId: string; grantId: string | undefined }[][] =>
  Array.from({ length: Math.ceil(items.length / NAMED) }, (_, n) =>
    items.slice(n * NAMED, (n + 1) * NAMED).map(({ itemId, grantId }) => ({ itemId, grantId: grantId ?? undefined })),
  );
