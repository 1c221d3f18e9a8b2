import { equalBytes } from '#kit/crypto/index.ts';
import { sql, type Queryable } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.ts';
import type { LogKey } from '../checkpoint/log-key.ts';
import type { Witness } from '../checkpoint/witness-file.ts';
import { Frontier, ones } from '../tree/frontier.ts';
import { EMPTY_ROOT } from '../tree/hash.ts';
import { proveConsistency, verifyConsistency } from '../tree/proofs.ts';
import { nodeReader } from './read-nodes.ts';

/** Where the log stands: its newest checkpoint, the tree to grow from it, and up to which row it has numbered. */
export interface Head {
  readonly note: string | undefined;
  readonly checkpoint: Checkpoint | undefined;
  readonly tree: Frontier;
  readonly lastXid: string;
  readonly lastId: string;
}

interface HeadRow {
  readonly size: number;
  readonly note: string;
  readonly edge: Buffer;
  readonly lastXid: string;
  readonly lastId: string;
}

const nothing = (): Head => ({
  note: undefined,
  checkpoint: undefined,
  tree: new Frontier(),
  lastXid: '0',
  lastId: '00000000-0000-0000-0000-000000000000',
});

/**
 * Reads the newest checkpoint and proves it: signed by this log's key, and its stored edge folds to the signed
 * root. Throws `audit.tree_damaged` otherwise; nothing is ever signed on top of a tree that is not ours.
 */
export async function readHead(tx: Queryable, key: LogKey): Promise<Head> {
  const row = await tx.maybe<HeadRow>(
    sql.named(
      'audit_head',
      sql`select size, note, edge, last_xid::text as last_xid, last_id from audit_checkpoint order by size desc limit 1`,
    ),
  );
  if (row === undefined) return nothing();
  const opened = openCheckpoint(key, row.note);
  if ('refused' in opened) throw damaged(`the newest checkpoint is not signed by this Reeve: ${opened.refused}`);
  if (opened.size !== row.size || row.edge.length !== ones(row.size) * 32)
    throw damaged('the newest checkpoint is not of the size stored with it');
  const edge = Array.from({ length: row.edge.length / 32 }, (_, i) => row.edge.subarray(i * 32, i * 32 + 32));
  const tree = new Frontier(row.size, edge);
  if (!equalBytes(tree.root(), opened.root))
    throw damaged('the stored right edge of the tree does not give the signed root');
  return { note: row.note, checkpoint: opened, tree, lastXid: row.lastXid, lastId: row.lastId };
}

/**
 * Holds the database against the witness. Throws `audit.behind_witness` when the log is shorter than what was
 * witnessed (an older backup was restored, or its tail cut off) and `audit.forked` when it is another log.
 */
export async function checkAgainstWitness(tx: Queryable, head: Head, witness: Witness): Promise<void> {
  const seen = await witness.latest();
  if (seen === undefined) return;
  const size = head.tree.size;
  if (size < seen.size) {
    throw new AppError({
      code: 'audit.behind_witness',
      status: 500,
      detail: `the audit log in the database has ${size} entries, but a checkpoint of ${seen.size} entries, signed ${seen.at.toISOString()}, was witnessed: an older copy was restored or its end was removed`,
      fix: 'restore the newest backup. To go on from this one all the same, keep the witness file as evidence elsewhere and move it out of the data folder',
    });
  }
  const root = head.checkpoint?.root ?? EMPTY_ROOT;
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
