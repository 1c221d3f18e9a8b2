import { sql, type Tx } from '#kit/db/index.ts';
import { allowed } from '#spine/mass-changes/index.ts';
import type { FeedMapping, FeedProblem, FeedRecord } from '../feed/model.ts';
import type { PeopleSource } from '../sources/model.ts';

/** The fact of a record that a column gives. */
const FACT: Readonly<Partial<Record<keyof FeedMapping['columns'], keyof FeedRecord>>> = {
  email: 'email',
  username: 'username',
  department: 'department',
  orgUnit: 'orgUnit',
  jobTitle: 'jobTitle',
  manager: 'managerExternalId',
  endDate: 'endsOn',
};

/**
 * Columns without a value in any row that many people had a value from before: an attribute that Reeve's account may no
 * longer read looks like this, and reading on would empty that fact of everybody.
 */
export async function findEmptied(
  tx: Tx,
  source: PeopleSource,
  empty: readonly string[],
  present: number,
): Promise<readonly FeedProblem[]> {
  const { columns, attributes, expressions } = source.mapping;
  const isEmpty = (name: string, column: string | null): column is string =>
    column !== null && !Object.hasOwn(expressions, name) && empty.some((e) => e.toLowerCase() === column.toLowerCase());
  const facts = Object.entries(FACT).flatMap(([name, fact]) => {
    const column = columns[name as keyof FeedMapping['columns']];
    return isEmpty(name, column) ? [{ column, had: sql`record->>${fact} is not null` }] : [];
  });
  const extra = Object.entries(attributes).flatMap(([name, column]) =>
    isEmpty(name, column) ? [{ column, had: sql`record->'attributes' ? ${name}` }] : [],
  );
  const problems: FeedProblem[] = [];
  const may = allowed(source.limits.missingRows, present);
  for (const { column, had } of [...facts, ...extra]) {
    const { n } = await tx.one<{ n: number }>(sql`
      select count(*)::int as n from source_record where source_id = ${source.id} and present and ${had}`);
    if (n <= may) continue;
    problems.push({
      code: 'feed.column_emptied',
      detail: `no row has a value for ${column}, and ${n} people had one (${may} may lose it)`,
      column,
      fix: 'see whether Reeve’s account may still read it, or map the fact to null',
    });
  }
  return problems;
}
