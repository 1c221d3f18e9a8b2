import { open, seal, type Keys } from '#kit/crypto/index.ts';
import { cursorAfter, readCursor } from '#kit/http/index.ts';

/** Where a search goes on: an event, which may be of a session that the asker may not watch. */
export interface Place {
  readonly sessionId: string;
  readonly n: number;
}

/** Only for whoever got it: nobody else's search goes on there. */
const contextOf = (asker: string): string => `session search cursor/${asker}`;
const keyOf = (keys: Keys) => keys.sealing('session search cursors');

/** A cursor that says nothing of where it leads: searching is not to tell of a session that may not be watched. */
export const sealPlace = (keys: Keys, asker: string, { sessionId, n }: Place): string =>
  seal(keyOf(keys), Buffer.from(cursorAfter([sessionId, n])), contextOf(asker)).toString('base64url');

/** Reads a cursor back. Throws 422 on one that this asker was not given. */
export function openPlace(keys: Keys, asker: string, cursor: string | undefined): Place | undefined {
  const place = readCursor(cursor === undefined ? undefined : opened(keys, asker, cursor), ['id', 'n']);
  return place === undefined ? undefined : { sessionId: place[0], n: place[1] };
}

/** Empty, which is no cursor, where it does not open. */
function opened(keys: Keys, asker: string, cursor: string): string {
  try {
    return open(keyOf(keys), Buffer.from(cursor, 'base64url'), contextOf(asker)).toString();
  } catch (error) {
    if ((error as { code?: unknown }).code === 'crypto.does_not_open') return '';
    throw error;
  }
}
