import { equalBytes } from '#kit/crypto/index.ts';
import { sql, type Queryable } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { openCheckpoint, type Checkpoint, type SignedCheckpoint } from '../checkpoint/checkpoint.ts';
import type { LogKey } from '../checkpoint/log-key.ts';
import { Frontier, ones } from '../tree/frontier.ts';
import { EMPTY_ROOT } from '../tree/hash.ts';
import { proveConsistency, verifyConsistency } from '../tree/proofs.ts';
import { nodeReader } from './read-nodes.ts';

/** Where the log stands: the tree to grow from its newest checkpoint, and up to which row it has numbered. */
export interface Head {
  readonly tree: Frontier;
  readonly root: Buffer;
  readonly lastXid: string;
  readonly lastId: string;
}

interface HeadRow {
  readonly size: number;
  readonly edge: Buffer;
  readonly lastXid: string;
  readonly lastId: string;
}

const nothing = (): Head => ({
  tree: new Frontier(),
  root: EMPTY_ROOT,
  lastXid: '0',
  lastId: '00000000-0000-0000-0000-000000000000',
});

/**
 * Reads where the log stands and proves it: its stored edge folds to the root of a checkpoint this log's key signed,
 * either the witnessed one (`seen`) or the one stored with it. Throws `audit.tree_damaged` otherwise; nothing is
 * ever signed on top of a tree that is not ours.
 */
export async function readHead(tx: Queryable, key: LogKey, seen: Checkpoint | undefined): Promise<Head> {
  const row = await tx.maybe<HeadRow>(
    sql.named(
      'audit_head',
      sql`select size, edge, last_xid::text as last_xid, last_id from audit_checkpoint order by size desc limit 1`,
    ),
  );
  if (row === undefined) return nothing();
  if (row.edge.length !== ones(row.size) * 32) throw damaged('the stored right edge is not of a tree of that size');
  const edge = Array.from({ length: row.edge.length / 32 }, (_, i) => row.edge.subarray(i * 32, i * 32 + 32));
  const tree = new Frontier(row.size, edge);
  const root = tree.root();
  const signed = seen?.size === row.size ? seen : (await readSigned(tx, key, row.size)).checkpoint;
  if (!equalBytes(root, signed.root)) throw damaged('the stored right edge of the tree does not give the signed root');
  return { tree, root, lastXid: row.lastXid, lastId: row.lastId };
}

/** The stored checkpoint of that size, opened. Throws `audit.tree_damaged`. */
export async function readSigned(tx: Queryable, key: LogKey, size: number): Promise<SignedCheckpoint> {
  const { note } = await tx.one<{ note: string }>(sql`select note from audit_checkpoint where size = ${size}`);
  const checkpoint = openCheckpoint(key, note);
  if ('refused' in checkpoint)
    throw damaged(`the newest checkpoint is not signed by this Reeve: ${checkpoint.refused}`);
  if (checkpoint.size !== size) throw damaged('the newest checkpoint is not of the size stored with it');
  return { note, checkpoint };
}

/**
 * Holds the database against the witness. Throws `audit.behind_witness` when the log is shorter than what was
 * witnessed (an older backup was restored, or its tail cut off) and `audit.forked` when it is another log.
 */
export async function checkAgainstWitness(tx: Queryable, head: Head, seen: Checkpoint): Promise<void> {
  const { root } = head;
  const { size } = head.tree;
  if (size < seen.size) {
    throw new AppError({
      code: 'audit.behind_witness',
      status: 500,
      detail: `the audit log in the database has ${size} entries, but a checkpoint of ${seen.size} entries, signed ${seen.at.toISOString()}, was witnessed: an older copy was restored or its end was removed`,
      fix: 'restore the newest backup. To go on from this one all the same, keep the witness file as evidence elsewhere and move it out of the data folder',
    });
  }
  const proof = await proveConsistency(seen.size, size, nodeReader(tx));
  if (!verifyConsistency(seen, { size, root }, proof)) {
    throw new AppError({
      code: 'audit.forked',
      status: 500,
      detail: `the audit log in the database is not the one whose checkpoint of ${seen.size} entries was witnessed on ${seen.at.toISOString()}`,
      fix: 'run `reeve audit verify` to find the first entry that differs, and restore the right database',
    });
  }
}

const damaged = (detail: string): AppError =>
  new AppError({
    code: 'audit.tree_damaged',
    status: 500,
    detail,
    fix: 'check that the root key file belongs to this database, then run `reeve audit verify`',
  });
