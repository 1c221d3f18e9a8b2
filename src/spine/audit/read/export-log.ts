import { sql, type Queryable } from '#kit/db/index.ts';
import { canonicalJson } from '../record/canonical-json.ts';
import { formatLogKey, type LogKey } from '../checkpoint/log-key.ts';
import { entryColumns, toDocument, type EntryRow } from './read-entry.ts';
import { conflict } from '#kit/errors/index.ts';
import type { ExportLine } from '../verify/verify-export.ts';

/** Part of an export: whole batches, each ended by its checkpoint. */
export interface ExportPage {
  /** Lines of JSON without their ends. */
  readonly lines: readonly string[];
  /** Size to go on from; undefined when this page reaches the newest checkpoint. */
  readonly next: number | undefined;
  readonly size: number;
}

interface CheckpointRow {
  readonly size: number;
  readonly note: string;
  readonly edge: Buffer;
}

interface LeafRow extends Omit<EntryRow, 'id'> {
  readonly id: string | null;
  readonly seq: number;
  readonly eventId: string;
}

/**
 * The log from `from` entries on, as the lines `verifyExport` checks. The first page of a copy (`begins`) opens with
 * the header; a copy may begin at any checkpoint. What is there is written, even where it is wrong: finding that is
 * the verifier's work. Throws 409 when no checkpoint has that size.
 */
export async function exportPage(
  db: Queryable,
  key: LogKey,
  page: { readonly from: number; readonly begins: boolean; readonly atLeast?: number },
): Promise<ExportPage> {
  const lines: string[] = [];
  const { atLeast = 1000 } = page;
  if (page.begins) lines.push(await headerLine(db, key, page.from));
  let size = page.from;
  while (size - page.from < atLeast) {
    const checkpoint = await db.maybe<CheckpointRow>(sql`
      select size, note, edge from audit_checkpoint where size > ${size} order by size limit 1`);
    if (checkpoint === undefined) return { lines, next: undefined, size };
    const rows = await db.many<LeafRow>(sql`
      select l.seq, l.event_id, ${entryColumns}
      from audit_leaf l left join audit_event e on e.id = l.event_id
      where l.seq >= ${size} and l.seq < ${checkpoint.size} order by l.seq`);
    for (const row of rows) lines.push(eventLine(row));
    lines.push(write({ kind: 'checkpoint', note: checkpoint.note }));
    size = checkpoint.size;
  }
  return { lines, next: size, size };
}

/** The whole export, line by line, each with its end. Read in one snapshot by handing in a transaction. */
export async function* exportLines(db: Queryable, key: LogKey, from = 0): AsyncGenerator<string> {
  for (let next: number | undefined = from, begins = true; next !== undefined; begins = false) {
    const page: ExportPage = await exportPage(db, key, { from: next, begins });
    for (const line of page.lines) yield `${line}\n`;
    next = page.next;
  }
}

const write = (line: ExportLine): string => canonicalJson(line);

async function headerLine(db: Queryable, key: LogKey, from: number): Promise<string> {
  const start =
    from === 0
      ? undefined
      : await db.maybe<CheckpointRow>(sql`select size, note, edge from audit_checkpoint where size = ${from}`);
  if (from !== 0 && start === undefined) {
    throw conflict(
      'audit.no_such_checkpoint',
      `there is no checkpoint of ${from} entries`,
      'begin at 0, or at the size of a checkpoint you have',
    );
  }
  const edge = start?.edge ?? Buffer.alloc(0);
  return write({
    kind: 'header',
    format: 'reeve-audit-export/1',
    origin: key.origin,
    publicKey: formatLogKey(key),
    from,
    edge: Array.from({ length: edge.length / 32 }, (_, i) => edge.toString('base64', i * 32, i * 32 + 32)),
    start: start?.note ?? null,
  });
}

function eventLine(row: LeafRow): string {
  const { id, seq, eventId } = row;
  const line = { kind: 'event', seq, id: eventId } as const;
  return write({ ...line, entry: id === null ? null : { ...toDocument({ ...row, id }) } });
}
