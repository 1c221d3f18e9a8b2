import { conflict, notFound } from '#kit/errors/index.ts';
import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { SystemPiece } from '../model.ts';
import { chunksOf, KINDS, pieceRows } from './load-stage.ts';

/** A whole reading on its way into the graph: how far it is, and where it may go on. */
export interface StagedReading {
  readonly id: string;
  readonly systemId: string;
  readonly beganAt: Date;
  readonly pieces: number;
  readonly rows: number;
  readonly resumeAt: string | null;
  /** The piece `resumeAt` came with; those after it are read again. */
  readonly resumeAfter: number;
  readonly whole: boolean;
  readonly mark: string | null;
  /** Which machine answers. */
  readonly readAs: string;
}

const columns = sql`id, system_id, began_at, pieces, rows, resume_at, resume_after, whole, mark, read_as`;

export const getStagedReading = (tx: Queryable, id: string): Promise<StagedReading | undefined> =>
  tx.maybe<StagedReading>(sql`select ${columns} from staged_reading where id = ${id}`);

async function requireStaged(tx: Tx, id: string): Promise<StagedReading> {
  const staged = await tx.maybe<StagedReading>(sql`select ${columns} from staged_reading where id = ${id} for update`);
  if (staged === undefined) throw notFound('staged_reading', id);
  return staged;
}

/**
 * Begins a reading, or takes up the one of this id where it broke off: pieces after the last one the target can go on
 * from are put away, all of them where `afresh` or where another machine answers now. A whole one stays whole.
 */
export async function beginReading(
  ctx: Ctx,
  _permit: Permit,
  input: {
    readonly readingId: string;
    readonly systemId: string;
    readonly readAs: string;
    readonly afresh?: boolean | undefined;
  },
): Promise<StagedReading> {
  const { tx } = ctx;
  const { readingId, readAs } = input;
  await tx.run(sql`
    insert into staged_reading (id, system_id, began_at, read_as)
    values (${readingId}, ${input.systemId}, ${ctx.now}, ${readAs})
    on conflict on constraint staged_reading_pk do nothing`);
  const known = await requireStaged(tx, readingId);
  const afresh = input.afresh === true || known.readAs !== readAs;
  if (known.whole && !afresh) return known;
  const keep = afresh ? 0 : known.resumeAfter;
  await tx.run(sql`delete from staged_piece where reading_id = ${readingId} and number > ${keep}`);
  await tx.run(sql`
    update staged_reading s
       set pieces = ${keep}, whole = false, mark = null, read_as = ${readAs}, resume_after = ${keep},
           began_at = case when ${keep} = 0 then ${ctx.now} else s.began_at end,
           resume_at = case when ${keep} = 0 then null else s.resume_at end, rows = (
             select coalesce(sum(coalesce(jsonb_array_length(accounts), 0) + coalesce(jsonb_array_length(entitlements), 0)
                               + coalesce(jsonb_array_length(holdings), 0) + coalesce(jsonb_array_length(nesting), 0)), 0)
               from staged_piece p where p.reading_id = s.id)
     where id = ${readingId}`);
  return await requireStaged(tx, readingId);
}

/**
 * Keeps the next piece of a reading, with where it may go on, in one transaction: what is kept outlives a crash. Throws
 * `reading.goes_on_elsewhere` where somebody else is further with this reading: then stop.
 */
export async function keepPiece(
  ctx: Ctx,
  _permit: Permit,
  input: { readonly readingId: string; readonly after: StagedReading; readonly piece: SystemPiece },
): Promise<StagedReading> {
  const { tx } = ctx;
  const { readingId, after, piece } = input;
  const known = await requireStaged(tx, readingId);
  if (known.whole || known.pieces !== after.pieces || known.beganAt.getTime() !== after.beganAt.getTime())
    throw conflict('reading.goes_on_elsewhere', 'another worker is further with this reading');
  let [number, rows] = [known.pieces, 0];
  for (const chunk of chunksOf(piece)) {
    number += 1;
    const given = pieceRows(chunk);
    for (const kind of KINDS) rows += chunk[kind]?.length ?? 0;
    await tx.run(sql`
      insert into staged_piece (reading_id, number, accounts, entitlements, holdings, nesting)
      values (${readingId}, ${number}, ${given.accounts}::jsonb, ${given.entitlements}::jsonb, ${given.holdings}::jsonb,
              ${given.nesting}::jsonb)`);
  }
  const resumes = piece.resumeAt !== undefined && number > 0;
  await tx.run(sql`
    update staged_reading
       set pieces = ${number}, rows = rows + ${rows}, whole = ${piece.whole !== undefined}, mark = ${piece.whole?.mark ?? null},
           resume_at = case when ${resumes} then ${piece.resumeAt ?? null} else resume_at end,
           resume_after = case when ${resumes} then ${number} else resume_after end
     where id = ${readingId}`);
  return await requireStaged(tx, readingId);
}

/** Pieces put away in one statement. */
const BATCH = 100;

/** Puts a staged reading away, a few pieces at a time, since a large one holds gigabytes. Safe to repeat. */
export async function forgetReading(db: Queryable, readingId: string): Promise<void> {
  const part = sql`
    delete from staged_piece where reading_id = ${readingId} and number in (
      select number from staged_piece where reading_id = ${readingId} order by number limit ${BATCH})`;
  while ((await db.run(part)) > 0);
  await db.run(sql`delete from staged_reading where id = ${readingId}`);
}
