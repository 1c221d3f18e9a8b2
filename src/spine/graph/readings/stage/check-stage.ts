import { AppError } from '#kit/errors/index.ts';
import { sql, type Sql, type Tx } from '#kit/db/index.ts';

const malformed = (detail: string): AppError =>
  new AppError({
    code: 'reading.malformed',
    status: 422,
    detail: `${detail}; nothing was changed`,
    fix: 'report this connector: a whole reading names everything it refers to, once',
  });

const first = async (tx: Tx, query: Sql): Promise<string | undefined> =>
  (await tx.maybe<{ name: string }>(sql`${query} limit 1`))?.name;

/** Refuses what names a thing twice: it cannot be whole. */
export async function refuseDoubles(tx: Tx): Promise<void> {
  for (const [table, what] of [
    ['read_account', 'account'],
    ['read_entitlement', 'entitlement'],
  ] as const) {
    const name = await first(
      tx,
      sql`select native_id as name from ${sql.id(table)} group by native_id having count(*) > 1`,
    );
    if (name !== undefined) throw malformed(`the reading names the ${what} ${name} twice`);
  }
}

/** Refuses what refers to a thing that is not in `accounts` or `entitlements` (tables with a column native_id). */
async function refuseStrangers(tx: Tx, accounts: string, entitlements: string): Promise<void> {
  const strangers = (table: string, column: string, known: string): Sql => sql`
    select s.${sql.id(column)} as name from ${sql.id(table)} s
     where not exists (select from ${sql.id(known)} k where k.native_id = s.${sql.id(column)})`;
  for (const [what, table, column, known] of [
    ['a holding refers to account', 'read_holding', 'account', accounts],
    ['a holding refers to entitlement', 'read_holding', 'entitlement', entitlements],
    ['nesting refers to entitlement', 'read_nesting', 'parent', entitlements],
    ['nesting refers to entitlement', 'read_nesting', 'child', entitlements],
  ] as const) {
    const name = await first(tx, strangers(table, column, known));
    if (name !== undefined) throw malformed(`${what} ${name}, which the reading does not name`);
  }
}

/** A whole reading names all it refers to, once. Throws `reading.malformed`. */
export async function checkWhole(tx: Tx): Promise<void> {
  await refuseDoubles(tx);
  await refuseStrangers(tx, 'read_account', 'read_entitlement');
}

/** Changes may refer to what the graph knows already. Throws `reading.malformed`. */
export async function checkChanges(tx: Tx): Promise<void> {
  await refuseStrangers(tx, 'met_account', 'met_entitlement');
  for (const [what, known] of [
    ['account', 'met_account'],
    ['entitlement', 'met_entitlement'],
  ] as const) {
    const name = await first(
      tx,
      sql`select n.native_id as name from read_named n where n.what = ${what}
             and not exists (select from ${sql.id(known)} k where k.native_id = n.native_id)`,
    );
    if (name !== undefined) throw malformed(`the changes tell of the ${what} ${name}, which was never read`);
  }
}
