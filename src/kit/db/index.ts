export type { Db, Queryable, Tx, TxOptions } from './port.ts';
export type { Kept, Topic } from './kept/index.ts';
export { sql, type Sql } from './sql.ts';
export { openDb, type OpenDbInput } from './open-db.ts';
export { asUnavailable, cannotWrite, DbError, isAway, isConstraint, mayRetry } from './db-error.ts';
export { startEmbedded, type Embedded, type EmbeddedInput } from './embedded/index.ts';
export { holdPresence, isPresent, type Presence } from './hold-presence.ts';
export { lendPool } from './lend-pool.ts';
export { migrate, readMigrations, renderSchema, type MigrateInput, type Migration } from './schema/index.ts';
