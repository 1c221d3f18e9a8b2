/** Passwords of foreign servers, in the mappings of a PostgreSQL server. */
import { TargetError, type Credential } from '../../port.ts';
import type { Database } from '../client.ts';
import { quoteName, quoteText, shown } from '../names.ts';
import { passwordOf, quietly } from './quietly.ts';
import type { MappingPlace } from './place.ts';

export async function putInMapping(database: Database, place: MappingPlace, value: Credential): Promise<void> {
  const options = await optionsOf(database, place);
  const change = options.has(place.option) ? 'set' : 'add';
  const forWhom = place.user === 'public' ? 'public' : quoteName(place.user);
  await quietly(
    database,
    `alter user mapping for ${forWhom} server ${quoteName(place.server)} options (${change} ${quoteName(place.option)} ${quoteText(passwordOf(value))})`,
  );
}

export const isInMapping = async (database: Database, place: MappingPlace, value: Credential): Promise<boolean> =>
  (await optionsOf(database, place)).get(place.option) === passwordOf(value);

/** Throws `refused` where there is no such mapping. What Reeve may not see reads as nothing, and is then no proof. */
async function optionsOf(database: Database, { server, user }: MappingPlace): Promise<ReadonlyMap<string, string>> {
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
