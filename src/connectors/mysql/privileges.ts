/** The privileges a MariaDB server knows, where they can be granted, and what is dangerous about some. */
import type { Scope } from './names.ts';

/** By their bit in `access` of mysql.global_priv (MariaDB source, sql/privilege.h). */
export const globalPrivileges: readonly string[] = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE',
  'DROP',
  'RELOAD',
  'SHUTDOWN',
  'PROCESS',
  'FILE',
  'GRANT OPTION',
  'REFERENCES',
  'INDEX',
  'ALTER',
  'SHOW DATABASES',
  'SUPER',
  'CREATE TEMPORARY TABLES',
  'LOCK TABLES',
  'EXECUTE',
  'REPLICATION SLAVE',
  'BINLOG MONITOR',
  'CREATE VIEW',
  'SHOW VIEW',
  'CREATE ROUTINE',
  'ALTER ROUTINE',
  'CREATE USER',
  'EVENT',
  'TRIGGER',
  'CREATE TABLESPACE',
  'DELETE HISTORY',
  'SET USER',
  'FEDERATED ADMIN',
  'CONNECTION ADMIN',
  'READ_ONLY ADMIN',
  'REPLICATION SLAVE ADMIN',
  'REPLICATION MASTER ADMIN',
  'BINLOG ADMIN',
  'BINLOG REPLAY',
  'SLAVE MONITOR',
  'SHOW CREATE ROUTINE',
];

/** How many of them a version has. */
export function privilegeCount(version: string): number {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/u.exec(version) ?? [];
  const release = Number(major) * 100 + Number(minor);
  return release < 1103 ? 39 : globalPrivileges.length;
}

/** All bits, as the tables of a new server have it for root. */
const allBits = 2n ** 64n - 1n;

/** The privileges of a mask of bits; a bit nobody here has heard of is a privilege too. `count`: how many this server knows. */
export function privilegesOf(access: bigint, count: number): readonly string[] {
  if (access === allBits) return globalPrivileges.slice(0, count);
  const held: string[] = [];
  for (let bit = 0n; access >> bit > 0n; bit += 1n) {
    if (((access >> bit) & 1n) === 0n) continue;
    held.push(globalPrivileges[Number(bit)] ?? `UNKNOWN PRIVILEGE ${bit}`);
  }
  return held;
}

const tables = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'GRANT OPTION', 'REFERENCES', 'INDEX'];
const onTables = [...tables, 'ALTER', 'CREATE VIEW', 'SHOW VIEW', 'TRIGGER', 'DELETE HISTORY'];
const onRoutines = ['EXECUTE', 'ALTER ROUTINE', 'GRANT OPTION', 'SHOW CREATE ROUTINE'];
const onDatabases = [
  ...onTables,
  'CREATE TEMPORARY TABLES',
  'LOCK TABLES',
  'CREATE ROUTINE',
  'ALTER ROUTINE',
  'EXECUTE',
  'EVENT',
  'SHOW CREATE ROUTINE',
];

/** What can be granted where. */
export const grantableAt: Readonly<Record<Scope['level'], ReadonlySet<string>>> = {
  global: new Set(globalPrivileges),
  database: new Set(onDatabases),
  table: new Set(onTables),
  column: new Set(['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']),
  routine: new Set(onRoutines),
};

/** Why a privilege on everything makes its holder privileged. */
const dangerousEverywhere: ReadonlyMap<string, string> = new Map([
  ['SUPER', 'overrides checks and settings of the server'],
  ['FILE', 'reads and writes files as the server'],
  ['PROCESS', 'sees everybody’s statements as they run'],
  ['CREATE USER', 'creates, changes and drops accounts'],
  ['SET USER', 'makes routines and views that act as any account'],
  ['GRANT OPTION', 'gives its rights on everything to others'],
  ['SELECT', 'reads every table, the password hashes among them'],
  ['INSERT', 'writes every table, the grant tables among them'],
  ['UPDATE', 'writes every table, the grant tables among them'],
  ['DELETE', 'writes every table, the grant tables among them'],
  ['DROP', 'drops every table, the grant tables among them'],
  ['ALTER', 'changes every table, the grant tables among them'],
  ['SHUTDOWN', 'stops the server'],
  ['CONNECTION ADMIN', 'ends other people’s sessions and gets past limits of connections'],
  ['REPLICATION SLAVE', 'copies every change of the server by replication'],
  ['REPLICATION SLAVE ADMIN', 'lets the server take changes from another one'],
  ['REPLICATION MASTER ADMIN', 'decides what replicas are told'],
  ['BINLOG ADMIN', 'changes and purges the log of changes'],
  ['BINLOG REPLAY', 'replays changes as anybody'],
  ['READ_ONLY ADMIN', 'writes where the server is read-only'],
  ['FEDERATED ADMIN', 'makes the server connect to others'],
]);

/** Tables of the `mysql` database that say who may do what, or hold password hashes. */
const hashes: ReadonlySet<string> = new Set(['*', 'global_priv', 'user']);
const writing: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'DROP', 'ALTER', 'CREATE', 'TRIGGER']);

/** Why one privilege makes its holder privileged; undefined where it does not. `covers`: the database, or pattern, takes in `mysql`. */
export function dangerOf(scope: Scope, privilege: string, covers: boolean): string | undefined {
  if (scope.level === 'global')
    return privilege.startsWith('UNKNOWN') ? 'has a privilege Reeve does not know' : dangerousEverywhere.get(privilege);
  if (privilege === 'GRANT OPTION') return 'gives its rights on something to others';
  if (!covers) return undefined;
  if (writing.has(privilege)) return 'writes the server’s own tables (database mysql), where rights are kept';
  const table = scope.level === 'database' ? '*' : 'table' in scope ? scope.table : '';
  return privilege === 'SELECT' && hashes.has(table) ? 'reads the password hashes' : undefined;
}
