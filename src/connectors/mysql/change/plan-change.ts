/** Decides what a change of one account needs: preview and apply both come from here, so they cannot differ. */
import { TargetError, type Change, type ChangePreview } from '../../port.ts';
import {
  accountId,
  newAccount,
  parseAccount,
  parseEntitlement,
  quoteName,
  quoteText,
  quoteWho,
  scopeText,
  shown,
  type EntitlementId,
  type Who,
} from '../names.ts';
import { grantableAt } from '../privileges.ts';
import type { OneAccount } from '../read/read-one.ts';
import type { Base } from '../read/overview.ts';
import type { MysqlSettings } from '../settings.ts';
import { nobodysForm, storedForm, type PasswordMethod } from '#kit/mysql-proofs/index.ts';
import { usable } from '../wire/proofs.ts';
import type { AccountFacts } from './account-facts.ts';

export interface Plan extends ChangePreview {
  /** Statements in their order. The server has no transaction for them: each is safe to repeat. */
  readonly sql: readonly string[];
  /** Good to have, and left out where Reeve's account may not. */
  readonly afterwards?: readonly string[];
  /** The statements hold the stored form of a password. */
  readonly secret?: boolean;
  /** After the first statement, end every session of this account. */
  readonly endSessionsOf?: Who;
}

/** Everything a plan is made from. */
export interface PlanState {
  /** `host:port` for messages. */
  readonly at: string;
  /** The account Reeve is logged in as. */
  readonly management: Who;
  readonly settings: MysqlSettings;
  readonly known: Base;
  /** Absent where there is no such account. */
  readonly one?: OneAccount;
  readonly facts: AccountFacts;
}

/** Checks everything in a change that is a name or a password, before anything is sent to the target. */
export function checkChange(change: Change): Who {
  const who = change.do === 'create_account' ? newAccount(change.account) : parseAccount(change.account);
  if (change.do === 'grant' || change.do === 'revoke') {
    const id = parseEntitlement(change.entitlement);
    if (id.kind === 'grant' && !grantableAt[id.scope.level].has(id.privilege))
      throw new TargetError('unsupported', `${id.privilege} cannot be granted on ${scopeText(id.scope)}`);
  }
  if (change.do === 'set_password') usable(change.password);
  if (change.do === 'set_keys') throw new TargetError('unsupported', 'a MariaDB server knows no public keys');
  if (change.do === 'set_attributes')
    throw new TargetError('unsupported', 'a MariaDB server keeps no facts of a person');
  return who;
}

/** Throws TargetError `refused` for what the server's state forbids. */
export function planChange(state: PlanState, change: Change): Plan {
  const who = checkChange(change);
  const { one, at } = state;
  const named = `${shown(change.account)} on ${at}`;
  if (change.do === 'create_account') {
    if (one) return done(`create account ${named}`);
    refuseJudge(state);
    const method = methodForNew(state);
    return {
      ...todo(`create account ${named}`, [
        `create user ${quoteWho(who)} identified via ${method} using '${nobodysForm(method)}'`,
      ]),
      secret: true,
    };
  }
  if (!one) {
    if (change.do === 'lock_account' || change.do === 'delete_account' || change.do === 'revoke')
      return done(`${change.do.replace('_', ' ')} ${named}: there is no such account`);
    throw new TargetError('refused', `there is no account ${named}`);
  }
  switch (change.do) {
    case 'lock_account':
      guard(who, state, 'locking');
      return lock(one, state, `lock ${named}`);
    case 'unlock_account':
      return one.row.locked
        ? todo(`unlock ${named}`, [`alter user ${quoteWho(who)} account unlock`])
        : done(`unlock ${named}`);
    case 'delete_account':
      guard(who, state, 'deleting');
      return remove(one, state, `delete account ${named}`);
    case 'set_password':
      return setPassword(who, state, change.password, `set the password of ${named}`);
    case 'grant':
    case 'revoke':
      return planEntitlement(one, state, change);
    case 'set_keys':
    case 'set_attributes':
      throw new TargetError('unsupported', `a MariaDB server cannot ${change.do}`);
  }
}

const methodForNew = ({ settings, known }: PlanState): PasswordMethod => {
  if (settings.passwordMethod !== 'auto') return settings.passwordMethod;
  return known.facts.hasEd25519 ? 'ed25519' : 'mysql_native_password';
};

/** Other ways in, a lock and everything else stay as they are. The server is given the stored form only. */
function setPassword(who: Who, state: PlanState, password: string, summary: string): Plan {
  const { facts } = state;
  if (facts.password === undefined)
    throw new TargetError(
      'refused',
      `${shown(accountId(who))} does not log in by a password Reeve can set (its ways in are others)`,
    );
  if (facts.password.same) return done(summary);
  refuseJudge(state);
  const form = storedForm(facts.password.method, password);
  const ways = facts.password.ways.map((way) => {
    const kept = way.settable ? form : way.stored;
    return `${quoteName(way.plugin)}${kept === '' ? '' : ` using ${quoteText(kept)}`}`;
  });
  return { ...todo(summary, [`alter user ${quoteWho(who)} identified via ${ways.join(' or ')}`]), secret: true };
}

/** What judges passwords has to hear them, and Reeve tells no server one. */
function refuseJudge({ known, at }: PlanState): void {
  if (!known.facts.judgesPasswords) return;
  throw new TargetError(
    'refused',
    `${at} judges passwords by a plugin of its own and takes no stored form of one; say \`set global strict_password_validation = off\` there`,
  );
}

/** The account keeps its password, roles and rights: only the way in is closed, and what is open ends. */
function lock(one: OneAccount, { facts }: PlanState, summary: string): Plan {
  if (one.row.locked && facts.sessions.length === 0) return done(summary);
  return { ...todo(summary, [`alter user ${quoteWho(one.row)} account lock`]), endSessionsOf: one.row };
}

/** What acts as the account would stop working, or act as whoever gets that name next: a person decides who has it. */
function remove(one: OneAccount, { facts }: PlanState, summary: string): Plan {
  if (facts.actsThrough.length > 0)
    throw new TargetError(
      'refused',
      `${shown(one.row.id)} cannot be deleted: ${facts.actsThrough.slice(0, 5).join(', ')} act as it (definer); give them another definer first`,
    );
  const name = quoteWho(one.row);
  return { ...todo(summary, [`alter user ${name} account lock`, `drop user ${name}`]), endSessionsOf: one.row };
}

function planEntitlement(one: OneAccount, state: PlanState, change: Extract<Change, { do: 'grant' | 'revoke' }>): Plan {
  const granting = change.do === 'grant';
  const id = parseEntitlement(change.entitlement);
  const summary = `${granting ? 'give' : 'take'} ${shown(change.entitlement)} ${granting ? 'to' : 'from'} ${shown(one.row.id)} on ${state.at}`;
  if (!granting) guard(one.row, state, 'taking rights from');
  if (one.holdings.includes(change.entitlement) === granting)
    return id.kind === 'role' ? finishRole(one, id, state, { granting, summary }) : done(summary);
  if (id.kind === 'role') return granting ? giveRole(one, id, state, summary) : takeRole(one, id, state, summary);
  return todo(summary, granting ? [grantSql(one.row, id)] : takeGrant(one, id));
}

type RoleId = Extract<EntitlementId, { kind: 'role' }>;
type GrantId = Extract<EntitlementId, { kind: 'grant' }>;

function giveRole(one: OneAccount, id: RoleId, { known, settings, at }: PlanState, summary: string): Plan {
  if (!known.roles.has(id.role)) throw new TargetError('refused', `there is no role ${shown(id.role)} on ${at}`);
  const [role, to] = [quoteName(id.role), quoteWho(one.row)];
  const becomesDefault = settings.defaultRole === 'first' && one.row.defaultRole === undefined;
  const grant = todo(summary, [`grant ${role} to ${to}${id.admin ? ' with admin option' : ''}`]);
  return becomesDefault ? { ...grant, afterwards: [defaultRoleSql(one, id)] } : grant;
}

const defaultRoleSql = (one: OneAccount, { role }: RoleId): string =>
  `set default role ${quoteName(role)} for ${quoteWho(one.row)}`;

/** A server that went away between the two statements gave a role that is not taken on, or left one taken on that is gone. */
function finishRole(
  one: OneAccount,
  id: RoleId,
  { settings }: PlanState,
  { granting, summary }: { readonly granting: boolean; readonly summary: string },
): Plan {
  if (settings.defaultRole !== 'first' || id.admin) return done(summary);
  const roles = one.holdings.filter((held) => parseEntitlement(held).kind === 'role').length;
  if (granting && one.row.defaultRole === undefined && roles === 1)
    return { ...done(summary), afterwards: [defaultRoleSql(one, id)] };
  if (!granting && one.row.defaultRole === id.role)
    return { ...done(summary), afterwards: [`set default role none for ${quoteWho(one.row)}`] };
  return done(summary);
}

function takeRole(one: OneAccount, id: RoleId, { settings }: PlanState, summary: string): Plan {
  const [role, from] = [quoteName(id.role), quoteWho(one.row)];
  if (id.admin) return todo(summary, [`revoke admin option for ${role} from ${from}`]);
  const wasDefault = settings.defaultRole === 'first' && one.row.defaultRole === id.role;
  const revoke = todo(summary, [`revoke ${role} from ${from}`]);
  return wasDefault ? { ...revoke, afterwards: [`set default role none for ${from}`] } : revoke;
}

/** `grant option` is no privilege in SQL but an addition to whatever else is held there. */
function grantSql(to: Who, { scope, privilege }: GrantId): string {
  if (privilege === 'GRANT OPTION') return `grant usage on ${place(scope)} to ${quoteWho(to)} with grant option`;
  return `grant ${words(scope, privilege)} on ${place(scope)} to ${quoteWho(to)}`;
}

/** Taken from a table, a privilege goes from its columns as well: what the account has on those by itself is given again. */
function takeGrant(one: OneAccount, id: GrantId): readonly string[] {
  const { scope, privilege } = id;
  const kept = one.holdings.flatMap((held) => {
    const other = /^grant:[^(]+\(/u.test(held) ? parseEntitlement(held) : undefined;
    const isColumn =
      other?.kind === 'grant' &&
      scope.level === 'table' &&
      other.scope.level === 'column' &&
      other.scope.database === scope.database &&
      other.scope.table === scope.table &&
      other.privilege === privilege;
    return isColumn ? [grantSql(one.row, other)] : [];
  });
  return [revokeSql(one.row, id), ...kept];
}

const revokeSql = (from: Who, { scope, privilege }: GrantId): string =>
  `revoke ${words(scope, privilege)} on ${place(scope)} from ${quoteWho(from)}`;

const words = (scope: GrantId['scope'], privilege: string): string =>
  scope.level === 'column' ? `${privilege} (${quoteName(scope.column)})` : privilege;

function place(scope: GrantId['scope']): string {
  switch (scope.level) {
    case 'global':
      return '*.*';
    case 'database':
      return `${quoteName(scope.database)}.*`;
    case 'table':
    case 'column':
      return `table ${quoteName(scope.database)}.${quoteName(scope.table)}`;
    case 'routine':
      return `${scope.type} ${quoteName(scope.database)}.${quoteName(scope.routine)}`;
  }
}

/** Refuses what would shut Reeve out, and changes of the accounts the server itself works with. */
function guard(who: Who, { management, at }: PlanState, doing: string): void {
  if (who.user === management.user && who.host === management.host)
    throw new TargetError(
      'refused',
      `${shown(accountId(who))} is the account Reeve manages ${at} with; ${doing} it could shut Reeve out`,
    );
  if (who.user === 'mariadb.sys' && doing !== 'taking rights from')
    throw new TargetError(
      'refused',
      `${shown(accountId(who))} is the server's own; views of the database sys act as it`,
    );
}

const done = (summary: string): Plan => ({ summary, needed: false, sql: [] });
const todo = (summary: string, sql: readonly string[]): Plan => ({ summary, needed: true, sql });
