import { equalBytes } from '#kit/crypto/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { AppError, conflict, notFound } from '#kit/errors/index.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { parseLogKey, type LogKey } from '../checkpoint/log-key.ts';
import { entryColumns, toDocument, type EntryDocument, type EntryRow } from './read-entry.ts';
import { documentText } from '../record/entry.ts';
import { nodeReader } from '../sequence/read-nodes.ts';
import { leafHash } from '../tree/hash.ts';
import { proveInclusion, verifyInclusion } from '../tree/proofs.ts';

/** Everything somebody needs, besides the public key, to see that one entry is in the log. Hashes in base64. */
export interface EventProof {
  readonly entry: EntryDocument;
  readonly seq: number;
  readonly size: number;
  readonly leaf: string;
  readonly path: readonly string[];
  /** The signed note of the newest checkpoint. */
  readonly checkpoint: string;
}

/**
 * An inclusion proof of one event in the newest checkpoint, checked before it is given. Throws 404 for no such
 * event, `audit.not_numbered` (409) within moments of its commit, and `audit.proof_broken` where the stored log
 * is no longer what was signed.
 */
export async function proofFor(tx: Tx, key: LogKey, eventId: string): Promise<EventProof> {
  const row = await tx.maybe<EntryRow & { seq: number | null }>(sql`
    select l.seq, ${entryColumns} from audit_event e left join audit_leaf l on l.event_id = e.id where e.id = ${eventId}`);
  if (row === undefined) throw notFound('event', eventId);
  const head = await tx.maybe<{ size: number; note: string }>(
    sql`select size, note from audit_checkpoint order by size desc limit 1`,
  );
  const { seq } = row;
  if (seq === null || head === undefined || seq >= head.size) {
    throw conflict('audit.not_numbered', `event ${eventId} has no number yet`, 'ask again in a second');
  }
  const entry = toDocument(row);
  const path = await proveInclusion(seq, head.size, nodeReader(tx));
  const proof: EventProof = {
    entry,
    seq,
    size: head.size,
    leaf: leafHash(documentText(entry)).toString('base64'),
    path: path.map((hash) => hash.toString('base64')),
    checkpoint: head.note,
  };
  const problem = checkProof(proof, key);
  if (problem !== undefined) {
    throw new AppError({
      code: 'audit.proof_broken',
      status: 500,
      detail: `event ${eventId} cannot be proved: ${problem}`,
      fix: 'run `reeve audit verify` to find what was changed',
    });
  }
  return proof;
}

/** Checks a proof offline. Returns what is wrong with it, or undefined. */
export function checkProof(proof: EventProof, publicKey: string | LogKey): string | undefined {
  const key = typeof publicKey === 'string' ? parseLogKey(publicKey) : publicKey;
  const head = openCheckpoint(key, proof.checkpoint);
  if ('refused' in head) return `its checkpoint is not good: ${head.refused}`;
  if (head.size !== proof.size) return `its checkpoint is of ${head.size} entries, not ${proof.size}`;
  const leaf = leafHash(documentText(proof.entry));
  if (!equalBytes(leaf, Buffer.from(proof.leaf, 'base64'))) return 'the entry is not the one proved';
  const path = proof.path.map((hash) => Buffer.from(hash, 'base64'));
  return verifyInclusion(proof.seq, head.size, leaf, path, head.root)
    ? undefined
    : 'the entry is not in the signed tree';
}
