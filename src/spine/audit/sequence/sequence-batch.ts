import type { Keys } from '#kit/crypto/index.ts';
import { sql, type Db, type Tx } from '#kit/db/index.ts';
import type { Log } from '#kit/log/index.ts';
import { appendEvents } from '../record/append-event.ts';
import { MAX_BATCH, signCheckpoint } from '../checkpoint/checkpoint.ts';
import { logSigner, type LogSigner } from '../checkpoint/log-key.ts';
import type { Witness } from '../checkpoint/witness-file.ts';
import { rowRefused } from '../events.ts';
import { isStamped } from '../record/stamp.ts';
import { checkAgainstWitness, readHead, type Head } from './read-head.ts';
import { isStored } from './read-nodes.ts';

/** Held while numbering, so that one node at a time grows the tree. */
const LOCK = 7_237_461_915_002;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export interface SequenceParts {
  readonly db: Db;
  readonly keys: Keys;
  readonly log: Log;
  readonly witness?: Witness | undefined;
}

/** What one pass did. `busy`: another node holds the pen. `more`: there was more than one batch. */
export type Pass =
  | { readonly busy: true }
  | { readonly busy: false; readonly numbered: number; readonly more: boolean; readonly note: string | undefined };

/**
 * Numbers the next batch of committed events, grows the tree by their leaf hashes and signs a checkpoint, all in
 * one transaction: a crash at any point leaves it done or not begun. Rows are taken in the order (xid, id) and only
 * once every transaction that could still add an earlier one has ended, so the order is final.
 *
 * Throws `audit.tree_damaged`, `audit.behind_witness`, `audit.forked` and `audit.witness_damaged`; then nothing was
 * signed.
 */
export async function sequenceBatch(parts: SequenceParts): Promise<Pass> {
  const signer = logSigner(parts.keys);
  const pass = await parts.db.tx((tx) => numberNext(tx, parts, signer));
  if (!pass.busy && pass.note !== undefined) await parts.witness?.advance(pass.note);
  return pass;
}

/** Numbers until nothing committed is left, or another node is at it. Returns how many entries were numbered. */
export async function sequenceAll(parts: SequenceParts): Promise<number> {
  let numbered = 0;
  for (;;) {
    const pass = await sequenceBatch(parts);
    if (pass.busy) return numbered;
    numbered += pass.numbered;
    if (!pass.more) return numbered;
  }
}

interface PendingRow {
  readonly id: string;
  readonly leaf: Buffer;
  readonly stamp: Buffer;
  readonly xid: string;
}

async function numberNext(tx: Tx, parts: SequenceParts, signer: LogSigner): Promise<Pass> {
  const { got } = await tx.one<{ got: boolean }>(sql`select pg_try_advisory_xact_lock(${LOCK}) as got`);
  if (!got) return { busy: true };
  const head = await readHead(tx, signer);
  if (parts.witness !== undefined) await checkAgainstWitness(tx, head, parts.witness);
  const { rows, horizon } = await readPending(tx, head);
  const ours = rows.filter((row) => isStamped(parts.keys, row));
  if (ours.length < rows.length)
    await refuseForeign(
      tx,
      parts,
      rows.filter((row) => !ours.includes(row)),
    );
  const more = rows.length === MAX_BATCH;
  const last = ours.at(-1);
  if (last === undefined) {
    const seen = await parts.witness?.latest();
    // After a crash between commit and witness, or where another node numbered: catch up with the log.
    const behind = head.note !== undefined && (seen?.size ?? 0) < head.tree.size;
    return { busy: false, numbered: 0, more, note: behind ? head.note : undefined };
  }
  const cursor = more ? { xid: last.xid, id: last.id } : { xid: horizon, id: FIRST_ID };
  const note = await grow(tx, head, signer, ours, cursor);
  return { busy: false, numbered: ours.length, more, note };
}

/**
 * The next rows in commit order, with the transaction horizon they were read at: below it nothing can appear any
 * more. A log restored into a younger cluster has rows and a cursor from transactions that "have not happened yet";
 * then everything without a number counts, once, and numbering goes on from this cluster's horizon.
 */
async function readPending(tx: Tx, head: Head): Promise<{ rows: PendingRow[]; horizon: string }> {
  const { horizon, restored } = await tx.one<{ horizon: string; restored: boolean }>(
    sql.named(
      'audit_horizon',
      sql`select pg_snapshot_xmin(s)::text as horizon, ${head.lastXid}::xid8 > pg_snapshot_xmax(s) as restored
          from pg_current_snapshot() as s`,
    ),
  );
  const columns = sql`e.id, e.leaf, e.stamp, e.xid::text as xid`;
  if (restored) {
    const rows = await tx.many<PendingRow>(sql`
      select ${columns} from audit_event e
      where (e.xid < ${horizon}::xid8 or e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
        and not exists (select from audit_leaf l where l.event_id = e.id)
        and not exists (select from audit_refused r where r.event_id = e.id)
      order by e.xid < ${horizon}::xid8, e.xid, e.id limit ${MAX_BATCH}`);
    return { rows, horizon };
  }
  // The subselects are index probes a row; joins would tempt the planner to read every leaf.
  const rows = await tx.many<PendingRow>(
    sql.named(
      'audit_pending',
      sql`select ${columns} from audit_event e
          where (e.xid, e.id) > (${head.lastXid}::xid8, ${head.lastId}::uuid) and e.xid < ${horizon}::xid8
            and (select true from audit_leaf l where l.event_id = e.id) is null
            and (select true from audit_refused r where r.event_id = e.id) is null
          order by e.xid, e.id limit ${MAX_BATCH}`,
    ),
  );
  return { rows, horizon };
}

/** Writes leaves, tiles and the signed checkpoint in one statement. */
async function grow(
  tx: Tx,
  head: Head,
  signer: LogSigner,
  rows: readonly PendingRow[],
  cursor: { readonly xid: string; readonly id: string },
): Promise<string> {
  const { tree } = head;
  const first = tree.size;
  const levels: number[] = [];
  const indexes: number[] = [];
  const hashes: Buffer[] = [];
  for (const row of rows) {
    tree.append(row.leaf, (ref, hash) => {
      if (!isStored(ref)) return;
      levels.push(ref.level);
      indexes.push(ref.index);
      hashes.push(hash);
    });
  }
  const leaves = rows.map((row) => row.leaf);
  const root = tree.root();
  const note = signCheckpoint(signer, { size: tree.size, root, leaves, at: tx.now });
  await tx.run(
    sql.named(
      'audit_grow',
      sql`with leaves as (
            insert into audit_leaf (seq, event_id, hash)
            select ${first}::bigint + place - 1, id, hash
            from unnest(${rows.map((row) => row.id)}::uuid[], ${leaves}::bytea[]) with ordinality as batch (id, hash, place)
          ), tiles as (
            insert into audit_node (level, index, hash)
            select * from unnest(${levels}::smallint[], ${indexes}::bigint[], ${hashes}::bytea[])
          )
          insert into audit_checkpoint (size, root, note, edge, last_xid, last_id, at)
          values (${tree.size}, ${root}, ${note}, ${Buffer.concat(tree.edge)}, ${cursor.xid}::xid8, ${cursor.id}::uuid, ${tx.now})`,
    ),
  );
  return note;
}

/** Rows Reeve did not write are left without a number, told of in the log, and named by the verifier. */
async function refuseForeign(tx: Tx, parts: SequenceParts, rows: readonly PendingRow[]): Promise<void> {
  const fresh = await tx.many<{ eventId: string }>(sql`
    insert into audit_refused (event_id, found_at)
    select id, ${tx.now} from unnest(${rows.map((row) => row.id)}::uuid[]) as found (id)
    on conflict on constraint audit_refused_names_an_event do nothing returning event_id`);
  if (fresh.length === 0) return;
  parts.log.error('rows were put into the audit log that Reeve did not write; they are not numbered', {
    events: fresh.map((row) => row.eventId),
  });
  await appendEvents(
    tx,
    parts.keys,
    fresh.map((row) => ({
      event: rowRefused,
      data: { eventId: row.eventId },
      principal: { kind: 'component', id: 'sequencer' },
      origin: { via: 'worker' },
      trace: 'sequencer',
    })),
  );
}
