import { sql, type Queryable, type Tx } from '#kit/db/index.ts';

/** Days before the end of an exception that its owners are warned, where nobody said otherwise. */
export const SHIPPED_WARN_DAYS: readonly number[] = [30, 14, 7, 1];

/** Days before the end of an exception that its owners are warned, the first warning first. */
export const readWarnDays = async (db: Queryable): Promise<readonly number[]> =>
  (await db.maybe<{ warnDays: readonly number[] }>(sql`select warn_days from sod_warning_terms`))?.warnDays ??
  SHIPPED_WARN_DAYS;

/** Keeps them, each once; what was warned of already stays so. */
export const writeWarnDays = async (tx: Tx, days: readonly number[]): Promise<readonly number[]> => {
  const kept = [...new Set(days)].toSorted((a, b) => b - a);
  await tx.run(sql`
    insert into sod_warning_terms (warn_days) values (${sql.array(kept)}::int[])
    on conflict (one_row) do update set warn_days = excluded.warn_days`);
  return kept;
};
