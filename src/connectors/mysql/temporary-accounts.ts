/** Users that exist for a lease. The server knows no end of a user, so Reeve is the one that ends it. */
import { TargetError, type Change, type Target, type TemporaryAccounts } from '../port.ts';
import { bytesOf, parseEntitlement, shown } from './names.ts';
import { text } from './read/grant-tables.ts';
import type { Session } from './wire/session.ts';

/** Applies changes over one log-in, as the connector does. */
type Over = <T>(
  target: Target,
  work: (session: Session, apply: (change: Change) => Promise<unknown>) => Promise<T>,
) => Promise<T>;

/** What such a user is called, to the letter: nothing called otherwise is ever dropped here. */
const LEASED = /^[a-z][a-z0-9_]{2,19}_[a-z0-9]{12}$/u;

export const temporaryOver = (over: Over): TemporaryAccounts => ({
  create: (target, { account, password, entitlements }) => {
    leased(account);
    for (const id of entitlements)
      if (parseEntitlement(id).kind !== 'role')
        throw new TargetError('unsupported', `a lease gives roles (role:<name>), and ${shown(id)} is none`);
    return over(target, async (_session, apply) => {
      // The password comes last: killed in between, the user opens nothing.
      await apply({ do: 'create_account', account, fullName: account });
      for (const entitlement of entitlements) await apply({ do: 'grant', account, entitlement });
      await apply({ do: 'set_password', account, password });
    });
  },

  extend: (target, { account }) =>
    over(target, async (session) => {
      if (!(await isThere(session, leased(account))))
        throw new TargetError('refused', `there is no account of a lease called ${shown(account)}`);
    }),

  remove: (target, { account }) =>
    over(target, async (session, apply) => {
      if (!(await isThere(session, leased(account)))) return { changed: false };
      await apply({ do: 'lock_account', account });
      await apply({ do: 'delete_account', account });
      return { changed: true };
    }),

  list: (target, prefix) =>
    over(target, async (session) => {
      const rows = await session.rows(
        `select User from mysql.global_priv where Host = '%' and left(User, ${prefix.length}) = ${bytesOf(prefix)} order by User`,
        1,
      );
      return rows.map(([user]) => text(user)).filter((user) => LEASED.test(user));
    }),
});

function leased(account: string): string {
  if (LEASED.test(account)) return account;
  throw new TargetError('refused', `${shown(account)} is no name of a lease's user: <prefix>_<12 letters and digits>`);
}

async function isThere(session: Session, user: string): Promise<boolean> {
  const rows = await session.rows(
    `select User from mysql.global_priv where binary User = ${bytesOf(user)} and Host = '%'`,
    1,
  );
  return rows.length > 0;
}
