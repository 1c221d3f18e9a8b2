/** What a server says of itself that readings and changes depend on. */
import { privilegeCount } from '../privileges.ts';
import type { Session } from '../wire/session.ts';

export interface ServerFacts {
  /** Days a password is good for where the account does not say; 0: for ever. */
  readonly passwordDays: number;
  readonly hasEd25519: boolean;
  /** It judges passwords by a plugin of its own, and takes none it cannot hear (`strict_password_validation`). */
  readonly judgesPasswords: boolean;
  /** How many privileges on everything this version knows. */
  readonly privilegeCount: number;
}

export async function readFacts(session: Session): Promise<ServerFacts> {
  const [row] = await session.rows(
    `select @@global.default_password_lifetime,
       exists (select 1 from information_schema.PLUGINS where PLUGIN_NAME = 'ed25519' and PLUGIN_STATUS = 'ACTIVE'),
       @@global.strict_password_validation and
         exists (select 1 from information_schema.PLUGINS where PLUGIN_TYPE = 'PASSWORD VALIDATION' and PLUGIN_STATUS = 'ACTIVE')`,
    3,
  );
  return {
    passwordDays: Number(row?.[0] ?? 0),
    hasEd25519: row?.[1] === '1',
    judgesPasswords: row?.[2] === '1',
    privilegeCount: privilegeCount(session.version),
  };
}
