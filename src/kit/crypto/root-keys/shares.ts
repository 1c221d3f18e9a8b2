import { combine, split } from 'shamir-secret-sharing';
import { AppError } from '#kit/errors/index.ts';
import { equalBytes, sha256, wipe } from '../digest.ts';
import { rootKeyId } from './in-memory.ts';

/**
 * A root key in n shares of which m open (Shamir 1979, over GF(2^8), by `shamir-secret-sharing`). Fewer than m say
 * nothing about the key. The scheme itself does not notice a wrong share, so each carries a checksum against slips of
 * the pen, is known by its digest, and what was joined has to bear the id of the key.
 */
export interface Shares {
  readonly shares: readonly string[];
  /** Digests to know each share by; a share has 256 random bits, so nobody finds it again from them. */
  readonly digests: readonly string[];
}

/** Shares are written `rs1-<id of the root key>-<33 bytes as hex>-<checksum>`; upper case and blanks do not matter. */
const SHARE = /^rs1-([0-9a-f]{16})-([0-9a-f]{66})-([0-9a-f]{8})$/;
const MOST = 255;

/** Splits a root key. The Buffer stays the caller's, to wipe. */
export async function splitKey(
  secret: Buffer,
  { shares, threshold }: { readonly shares: number; readonly threshold: number },
): Promise<Shares> {
  if (threshold < 2 || threshold > shares || shares > MOST)
    throw new RangeError('shares are two at least, and no more are needed than there are');
  const id = rootKeyId(secret);
  const made = await split(new Uint8Array(secret), shares, threshold);
  const texts = made.map((bytes) => written(id, Buffer.from(bytes)));
  for (const bytes of made) bytes.fill(0);
  return { shares: texts, digests: texts.map(shareDigest) };
}

/** Joins shares to the root key of that id; the Buffer is the caller's to wipe. Throws `root_key.shares_do_not_join`. */
export async function joinKey(id: string, shares: readonly string[]): Promise<Buffer> {
  const parts = shares.map((share) => Buffer.from(readShare(share).bytes, 'hex'));
  try {
    const secret = Buffer.from(await combine(parts.map((part) => new Uint8Array(part))));
    if (secret.length === 32 && rootKeyId(secret) === id) return secret;
    wipe(secret);
  } catch {
    // Two shares of one number, or fewer than two: refused alike.
  } finally {
    wipe(...parts);
  }
  throw new AppError({
    code: 'root_key.shares_do_not_join',
    status: 422,
    detail: 'these shares do not join to the root key',
    fix: 'begin again with as many shares of this root key as are needed',
  });
}

/** A share as somebody typed it. Throws 422 for a slip of the pen, naming what is wrong and never the share. */
export function readShare(typed: string): { readonly text: string; readonly id: string; readonly bytes: string } {
  const text = typed.replaceAll(/\s/g, '').toLowerCase();
  const [, id, bytes, checksum] = SHARE.exec(text) ?? [];
  if (id === undefined || bytes === undefined || checksum === undefined)
    throw wrong('this is not a share', 'a share looks like rs1-0123456789abcdef-…-01234567: enter one, whole');
  if (checksum !== checksumOf(id, bytes))
    throw wrong('this share is mistyped: its last part does not fit the rest', 'compare it with what was written down');
  return { text, id, bytes };
}

/** What a share is known by. */
export const shareDigest = (text: string): string => sha256(`reeve share v1\0${text}`).toString('hex');

/** The place of a share among the digests of a root key; undefined for one of another key. Takes the same time for all. */
export function placeOfShare(text: string, digests: readonly string[]): number | undefined {
  const digest = Buffer.from(shareDigest(text), 'hex');
  const places = digests.map((known) => equalBytes(digest, Buffer.from(known, 'hex')));
  const place = places.indexOf(true);
  return place === -1 ? undefined : place;
}

const written = (id: string, bytes: Buffer): string =>
  `rs1-${id}-${bytes.toString('hex')}-${checksumOf(id, bytes.toString('hex'))}`;

const checksumOf = (id: string, bytes: string): string => sha256(`${id}-${bytes}`).toString('hex', 0, 4);

const wrong = (detail: string, fix: string): AppError =>
  new AppError({
    code: 'input.invalid',
    status: 422,
    detail,
    fix,
    errors: [{ pointer: '/share', detail, fix }],
  });
