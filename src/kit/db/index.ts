export type { Db, Queryable, Tx, TxOptions } from './port.ts';
export { sql, type Sql } from './sql.ts';
export { openDb, type OpenDbInput } from './open-db.ts';
export { DbError, isConstraint } from './db-error.ts';
export { migrate, readMigrations, type Migration, type MigrateInput } from './migrate.ts';
export { startEmbedded, type Embedded, type EmbeddedInput } from './embedded/index.ts';
export { holdPresence, isPresent, type Presence } from './hold-presence.ts';
export { renderSchema } from './schema/index.ts';
