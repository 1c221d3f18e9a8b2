export type { Db, Queryable, Tx, TxOptions } from './port.ts';
export { sql, type Sql } from './sql.ts';
