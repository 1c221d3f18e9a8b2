import { verifySignature } from '#kit/crypto/index.ts';
import { noteKeyId, type LogKey, type LogSigner } from './log-key.ts';

/**
 * A signed tree head. `leaves` are the leaf hashes this checkpoint added to the one before: signed with it, they
 * let a verifier name the very entry that is wrong even where somebody recomputed every hash in the database.
 */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  readonly leaves: readonly Buffer[];
  readonly at: Date;
}

/** A checkpoint with the note it is in. */
export interface SignedCheckpoint {
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/** The most entries one checkpoint adds. */
export const MAX_BATCH = 2048;
const MAX_NOTE = 1_000_000;
const SIGNATURE = '— ';

/**
 * Signs a checkpoint as a C2SP signed note (c2sp.org/signed-note, c2sp.org/tlog-checkpoint). Lines: origin, size,
 * root in base64, then two extension lines: base64 of the concatenated leaf hashes of the batch, and the instant
 * of signing.
 */
export function signCheckpoint(signer: LogSigner, head: Omit<Checkpoint, 'origin'>): string {
  const text = `${[
    signer.origin,
    String(head.size),
    head.root.toString('base64'),
    Buffer.concat(head.leaves).toString('base64'),
    head.at.toISOString(),
  ].join('\n')}\n`;
  const signature = Buffer.concat([noteKeyId(signer), signer.signing.sign(text)]).toString('base64');
  return `${text}\n${SIGNATURE}${signer.origin} ${signature}\n`;
}

/** A checkpoint, or in words why the note is none that this key signed. */
export type OpenedCheckpoint = Checkpoint | { readonly refused: string };

/** Opens a signed note with the log's public key. Signatures of others (witnesses) are passed over. Never throws. */
export function openCheckpoint(key: LogKey, note: string): OpenedCheckpoint {
  if (note.length > MAX_NOTE) return { refused: 'it is too long for a checkpoint' };
  const cut = note.lastIndexOf('\n\n');
  if (cut === -1 || !note.endsWith('\n')) return { refused: 'it is not a signed note' };
  const text = note.slice(0, cut + 1);
  const name = `${SIGNATURE}${key.origin} `;
  const id = noteKeyId(key);
  const signatures = note
    .slice(cut + 2, -1)
    .split('\n')
    .slice(0, 100)
    .filter((line) => line.startsWith(name))
    .map((line) => fromBase64(line.slice(name.length)))
    .filter((bytes) => bytes?.length === 68 && bytes.subarray(0, 4).equals(id));
  const [signature] = signatures;
  if (signature === undefined) return { refused: `it carries no signature of ${key.origin} with this key` };
  if (!verifySignature(key.publicKey, text, signature.subarray(4))) return { refused: 'its signature is wrong' };
  return parseText(key.origin, text) ?? { refused: 'its text is not a checkpoint' };
}

/** Node reads base64 loosely; here one value has one text. */
function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function parseText(origin: string, text: string): Checkpoint | undefined {
  const [first, size, root, leaves, at, end, ...more] = text.split('\n');
  if (first !== origin || size === undefined || root === undefined || leaves === undefined || at === undefined)
    return undefined;
  if (end !== '' || more.length > 0 || !/^(0|[1-9]\d{0,15})$/.test(size)) return undefined;
  const hashes = Buffer.from(leaves, 'base64');
  const rootHash = Buffer.from(root, 'base64');
  const when = new Date(at);
  if (rootHash.length !== 32 || hashes.length === 0 || hashes.length % 32 !== 0 || Number.isNaN(when.getTime()))
    return undefined;
  const count = hashes.length / 32;
  if (count > Number(size)) return undefined;
  return {
    origin,
    size: Number(size),
    root: rootHash,
    leaves: Array.from({ length: count }, (_, i) => hashes.subarray(i * 32, i * 32 + 32)),
    at: when,
  };
}
