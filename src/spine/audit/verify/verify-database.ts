import { equalBytes, type Keys } from '#kit/crypto/index.ts';
import { sql, type Db, type Tx } from '#kit/db/index.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { parseLogKey, type LogKey } from '../checkpoint/log-key.ts';
import { entryColumns, toDocument, type EntryRow } from '../read/read-entry.ts';
import { documentText } from '../record/entry.ts';
import { stampOf } from '../record/stamp.ts';
import { isStored } from '../sequence/read-nodes.ts';
import { leafHash } from '../tree/hash.ts';
import { NO_HASH, type SeenEntry } from './compare-batch.ts';
import type { Finding, Verification } from './finding.ts';
import { LogVerifier } from './log-verifier.ts';
import { openWitness, type VerifyOptions } from './verify-export.ts';

/** What was found, and how many committed events still wait for their number (not an error). */
export interface DatabaseVerification extends Verification {
  readonly pending: number;
}

const MOST_ROWS = 2048;

export interface VerifyDatabaseOptions extends VerifyOptions {
  /** Checks each row's stamp too, which only whoever has the root key can. */
  readonly stamps?: Keys | undefined;
}

/**
 * Checks the log where it lies, in one snapshot: every signed entry against its row, the stored hashes and tree,
 * and that no row stands beside the log. Reads only; needs the public key and no other.
 */
export async function verifyDatabase(
  db: Db,
  publicKey: string | LogKey,
  options: VerifyDatabaseOptions = {},
): Promise<DatabaseVerification> {
  const key = typeof publicKey === 'string' ? parseLogKey(publicKey) : publicKey;
  const { witnesses = [], stamps, ...rest } = options;
  const tiles = new Map<string, Buffer>();
  const verifier = new LogVerifier(key, {
    ...rest,
    witnesses: witnesses.map((note) => openWitness(key, note)),
    onNode: (ref, hash) => {
      if (isStored(ref)) tiles.set(`${ref.level}/${ref.index}`, hash);
    },
  });
  return db.tx((tx) => verifyIn(tx, { key, verifier, tiles, stamps }), {
    readOnly: true,
    isolation: 'repeatable read',
  });
}

interface Verifying {
  readonly key: LogKey;
  readonly verifier: LogVerifier;
  readonly tiles: Map<string, Buffer>;
  readonly stamps: Keys | undefined;
}

async function verifyIn(tx: Tx, parts: Verifying): Promise<DatabaseVerification> {
  const { key, verifier, tiles } = parts;
  let next = await lowestSeq(tx);
  for (let size = -1; !verifier.over;) {
    const row = await tx.maybe<CheckpointRow>(sql`
      select size, root, note, edge, at from audit_checkpoint where size > ${size} order by size limit 1`);
    if (row === undefined) break;
    size = row.size;
    next = await readEntries(tx, parts, next, size);
    const before = verifier.size;
    verifier.checkpoint(row.note);
    const wrong = storedWrong(key, row, verifier);
    if (wrong !== undefined) verifier.report({ kind: 'checkpoint', seq: before, id: undefined, detail: wrong });
    await compareTiles(tx, verifier, tiles);
  }
  if (!verifier.over) await readEntries(tx, parts, next, next + MOST_ROWS);
  const beside = await rowsBeside(tx);
  return { ...verifier.finish(beside.findings), pending: beside.pending };
}

const lowestSeq = async (tx: Tx): Promise<number> =>
  (await tx.one<{ lowest: number }>(sql`select coalesce(min(seq), 0) as lowest from audit_leaf`)).lowest;

interface LeafRow extends Omit<EntryRow, 'id'> {
  readonly id: string | null;
  readonly seq: number;
  readonly eventId: string;
  readonly hash: Buffer;
  readonly leaf: Buffer | null;
  readonly stamp: Buffer | null;
}

/** Hands the verifier the entries numbered from `from` up to, not including, `to`; returns where to go on. */
async function readEntries(tx: Tx, parts: Verifying, from: number, to: number): Promise<number> {
  const { verifier, stamps } = parts;
  let next = from;
  while (next < to && !verifier.over) {
    const rows = await tx.many<LeafRow>(sql`
      select l.seq, l.event_id, l.hash, e.leaf, e.stamp, ${entryColumns}
      from (select * from audit_leaf where seq >= ${next} and seq < ${to} order by seq limit ${MOST_ROWS}) l
      left join audit_event e on e.id = l.event_id order by l.seq`);
    for (const row of rows) verifier.entry(seenOf(row, stamps));
    const last = rows.at(-1);
    if (last === undefined) break;
    next = last.seq + 1;
  }
  return Math.max(next, to);
}

function seenOf(row: LeafRow, stamps: Keys | undefined): SeenEntry {
  const { id, seq, eventId } = row;
  const gone = { id: eventId, seq, hash: undefined, at: undefined };
  if (id === null) return gone;
  try {
    const hash = leafHash(documentText(toDocument({ ...row, id })));
    // The stored copies count too: a wrong one would be proved, or numbered, in place of the right one.
    const same = row.leaf !== null && equalBytes(hash, row.leaf) && equalBytes(hash, row.hash);
    const stamped = stamps === undefined || (row.stamp !== null && equalBytes(stampOf(stamps, id, hash), row.stamp));
    return { id, seq, hash: same && stamped ? hash : NO_HASH, at: new Date(row.atText ?? Number.NaN) };
  } catch {
    return { ...gone, hash: NO_HASH };
  }
}

interface CheckpointRow {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
  readonly edge: Buffer;
  readonly at: Date;
}

/** The columns beside the signed note say what the note says, and the stored edge is the tree's. */
function storedWrong(key: LogKey, row: CheckpointRow, verifier: LogVerifier): string | undefined {
  const opened = openCheckpoint(key, row.note);
  if ('refused' in opened) return undefined;
  if (opened.size !== row.size || !equalBytes(opened.root, row.root)) {
    return `the checkpoint stored as of ${row.size} entries is one of ${opened.size} entries, or of another root`;
  }
  if (opened.at.getTime() !== row.at.getTime())
    return `the checkpoint of ${row.size} entries is stored with another time than it was signed at`;
  if (!verifier.over && verifier.size === row.size && !equalBytes(row.edge, Buffer.concat([...verifier.edge])))
    return `the right edge stored with the checkpoint of ${row.size} entries is not that of its tree`;
  return undefined;
}

async function compareTiles(tx: Tx, verifier: LogVerifier, tiles: Map<string, Buffer>): Promise<void> {
  if (tiles.size === 0 || verifier.over) return;
  const refs = [...tiles.keys()].map((at) => at.split('/').map(Number) as [number, number]);
  const rows = await tx.many<{ level: number; index: number; hash: Buffer }>(sql`
    select n.level, n.index, n.hash from audit_node n
    join unnest(${refs.map((r) => r[0])}::smallint[], ${refs.map((r) => r[1])}::bigint[]) as due (level, index)
      on n.level = due.level and n.index = due.index`);
  const stored = new Map(rows.map((row) => [`${row.level}/${row.index}`, row.hash]));
  for (const [at, hash] of tiles) {
    const found = stored.get(at);
    if (found !== undefined && equalBytes(found, hash)) continue;
    const detail = `the stored tree node ${at} is ${found === undefined ? 'missing' : 'altered'}: proofs that need it fail, the entries are sound`;
    verifier.report({ kind: 'checkpoint', seq: undefined, id: undefined, detail });
  }
  tiles.clear();
}

/** Rows of the log's table that are under no number though the log has gone past them, or that Reeve did not write. */
async function rowsBeside(tx: Tx): Promise<{ findings: Finding[]; pending: number }> {
  const rows = await tx.many<{ id: string; refused: boolean }>(sql`
    select e.id, r.event_id is not null as refused
    from audit_event e
    left join audit_refused r on r.event_id = e.id
    where not exists (select from audit_leaf l where l.event_id = e.id)
      and (r.event_id is not null or e.xid < (
        select case when c.last_xid > pg_snapshot_xmax(pg_current_snapshot()) then '0'::xid8 else c.last_xid end
        from audit_checkpoint c order by c.size desc limit 1))
    order by e.xid, e.id limit 100`);
  const { total } = await tx.one<{ total: number }>(sql`
    select count(*) as total from audit_event e where not exists (select from audit_leaf l where l.event_id = e.id)`);
  const findings = rows.map((row): Finding => ({
    kind: 'inserted',
    seq: undefined,
    id: row.id,
    detail: row.refused
      ? `row ${row.id} was not written by Reeve: it was inserted, or changed before it was numbered`
      : `row ${row.id} has no number, though the log has gone past it: it was inserted later, or its number was removed`,
  }));
  return { findings, pending: total - rows.length };
}
