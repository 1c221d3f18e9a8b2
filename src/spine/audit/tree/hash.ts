import { sha256, sha256Text } from '#kit/crypto/index.ts';

/** RFC 6962 §2.1: a leaf is hashed behind 0x00, so that no leaf can pass as a node. */
export const leafHash = (content: string): Buffer => sha256(`\u0000${content}`);

/** As leafHash, as a text of 32 characters, a byte each (`latin1`). */
export const leafHashText = (content: string): string => sha256Text(`\u0000${content}`);

const scratch = Buffer.alloc(65, 1);

/** RFC 6962 §2.1: a node is the hash of 0x01, its left and its right child. */
export function nodeHash(left: Buffer, right: Buffer): Buffer {
  left.copy(scratch, 1);
  right.copy(scratch, 33);
  return sha256(scratch);
}

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Buffer = sha256('');
