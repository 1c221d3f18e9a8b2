import { sql, type Db, type Tx } from '#kit/db/index.ts';

export const LOG_TABLES = ['audit_event', 'audit_leaf', 'audit_node', 'audit_checkpoint', 'audit_refused'];

/** Changes the audit log as whoever owns its tables can: with every trigger off for the length of one transaction. */
export const changeLog = (db: Db, work: (tx: Tx) => Promise<unknown>): Promise<void> =>
  changeTables(db, LOG_TABLES, work);

/** The same with any tables. */
export async function changeTables(
  db: Db,
  tables: readonly string[],
  work: (tx: Tx) => Promise<unknown>,
): Promise<void> {
  await db.tx(async (tx) => {
    for (const table of tables) await tx.run(sql`alter table ${sql.id(table)} disable trigger user`);
    await work(tx);
    for (const table of tables) await tx.run(sql`alter table ${sql.id(table)} enable trigger user`);
  });
}
