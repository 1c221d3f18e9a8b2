/** Whether a credential opens an account, and that account and no other. */
import { TargetError } from '../../port.ts';
import { accountFor } from '../match-pattern.ts';
import { accountId, bytesOf, shown, type Who } from '../names.ts';
import { text } from '../read/grant-tables.ts';
import { tryLogin, type Login, type Session } from '../wire/session.ts';

/**
 * A server takes a name for the account whose host fits best, which may be another than the one that is meant. A log-in that
 * another account answers proves nothing about this one, and is `unsupported`. `ask` opens a session of Reeve's own.
 */
export async function proveLogin(
  login: Login,
  who: Who,
  ask: <Result>(act: (session: Session) => Promise<Result>) => Promise<Result>,
): Promise<boolean> {
  const proof = await tryLogin(login);
  if (proof.in) {
    const { as } = proof;
    if (as && (as.user !== who.user || as.host !== who.host)) throw notFor(who, as);
    if (proof.asked) return true;
    throw new TargetError(
      'unsupported',
      `the server lets ${shown(accountId(who))} in without asking for a password, so a login there proves nothing`,
    );
  }
  const taken = await ask((session) => takenFor(session, who));
  if (taken && (taken.user !== who.user || taken.host !== who.host)) throw notFor(who, taken);
  if (taken === undefined && who.host !== '%') throw notFor(who);
  return false;
}

/** The account the server takes that name for when it comes from where Reeve is. */
async function takenFor(session: Session, who: Who): Promise<Who | undefined> {
  const [me] = await session.rows('select user()', 1);
  const accounts = await session.rows(
    `select User, Host from mysql.global_priv where Host <> '' and binary User in (${bytesOf(who.user)}, x'')`,
    2,
  );
  return accountFor(
    accounts.map(([user, host]) => ({ user: text(user), host: text(host) })),
    { user: who.user, host: text(me?.[0]).replace(/^.*@/su, '') },
  );
}

const notFor = (who: Who, taken?: Who): TargetError =>
  new TargetError(
    'unsupported',
    taken
      ? `from where Reeve is the server takes that name for ${shown(accountId(taken))}, so a login proves nothing about ${shown(accountId(who))}`
      : `${shown(accountId(who))} may not log in from where Reeve is, so its password cannot be proved`,
  );
