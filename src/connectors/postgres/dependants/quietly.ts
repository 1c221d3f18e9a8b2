/** Statements that carry a password, and how that password is told. */
import { TargetError, type Credential } from '../../port.ts';
import type { Database } from '../client.ts';

/** Runs one statement in which a value stands, kept out of the server's log where Reeve's account may do that. */
export async function quietly(database: Database, statement: string): Promise<void> {
  const [may] = await database.query('select rolsuper from pg_roles where rolname = current_user');
  await database.transaction('begin', async () => {
    if (may?.['rolsuper'] === true)
      for (const setting of [
        "log_statement = 'none'",
        'log_min_duration_statement = -1',
        "log_min_error_statement = 'panic'",
      ])
        await database.query(`set local ${setting}`);
    await database.query(statement);
  });
}

export const passwordOf = (value: Credential): string => {
  if (value.kind === 'password') return value.password;
  if (value.kind === 'token') return value.token;
  throw new TargetError('unsupported', 'another server is logged in to with a password, not with a key');
};
