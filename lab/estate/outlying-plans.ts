/** Parts of the servers' plans: the plants of `outlying-server-plants.ts`, and things that look like them and are none. */
import type { DirectoryPlan } from '../ldap/plan.ts';
import type { MariadbPlan } from '../mariadb/plan.ts';
import type { DatabasePlan } from '../postgres/plan.ts';
import type { DomainPlan } from '../samba/plan.ts';

export const outlyingRoles: DatabasePlan['roles'] = [
  { name: 'column_reader', login: true },
  { name: 'hash_writer', login: true },
  { name: 'catalog_maker', login: true },
  { name: 'archiver', login: true },
  { name: 'exporter', login: true },
  { name: 'mapping_reader', login: true },
  { name: 'event_author', login: true },
  { name: 'index_author', login: true },
  { name: 'rule_reader', login: true },
  { name: 'taken_on', login: true },
  { name: 'path_maker', login: true },
  { name: 'far_goer', login: true },
  // Look like them: a routine whose names are pinned, a setting of its own.
  { name: 'own_setter', login: true },
];
export const outlyingStatements: readonly string[] = [
  'grant select (rolname, rolpassword) on pg_catalog.pg_authid to column_reader',
  'grant update on pg_catalog.pg_authid to hash_writer',
  'grant create on schema pg_catalog to catalog_maker',
  'grant alter system on parameter archive_command to archiver',
  'grant execute on function pg_catalog.lo_export(oid, text) to exporter',
  'grant select on pg_catalog.pg_user_mapping to mapping_reader',
  `create function public.on_ddl() returns event_trigger language plpgsql as 'begin end'`,
  'create event trigger on_ddl on ddl_command_start execute function public.on_ddl()',
  'alter function public.on_ddl() owner to event_author',
  'create table public.indexed (name text)',
  `create function public.fold(text) returns text language sql immutable as 'select lower($1)'`,
  'create index folded on public.indexed (public.fold(name))',
  'alter function public.fold(text) owner to index_author',
  'create table public.drops (name text)',
  'create view public.hidden as select rolname, rolpassword from pg_authid',
  'create view public.around as select * from public.hidden',
  'grant select on public.around to rule_reader',
  'alter role taken_on noinherit; grant dba_old to taken_on',
  'create schema of_path authorization path_maker',
  'alter role postgres set search_path = of_path, public',
  `create server away foreign data wrapper postgres_fdw options (host '10.0.0.9'); create user mapping for public server away options (user 'feeder', password 'Rather-Long-And-Odd-82'); grant usage on foreign server away to far_goer`,
  `alter role own_setter set work_mem = '64MB'`,
  `create function public.pinned() returns int language sql security definer set search_path = pg_catalog as 'select 1'`,
  'alter function public.pinned() owner to own_setter',
];

export const outlyingMariadbRoles: MariadbPlan['roles'] = [
  { name: 'inner_ops', grants: ['CREATE USER on *.*'] },
  { name: 'outer_ops', memberOf: ['inner_ops'] },
];
export const outlyingRoutines: readonly string[] = [
  'create definer = root@localhost function of_root() returns int sql security definer return 1',
  'create definer = root@localhost trigger stamped before insert on stock for each row set new.id = 1',
  'create sql security invoker view own_names as select 1 as one',
];
export const outlyingAccounts: MariadbPlan['accounts'] = [
  { name: 'wide', grants: ['UPDATE, INSERT on `my%`.*'] },
  { name: 'columns', grants: ['SELECT (User, Priv) on mysql.global_priv'] },
  { name: 'outer', memberOf: ['outer_ops'] },
  { name: 'definer', grants: ['SET USER on *.*'] },
  { name: 'stopper', grants: ['CONNECTION ADMIN, PROCESS on *.*'] },
  { name: 'replayer', grants: ['BINLOG REPLAY on *.*'] },
  { name: 'reloader', grants: ['RELOAD, SHUTDOWN on *.*'] },
  { name: 'far_maker', grants: ['FEDERATED ADMIN on *.*'] },
  { name: 'routine_caller', grants: ['EXECUTE on function shop.of_root'] },
  { name: 'library_loader', grants: ['INSERT on mysql.func'] },
  { name: 'narrow', grants: ['SELECT on `my\\_app`.*'] },
];

export const outlyingEntries: DirectoryPlan['entries'] = [
  {
    name: 'proxied',
    fullName: 'Proxied',
    attributes: { authzTo: ['dn.regex:^uid=.*,ou=people,dc=larkspur,dc=example$'] },
  },
  { name: 'self.made', fullName: 'Self Made' },
  { name: 'group.keeper', fullName: 'Group Keeper' },
  { name: 'rule.keeper', fullName: 'Rule Keeper' },
  { name: 'set.member', fullName: 'Set Member' },
  { name: 'key.keeper', fullName: 'Key Keeper' },
];
export const outlyingGroups: DirectoryPlan['groups'] = [
  { name: 'setters', kind: 'groupOfNames', members: ['set.member'] },
];
export const outlyingRules: DirectoryPlan['accessRules'] = [
  'to dn.exact="cn=admins,ou=groups,%s" attrs=member by dn.exact="uid=group.keeper,ou=people,%s" write by * break',
  'to dn.subtree="ou=sudoers,%s" by dn.exact="uid=rule.keeper,ou=people,%s" write by * break',
  'to attrs=userPassword by set="[cn=setters,ou=groups,%s]/member & user" write by * break',
  'to attrs=uidNumber by self write by * break',
  'to attrs=authzTo by dn.exact="uid=key.keeper,ou=people,%s" write by * break',
  // None of these is a way in: nobody is let in by it, or only to a thing that gives nothing.
  'to attrs=telephoneNumber by self write by * break',
  'to dn.subtree="ou=closed,%s" attrs=userPassword by * none',
];

const more: Readonly<Record<string, Partial<DomainPlan['users'][number]>>> = {
  'dns.adm': { groups: ['DnsAdmins'] },
  'bak.op': { groups: ['Backup Operators'] },
  'prn.op': { groups: ['Print Operators'] },
  'srv.op': { groups: ['Server Operators'] },
  'gpo.creator': { groups: ['Group Policy Creator Owners'] },
  'dc.deleg': {
    flags: ['trusted_to_impersonate'],
    attributes: { 'msDS-AllowedToDelegateTo': 'ldap/dc1.estate.example' },
  },
};
const people = (names: readonly string[]): DomainPlan['users'] =>
  names.map((name) => ({ name, fullName: name, unit: 'Larkspur/People' }));
export const outlyingUsers: DomainPlan['users'] = [
  { name: 'vaulted.adm', fullName: 'Vaulted Admin', unit: 'Larkspur/Vaulted', groups: ['Domain Admins'] },
  ...people([
    'own.er',
    'set.member',
    'unit.keeper',
    'spn.writer',
    'uac.writer',
    'ext.rights',
    'dc.limits',
    'map.writer',
    'laps.old',
    'laps.new',
    'gmsa.reader',
    'script.writer',
    'dns.adm',
    'bak.op',
    'prn.op',
    'srv.op',
    'gpo.creator',
    'dc.deleg',
    'near.miss',
    'denied',
  ]).map((user) => ({ ...user, ...more[user.name] })),
];
export const outlyingDelegations: DomainPlan['delegations'] = [
  // The property set Membership, which `member` is in.
  { on: 'group:Tier Admins', to: 'set.member', entry: 'OA;;WP;bc0ac240-79a9-11d0-9020-00c04fc2d4cf;' },
  { on: 'unit:Larkspur/Vaulted', to: 'unit.keeper', entry: 'A;CI;GA;;' },
  { on: 'user:vaulted.adm', to: 'spn.writer', entry: 'OA;;WP;f3a64788-5306-11d1-a9c5-0000f80367c1;' },
  { on: 'user:vaulted.adm', to: 'uac.writer', entry: 'OA;;WP;4c164200-20c0-11d0-a768-00aa006e0529;' },
  { on: 'user:vaulted.adm', to: 'ext.rights', entry: 'A;;CR;;' },
  { on: 'CN=DC1,OU=Domain Controllers', to: 'dc.limits', entry: 'OA;;WP;4c164200-20c0-11d0-a768-00aa006e0529;' },
  { on: 'user:vaulted.adm', to: 'map.writer', entry: 'OA;;WP;00fbf30c-91fe-11d1-aebc-0000f80367c1;' },
  { on: 'user:vaulted.adm', to: 'script.writer', entry: 'OA;;WP;bf9679a8-0de6-11d0-a285-00aa003049e2;' },
  // None of these is a way: a telephone number, an entry for others only, the right to read.
  { on: 'user:vaulted.adm', to: 'near.miss', entry: 'OA;;WP;bf967a49-0de6-11d0-a285-00aa003049e2;' },
  { on: 'user:vaulted.adm', to: 'near.miss', entry: 'A;CIIO;GA;;' },
  { on: 'user:vaulted.adm', to: 'denied', entry: 'D;;GA;;' },
  { on: 'unit:Larkspur/People', to: 'near.miss', entry: 'A;;RPLCLORC;;' },
];
