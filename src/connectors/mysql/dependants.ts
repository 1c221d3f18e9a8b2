/** Passwords of other servers that a MariaDB server keeps itself: those of `create server` (FEDERATED, CONNECT, SPIDER). */
import { z } from 'zod';
import { TargetError, type Credential, type DependantPlaces, type Target } from '../port.ts';
import { bytesOf, quoteName, quoteText, shown } from './names.ts';
import type { Session } from './wire/session.ts';

/** `alter server <server> options (password …)`. */
const foreignServer = z.strictObject({
  /** As in `mysql.servers`. */
  server: z.string().min(1).max(64),
});
/** What `mysql.servers` holds; more it would cut off. */
const LONGEST = 64;

type WithSession = <T>(target: Target, act: (session: Session) => Promise<T>) => Promise<T>;

export const mysqlDependants = (withSession: WithSession): DependantPlaces => ({
  place: foreignServer,
  put: (target, given, value) =>
    withSession(target, async (session) => {
      const { server } = placeOf(given);
      if ((await passwordAt(session, server)) === undefined)
        throw new TargetError('refused', `there is no server ${shown(server)} in mysql.servers`);
      // The value stands in the statement: it is kept out of the server's log where Reeve's account may do that.
      await session.run('set session sql_log_off = 1').catch((error: unknown) => {
        if (!(error instanceof TargetError) || error.code !== 'refused') throw error;
      });
      await session.run(`alter server ${quoteName(server)} options (password ${quoteText(passwordOf(value))})`, {
        secret: true,
      });
    }),
  check: (target, given, value) =>
    withSession(target, async (session) => (await passwordAt(session, placeOf(given).server)) === passwordOf(value)),
});

async function passwordAt(session: Session, server: string): Promise<string | undefined> {
  const [row] = await session.rows(`select Password from mysql.servers where Server_name = ${bytesOf(server)}`, 1);
  return row === undefined ? undefined : (row[0] ?? '');
}

function placeOf(given: Readonly<Record<string, unknown>>): z.infer<typeof foreignServer> {
  const place = foreignServer.safeParse(given);
  if (place.success) return place.data;
  throw new TargetError('unsupported', `that place is none: ${place.error.issues[0]?.message ?? ''}`);
}

function passwordOf(value: Credential): string {
  const text = value.kind === 'password' ? value.password : value.kind === 'token' ? value.token : undefined;
  if (text === undefined)
    throw new TargetError('unsupported', 'a server is logged in to with a password, not with a key');
  if (text.length > LONGEST || /[\\\0]/u.test(text))
    throw new TargetError('unsupported', `mysql.servers holds passwords of ${LONGEST} characters at most, without \\`);
  return text;
}
