/** Turns a plan into SQL, grouped by the database it runs in. */
import type { DatabasePlan } from './plan.ts';

const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** `postgres` comes first: roles and databases must exist before anything inside a database. */
export function renderRoles(
  plan: DatabasePlan,
  passwords: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
  const roles: string[] = [];
  for (const role of plan.roles) {
    const password = passwords.get(role.name);
    const words = [
      password === undefined ? 'nologin' : `login password ${text(password)}`,
      ...(role.attributes ?? []),
      ...(role.validUntil === undefined ? [] : [`valid until ${text(role.validUntil)}`]),
    ];
    roles.push(`create role ${ident(role.name)} ${words.join(' ')};`);
    if (role.comment !== undefined) roles.push(`comment on role ${ident(role.name)} is ${text(role.comment)};`);
  }
  for (const role of plan.roles)
    for (const parent of role.memberOf ?? []) roles.push(`grant ${ident(parent)} to ${ident(role.name)};`);
  for (const database of plan.databases) {
    roles.push(`create database ${ident(database.name)} owner ${ident(database.owner)};`);
    roles.push(`revoke connect on database ${ident(database.name)} from public;`);
  }
  return new Map([
    ['postgres', roles],
    ...plan.databases.map((database) => [database.name, database.statements] as const),
  ]);
}
