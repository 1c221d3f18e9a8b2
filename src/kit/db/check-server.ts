import type { ClientBase } from 'pg';
import { AppError } from '#kit/errors/index.ts';
import { DbError } from './db-error.ts';
import { runStatement } from './run-statement.ts';

const OLDEST = 150_000;

/** Throws `database.unfit` unless the server is one Reeve can work with. */
export async function checkServer(client: ClientBase): Promise<void> {
  const { rows } = await runStatement(client, {
    text: `select current_setting('server_version_num')::int as number, current_setting('server_version') as name,
      current_setting('server_encoding') as encoding`,
    values: [],
  });
  const { number, name, encoding } = rows[0] as { number: number; name: string; encoding: string };
  if (number < OLDEST) throw unfit(`the database is PostgreSQL ${name}`, 'use PostgreSQL 15 or newer');
  if (encoding !== 'UTF8') throw unfit(`the database stores text as ${encoding}`, 'create it with encoding UTF8');
}

const unfit = (detail: string, fix: string): AppError =>
  new AppError({ code: 'database.unfit', status: 500, detail, fix });

/** Class 28 is a wrong user or password, 3D a database that does not exist, 42501 a missing right. */
export const asRefusal = (error: unknown): unknown =>
  error instanceof DbError && /^(28|3D|42501)/.test(error.sqlstate)
    ? new AppError({
        code: 'database.refused',
        status: 500,
        detail: `the database does not let Reeve in: ${error.message}`,
        fix: 'check user, password and database name in database_url',
        cause: error,
      })
    : error;
