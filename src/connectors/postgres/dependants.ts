/** Passwords of other servers that a PostgreSQL server keeps itself: in the mappings of its foreign servers. */
import { z } from 'zod';
import { TargetError, type Credential, type DependantPlaces, type Target } from '../port.ts';
import type { Database } from './client.ts';
import { quoteName, quoteText, shown } from './names.ts';
import { withDatabase } from './with-database.ts';

const name = z.string().min(1).max(63);

/** `alter user mapping for <user> server <server> options (set <option> …)`, in one database. */
const userMapping = z.strictObject({
  /** The foreign server. */
  server: name,
  /** Whose mapping it is; `public` is everybody's. */
  user: name,
  option: z
    .string()
    .regex(/^[a-z_]{1,60}$/u, 'is a name such as password')
    .default('password'),
  /** Where the foreign server is; absent: the database Reeve connects to. */
  database: name.optional(),
});
type UserMapping = z.infer<typeof userMapping>;

export const postgresDependants: DependantPlaces = {
  place: userMapping,
  put: (target, given, value) =>
    inDatabase(target, given, async (database, place) => {
      const options = await optionsOf(database, place);
      const change = options.has(place.option) ? 'set' : 'add';
      const forWhom = place.user === 'public' ? 'public' : quoteName(place.user);
      // The value stands in the statement: it is kept out of the server's log where Reeve's account may do that.
      const [may] = await database.query('select rolsuper from pg_roles where rolname = current_user');
      await database.transaction('begin', async () => {
        if (may?.['rolsuper'] === true)
          for (const setting of [
            "log_statement = 'none'",
            'log_min_duration_statement = -1',
            "log_min_error_statement = 'panic'",
          ])
            await database.query(`set local ${setting}`);
        await database.query(
          `alter user mapping for ${forWhom} server ${quoteName(place.server)} options (${change} ${quoteName(place.option)} ${quoteText(passwordOf(value))})`,
        );
      });
    }),
  check: (target, given, value) =>
    inDatabase(
      target,
      given,
      async (database, place) => (await optionsOf(database, place)).get(place.option) === passwordOf(value),
    ),
};

function inDatabase<T>(
  target: Target,
  given: Readonly<Record<string, unknown>>,
  work: (database: Database, place: UserMapping) => Promise<T>,
): Promise<T> {
  const place = userMapping.safeParse(given);
  if (!place.success)
    throw new TargetError('unsupported', `that place is none: ${place.error.issues[0]?.message ?? ''}`);
  return withDatabase(target, (database) => work(database, place.data), place.data.database);
}

/** Throws `refused` where there is no such mapping. What Reeve may not see reads as nothing, and is then no proof. */
async function optionsOf(database: Database, { server, user }: UserMapping): Promise<ReadonlyMap<string, string>> {
  const [row] = await database.query(
    'select umoptions as options from pg_user_mappings where srvname = $1 and usename = $2',
    [server, user],
  );
  if (row === undefined)
    throw new TargetError('refused', `there is no mapping of ${shown(user)} on the foreign server ${shown(server)}`);
  const options = row['options'];
  return new Map(
    (Array.isArray(options) ? options : []).map((option) => {
      const [key = '', ...rest] = String(option).split('=');
      return [key, rest.join('=')];
    }),
  );
}

const passwordOf = (value: Credential): string => {
  if (value.kind === 'password') return value.password;
  if (value.kind === 'token') return value.token;
  throw new TargetError('unsupported', 'a foreign server is logged in to with a password, not with a key');
};
