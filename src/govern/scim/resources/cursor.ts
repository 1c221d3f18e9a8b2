import { sha256 } from '#kit/crypto/index.ts';
import { refusal } from '../errors.ts';
import { LIMITS } from '../schema/discovery.ts';

/** Where a page ended: the resource, and what it was sorted by. */
export interface Position {
  readonly id: string;
  readonly key: string | null;
}

const LONGEST = 10_000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const digestOf = (query: unknown): string => sha256(JSON.stringify(query)).toString('base64url').slice(0, 16);

/** A cursor that goes on behind a position, for this query and no other (RFC 9865 §2). It has unreserved characters only. */
export const makeCursor = (position: Position, query: unknown, now: Date): string =>
  Buffer.from(JSON.stringify([digestOf(query), now.getTime(), position.id, position.key])).toString('base64url');

/** Reads it back. Throws `invalidCursor` for one of another query, `expiredCursor` for an old one. */
export function readCursor(cursor: string, query: unknown, now: Date): Position {
  const invalid = refusal('invalidCursor', 'this is not a cursor of this query', 'begin again with an empty cursor');
  if (cursor.length > LONGEST || !/^[\w-]+$/.test(cursor)) throw invalid;
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw invalid;
  }
  if (!Array.isArray(read) || read.length !== 4) throw invalid;
  const [digest, at, id, key] = read as unknown[];
  const whole =
    typeof at === 'number' && typeof id === 'string' && UUID.test(id) && (key === null || typeof key === 'string');
  if (!whole || digest !== digestOf(query) || (typeof key === 'string' && key.includes('\0'))) throw invalid;
  if (Math.abs(now.getTime() - at) > LIMITS.cursorSeconds * 1000)
    throw refusal(
      'expiredCursor',
      `a cursor is good for ${LIMITS.cursorSeconds} seconds`,
      'begin again with an empty cursor',
    );
  return { id, key };
}
