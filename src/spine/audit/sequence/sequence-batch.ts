import type { Keys } from '#kit/crypto/index.ts';
import { isConstraint, sql, type Db, type Sql, type Tx } from '#kit/db/index.ts';
import type { Log } from '#kit/log/index.ts';
import { appendEvents } from '../record/append-event.ts';
import { MAX_BATCH, signCheckpoint, type SignedCheckpoint } from '../checkpoint/checkpoint.ts';
import { logSigner, type LogSigner } from '../checkpoint/log-key.ts';
import type { Witness } from '../checkpoint/witness-file.ts';
import { rowRefused } from '../events.ts';
import { foreignPlaces, STAMPED_BYTES } from '../record/stamp.ts';
import { horizonOf, readUnderWay, type UnderWay } from './horizon.ts';
import { checkAgainstWitness, readHead, readSigned, type Head } from './read-head.ts';
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
  | {
      readonly busy: false;
      readonly numbered: number;
      readonly more: boolean;
      /** For the witness, where it has not seen this yet. */
      readonly signed: SignedCheckpoint | undefined;
    };

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
  const attempt = async (careful: boolean): Promise<Pass> => {
    const pass = await parts.db.tx((tx) => numberNext(tx, parts, signer, careful), { isolation: 'read committed' });
    if (!pass.busy && pass.signed !== undefined) await parts.witness?.advance(pass.signed);
    return pass;
  };
  try {
    return await attempt(false);
  } catch (error) {
    // Both are rare, and looking out for them would cost every entry two index probes.
    if (error instanceof ForeignRows) await refuseForeign(parts, error.ids);
    else if (!isConstraint(error, 'audit_leaf_numbers_an_event_once')) throw error;
    return await attempt(true);
  }
}

/**
 * Takes the lock until the transaction ends. The next rows must come from the index in order: left to itself the
 * planner reads a whole backlog and sorts it, for every batch anew.
 */
async function takePen(tx: Tx): Promise<boolean> {
  const { got } = await tx.one<{ got: boolean }>(
    sql.named(
      'audit_pen',
      sql`select pg_try_advisory_xact_lock(${LOCK}) as got,
            set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true)`,
    ),
  );
  return got;
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

/** Rows were about to be numbered that Reeve did not write; the transaction goes back. */
class ForeignRows extends Error {
  readonly ids: readonly string[];
  constructor(ids: readonly string[]) {
    super('rows without a stamp of this Reeve');
    this.ids = ids;
  }
}

async function numberNext(tx: Tx, parts: SequenceParts, signer: LogSigner, careful: boolean): Promise<Pass> {
  if (!(await takePen(tx))) return { busy: true };
  const seen = await parts.witness?.latest();
  const head = await readHead(tx, signer, seen);
  if (seen !== undefined) await checkAgainstWitness(tx, head, seen);
  const batch = await takeBatch(tx, head, await readUnderWay(tx, head), careful);
  const foreign = foreignPlaces(parts.keys, batch.rows, batch.stamps);
  if (foreign.length > 0) throw new ForeignRows(foreign.map((place) => idAt(batch.rows, place)));
  const count = batch.rows.length / STAMPED_BYTES;
  if (count === 0) {
    // After a crash between commit and witness, or where another node numbered: catch up with the log.
    const behind = parts.witness !== undefined && (seen?.size ?? 0) < head.tree.size;
    const signed = behind ? await readSigned(tx, signer, head.tree.size) : undefined;
    return { busy: false, numbered: 0, more: false, signed };
  }
  const more = count === MAX_BATCH;
  const cursor = more ? { xid: batch.lastXid, id: idAt(batch.rows, count - 1) } : { xid: batch.horizon, id: FIRST_ID };
  const leaves = Array.from({ length: count }, (_, i) =>
    batch.rows.subarray(i * STAMPED_BYTES + 36, (i + 1) * STAMPED_BYTES),
  );
  return { busy: false, numbered: leaves.length, more, signed: await grow(tx, head, signer, leaves, cursor) };
}

interface Batch {
  /** For each row its id as text and its leaf hash, packed end to end. */
  readonly rows: Buffer;
  readonly stamps: Buffer;
  readonly lastXid: string;
  /** Every row of older transactions has been looked at, unless the batch was full. */
  readonly horizon: string;
}

const idAt = (rows: Buffer, place: number): string =>
  rows.toString('latin1', place * STAMPED_BYTES, place * STAMPED_BYTES + 36);

/** Gives the next rows their numbers and returns them in that order. */
async function takeBatch(tx: Tx, head: Head, underWay: UnderWay, careful: boolean): Promise<Batch> {
  const how = underWay.restored ? 'restored' : careful ? 'careful' : 'next';
  const from = underWay.restored ? RESTORED_ROWS : nextRows(head, careful);
  return tx.one<Batch>(
    sql.named(
      `audit_take_${how}`,
      sql`with horizon as materialized (
            select ${horizonOf(underWay)} as xid
          ), next as (
            select e.id, e.leaf, e.stamp, e.xid, row_number() over () as place from (${from}) e
          ), leaves as (
            insert into audit_leaf (seq, event_id, hash) select ${head.tree.size}::bigint + place - 1, id, leaf from next
          )
          select coalesce(string_agg(id::text::bytea || leaf, ''::bytea order by place), '') as rows,
            coalesce(string_agg(stamp, ''::bytea order by place), '') as stamps,
            coalesce(max(xid)::text, '0') as last_xid, (select xid::text from horizon) as horizon
          from next`,
    ),
  );
}

/**
 * What follows the cursor in commit order. `careful` leaves out what has a number or was refused already, row by
 * row; a join would tempt the planner to read every leaf.
 */
const nextRows = (head: Head, careful: boolean): Sql => sql`
  select id, leaf, stamp, xid from audit_event e
  where (xid, id) > (${head.lastXid}::xid8, ${head.lastId}::uuid) and xid < (select xid from horizon)
    ${
      careful
        ? sql`and (select true from audit_leaf l where l.event_id = e.id) is null
              and (select true from audit_refused r where r.event_id = e.id) is null`
        : sql``
    }
  order by xid, id limit ${MAX_BATCH}`;

/** After a restore everything without a number counts, once; then numbering goes on from this cluster's horizon. */
const RESTORED_ROWS: Sql = sql`
  select id, leaf, stamp, xid from audit_event e
  where (xid < (select xid from horizon) or xid >= pg_snapshot_xmax(pg_current_snapshot()))
    and not exists (select from audit_leaf l where l.event_id = e.id)
    and not exists (select from audit_refused r where r.event_id = e.id)
  order by xid < (select xid from horizon), xid, id limit ${MAX_BATCH}`;

/** Writes tiles and the signed checkpoint. */
async function grow(
  tx: Tx,
  head: Head,
  signer: LogSigner,
  leaves: readonly Buffer[],
  cursor: { readonly xid: string; readonly id: string },
): Promise<SignedCheckpoint> {
  const { tree } = head;
  const levels: number[] = [];
  const indexes: number[] = [];
  const hashes: Buffer[] = [];
  for (const leaf of leaves) {
    tree.append(leaf, (ref, hash) => {
      if (!isStored(ref)) return;
      levels.push(ref.level);
      indexes.push(ref.index);
      hashes.push(hash);
    });
  }
  const root = tree.root();
  const checkpoint = { origin: signer.origin, size: tree.size, root, leaves, at: tx.now };
  const note = signCheckpoint(signer, checkpoint);
  await tx.run(
    sql.named(
      'audit_grow',
      sql`with tiles as (
            insert into audit_node (level, index, hash)
            select * from unnest(${levels}::smallint[], ${indexes}::bigint[], ${hashes}::bytea[])
          )
          insert into audit_checkpoint (size, root, note, edge, last_xid, last_id, at)
          values (${tree.size}, ${root}, ${note}, ${Buffer.concat(tree.edge)}, ${cursor.xid}::xid8, ${cursor.id}::uuid, ${tx.now})`,
    ),
  );
  return { note, checkpoint };
}

/** Rows Reeve did not write are left without a number, told of in the log, and named by the verifier. */
async function refuseForeign(parts: SequenceParts, ids: readonly string[]): Promise<void> {
  await parts.db.tx(async (tx) => {
    const fresh = await tx.many<{ eventId: string }>(sql`
      insert into audit_refused (event_id, found_at)
      select id, ${tx.now} from unnest(${ids}::uuid[]) as found (id)
      on conflict on constraint audit_refused_names_an_event do nothing returning event_id`);
    if (fresh.length === 0) return;
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
  });
  parts.log.error('rows were put into the audit log that Reeve did not write; they are not numbered', { events: ids });
}
