/** Turns a plan into SQL, one statement a line. */
import type { MariadbPlan, PlannedMariadbAccount } from './plan.ts';

const ident = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const who = (account: { readonly name: string; readonly host?: string }): string =>
  `${ident(account.name)}@${ident(account.host ?? '%')}`;

export interface Superuser {
  readonly username: string;
  readonly password: string;
}

/** Whether the account logs in with a password of this run. */
export const hasPassword = (account: PlannedMariadbAccount): boolean =>
  account.method === undefined || account.method === 'native' || account.method === 'ed25519';

/** `passwords` by account name; the superuser can do everything from everywhere. What comes first keeps all of it out of the log of statements. */
export function renderAccounts(
  plan: MariadbPlan,
  passwords: ReadonlyMap<string, string>,
  superuser: Superuser,
): readonly string[] {
  return [
    'set session sql_log_off = 1, sql_mode = ansi_quotes',
    // A new server lets root in without a password, from several places.
    "delete from mysql.global_priv where User = 'root' and Host <> 'localhost'",
    'flush privileges',
    `alter user root@localhost identified by ${text(superuser.password)}`,
    `create user ${ident(superuser.username)} identified by ${text(superuser.password)}`,
    `grant all on *.* to ${ident(superuser.username)} with grant option`,
    ...plan.databases.flatMap((database) => [
      `create database ${ident(database.name)}`,
      `use ${ident(database.name)}`,
      ...database.statements,
    ]),
    ...plan.roles.map((role) => `create role ${ident(role.name)}`),
    ...plan.roles.flatMap((role) => [
      ...(role.memberOf ?? []).map((parent) => `grant ${ident(parent)} to ${ident(role.name)}`),
      ...(role.grants ?? []).map((grant) => `grant ${grant} to ${ident(role.name)}`),
    ]),
    // Not even a superuser gives out a role without being told to.
    ...plan.roles.map((role) => `grant ${ident(role.name)} to ${ident(superuser.username)} with admin option`),
    ...plan.accounts.flatMap((account) => renderAccount(account, passwords)),
  ].map((statement) => `${statement};`);
}

function renderAccount(account: PlannedMariadbAccount, passwords: ReadonlyMap<string, string>): readonly string[] {
  const name = who(account);
  const password = passwords.get(account.name);
  return [
    `create user ${name}${proof(account, password)}`,
    ...(account.memberOf ?? []).map((role) => `grant ${ident(role)} to ${name}`),
    ...(account.adminOf ?? []).map((role) => `grant ${ident(role)} to ${name} with admin option`),
    ...(account.defaultRole === undefined ? [] : [`set default role ${ident(account.defaultRole)} for ${name}`]),
    ...(account.grants ?? []).map((grant) => {
      const [, what = grant, option = ''] = /^(.*?)( with grant option)?$/u.exec(grant) ?? [];
      return `grant ${what} to ${name}${option}`;
    }),
    ...(account.alter === undefined ? [] : [`alter user ${name} ${account.alter}`]),
  ];
}

function proof(account: PlannedMariadbAccount, password: string | undefined): string {
  if (account.method === 'unix_socket') return ' identified via unix_socket';
  if (account.method === 'empty') return '';
  if (password === undefined) throw new Error(`no password was made for ${account.name}`);
  const plugin = account.method === 'ed25519' ? 'ed25519' : 'mysql_native_password';
  return ` identified via ${plugin} using password(${text(password)})`;
}
