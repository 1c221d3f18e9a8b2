import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, invalid } from '#kit/errors/index.ts';
import type { Targets } from '#connectors/port.ts';
import { sha256 } from '#kit/crypto/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { FeedProblem, FeedRecord } from '../feed/model.ts';
import type { FeedRun, HeldBecause, RunCounts } from '../runs/model.ts';
import { NO_COUNTS } from '../runs/model.ts';
import { planFeed, planStaged, type PlannedFeed } from '../runs/plan-feed.ts';
import type { FeedReading } from '../runs/read-feed.ts';
import { CHUNK, openStage, stageRows } from '../runs/stage-feed.ts';
import { insertRun, openRunOf } from '../runs/store.ts';
import { openDelivery, openFile, type ReadDelivery } from '../runs/delivery.ts';
import { newRun } from '../runs/take-feed.ts';
import { draftSource, type SourceSettings } from './draft-source.ts';
import type { PeopleSource } from './model.ts';
import { countRecords, forgetDigests, forgetSharedDigests, writeSource } from './store.ts';

/** One row as the draft reads it, and what it would do. */
export interface PreviewedRow {
  readonly row: number | null;
  readonly externalId: string | null;
  /** What is read from it; null for a bad row, and for somebody in no row. */
  readonly record: FeedRecord | null;
  readonly problems: readonly FeedProblem[];
  /** `bad`; `nobody` or `ambiguous` or `username_taken` for a row that would be left out; else what the plan does. */
  readonly what: string;
  /** Facts that would change. */
  readonly changed: readonly string[];
}

export interface SourcePreview {
  readonly source: PeopleSource;
  /** What would become of the delivery. */
  readonly state: 'refused' | 'held' | 'applying';
  readonly counts: RunCounts;
  readonly problems: readonly FeedProblem[];
  readonly heldBecause: readonly HeldBecause[];
  readonly rows: readonly PreviewedRow[];
}

export type RowsShown = 'first' | 'bad' | 'changed';

export interface PreviewInput {
  readonly settings: SourceSettings;
  /** A file as it would be delivered. Without one, what the source said last is planned by the draft. */
  readonly content: Uint8Array | undefined;
  /** For a draft of a source that is read: what was read just now, or why it could not be. */
  readonly read?: { readonly delivery: ReadDelivery } | { readonly problem: FeedProblem } | undefined;
  readonly show: RowsShown;
  readonly limit: number;
  readonly targets?: Targets | undefined;
}

/**
 * Does with a draft of a source all that a delivery does, up to its plan, in a savepoint that is always rolled back:
 * what is shown is what would happen, and nothing of it is kept.
 */
export async function previewSource(ctx: Ctx, input: PreviewInput): Promise<SourcePreview> {
  await ctx.tx.run(sql`savepoint preview`);
  try {
    return await tryOut(ctx, input);
  } finally {
    await ctx.tx.run(sql`rollback to savepoint preview`);
  }
}

async function tryOut(ctx: Ctx, input: PreviewInput): Promise<SourcePreview> {
  const { tx } = ctx;
  const { source, known } = await draftSource(tx, input.settings, ctx.principal, input.targets);
  if (source.readFrom !== null && input.content !== undefined)
    throw invalid(
      '/content',
      'is not taken: this source is read from a system',
      'leave it out; the rows are read there',
    );
  if (input.read !== undefined && 'problem' in input.read) return refusedWith(source, [input.read.problem]);
  const read = input.read?.delivery;
  if (read === undefined && input.content === undefined && known === undefined)
    throw invalid('/content', 'is needed for a source there is not yet', 'give a file as HR would deliver it');
  if (read === undefined && input.content === undefined && input.settings.mapping !== undefined)
    throw invalid('/content', 'is needed to try a mapping: files are not kept', 'give a file as HR delivers it');
  if (input.content !== undefined && source.kind !== 'hr_csv')
    throw conflict('source.is_pushed', `${source.name} is pushed to, not delivered`, 'try its terms without a file');
  await writeSource(tx, source);
  if (known !== undefined && known.timeZone !== source.timeZone) await forgetDigests(tx, source.id);
  if (known !== undefined && input.settings.terms !== undefined) await forgetSharedDigests(tx, source.id);
  await putOpenRunAside(tx, source.id);
  const before = await countRecords(tx, source.id);
  const { delimiter } = source.mapping;
  const opened =
    input.content === undefined ? read && openDelivery(read, delimiter) : openFile(input.content, delimiter);
  const endsWithNewline = opened?.endsWithNewline ?? true;
  const run = newRun(ctx, source, { contentDigest: sha256(''), endsWithNewline, baseline: before.known === 0 });
  await insertRun(tx, run);
  if (opened?.problem !== undefined) return refusedWith(source, [opened.problem]);
  const kept = new KeptRows(input);
  const delivered = { by: ctx.principal, before };
  const planned =
    opened === undefined
      ? await planStaged(tx, source, run, await stageKept(tx, source, kept), delivered)
      : await planFeed(tx, source, run, {
          ...delivered,
          rows: opened.rows,
          empty: opened.empty,
          watch: (row) => kept.look(row),
        });
  return await shown(tx, source, run, planned, kept, input);
}

const refusedWith = (source: PeopleSource, problems: readonly FeedProblem[]): SourcePreview => ({
  source,
  state: 'refused',
  counts: NO_COUNTS,
  problems,
  heldBecause: [],
  rows: [],
});

/** A held run would be superseded by a delivery; one being applied is done before it. */
async function putOpenRunAside(tx: Tx, sourceId: string): Promise<void> {
  const open = await openRunOf(tx, sourceId);
  if (open !== undefined)
    await tx.run(sql`update feed_run set state = 'superseded', settled_at = ${tx.now} where id = ${open.id}`);
}

/** Rows that pass by, of which those to be shown are kept: the first, or the first bad ones. */
class KeptRows {
  readonly rows = new Map<string, PreviewedRow>();
  readonly #show: RowsShown;
  readonly #limit: number;

  constructor({ show, limit }: Pick<PreviewInput, 'show' | 'limit'>) {
    this.#show = show;
    this.#limit = limit;
  }

  look(row: {
    readonly row: number;
    readonly mapped:
      | { readonly record: FeedRecord; readonly problems?: undefined }
      | { readonly problems: readonly FeedProblem[]; readonly externalId: string | undefined };
  }): void {
    const { mapped } = row;
    const bad = mapped.problems !== undefined;
    if (this.rows.size >= this.#limit || this.#show === 'changed' || (this.#show === 'bad' && !bad)) return;
    const externalId = bad ? (mapped.externalId ?? null) : mapped.record.externalId;
    this.rows.set(`${row.row}`, {
      row: row.row,
      externalId,
      record: bad ? null : mapped.record,
      problems: mapped.problems ?? [],
      what: bad ? 'bad' : 'unchanged',
      changed: [],
    });
  }
}

/** Stages what the source said last of everybody, as if it were delivered again. */
async function stageKept(tx: Tx, source: PeopleSource, kept: KeptRows): Promise<FeedReading> {
  await openStage(tx);
  let [after, row, unchanged] = ['', 0, 0];
  for (;;) {
    const page = await tx.many<{ externalId: string; record: FeedRecord }>(sql`
      select external_id, record from source_record
       where source_id = ${source.id} and present and external_id > ${after} order by external_id limit ${CHUNK}`);
    const last = page.at(-1);
    if (last === undefined) return { rows: row, unchanged, badRows: 0, twice: [], fatal: [], rowProblems: [] };
    after = last.externalId;
    const rows = page.map(({ externalId, record }) => ({ row: (row += 1), externalId, record }));
    for (const one of rows) kept.look({ row: one.row, mapped: one });
    const staged = await stageRows(tx, source.id, rows);
    unchanged += staged.unchanged;
  }
}

async function shown(
  tx: Tx,
  source: PeopleSource,
  run: FeedRun,
  planned: PlannedFeed,
  kept: KeptRows,
  { show, limit }: PreviewInput,
): Promise<SourcePreview> {
  const refused = planned.distrust.length > 0;
  const state = refused ? 'refused' : planned.heldBecause.length > 0 ? 'held' : 'applying';
  const rows =
    show === 'changed' ? await changedRows(tx, run.id, limit) : await withPlan(tx, run.id, [...kept.rows.values()]);
  const { counts, heldBecause } = planned;
  return { source, state, counts, heldBecause, problems: [...planned.distrust, ...planned.problems], rows };
}

interface PlannedLine {
  readonly externalId: string;
  readonly rowNumber: number | null;
  readonly what: string;
  readonly changed: readonly string[];
  readonly record: FeedRecord | null;
}

/** What the plan, or the reason a row would be left out, says of rows that are shown. */
async function withPlan(tx: Tx, runId: string, rows: readonly PreviewedRow[]): Promise<readonly PreviewedRow[]> {
  const numbers = rows.flatMap((r) => r.row ?? []);
  const lines = await tx.many<PlannedLine>(sql`
    select c.external_id, c.row_number, c.what, c.changed, null as record from feed_change c
     where c.run_id = ${runId} and c.row_number = any(${numbers}::int[])
    union all
    select r.external_id, r.row_number, r.skip, '{}'::text[], null from feed_row r
     where r.skip is not null and r.row_number = any(${numbers}::int[])`);
  const byRow = new Map(lines.map((l) => [l.rowNumber, l]));
  return rows.map((row) => {
    const line = byRow.get(row.row);
    if (line === undefined) return row;
    return { ...row, what: line.what === 'note' ? 'unchanged' : line.what, changed: line.changed };
  });
}

/** The first rows that would change something, in the order of the plan: leavers first. */
async function changedRows(tx: Tx, runId: string, limit: number): Promise<readonly PreviewedRow[]> {
  const lines = await tx.many<PlannedLine>(sql`
    select c.external_id, c.row_number, c.what, c.changed, v.record
      from feed_change c left join feed_value v on v.run_id = c.run_id and v.position = c.position
     where c.run_id = ${runId} and c.what <> 'note' order by c.position limit ${limit}`);
  return lines.map(({ rowNumber, ...line }) => ({ ...line, row: rowNumber, problems: [] }));
}
