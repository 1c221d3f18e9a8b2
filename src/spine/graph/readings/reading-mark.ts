import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';

/** Where a system's readings of changes go on, and which machine its last trusted reading came from. */
export interface ReadingMark {
  /** Null: the system has to be read whole. */
  readonly mark: string | null;
  readonly readAs: string;
  readonly movedAt: Date;
}

export const getReadingMark = (tx: Queryable, systemId: string): Promise<ReadingMark | undefined> =>
  tx.maybe<ReadingMark>(sql`select mark, read_as, moved_at from reading_mark where system_id = ${systemId}`);

/** Moves the mark. Called only in the transaction that brings what was read up to it into the graph. */
export const moveMark = (
  tx: Tx,
  input: { readonly systemId: string; readonly mark: string | null; readonly readAs: string },
): Promise<number> =>
  tx.run(sql`
    insert into reading_mark as m (system_id, mark, read_as, moved_at)
    values (${input.systemId}, ${input.mark}, ${input.readAs}, ${tx.now})
    on conflict on constraint reading_mark_pk do update
      set mark = excluded.mark, read_as = excluded.read_as, moved_at = excluded.moved_at
      where (m.mark, m.read_as) is distinct from (excluded.mark, excluded.read_as)`);

/** The target no longer knows the mark, or what followed it was not trusted: a whole reading brings the next one. */
export const loseMark = (ctx: Ctx, _permit: Permit, systemId: string): Promise<number> =>
  ctx.tx.run(sql`update reading_mark set mark = null, moved_at = ${ctx.now} where system_id = ${systemId}`);
