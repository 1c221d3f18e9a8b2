/** What the servers of the estate hold: ordinary accounts, and the plants of `plants.ts` that are on them. */
import type { DirectoryPlan } from '../ldap/plan.ts';
import type { MariadbPlan } from '../mariadb/plan.ts';
import type { DatabasePlan } from '../postgres/plan.ts';
import type { DomainPlan } from '../samba/plan.ts';
import {
  outlyingAccounts,
  outlyingDelegations,
  outlyingEntries,
  outlyingGroups,
  outlyingMariadbRoles,
  outlyingRoles,
  outlyingRoutines,
  outlyingRules,
  outlyingStatements,
  outlyingUsers,
} from './outlying-plans.ts';

export const postgresPlan: DatabasePlan = {
  name: 'pg',
  roles: [
    { name: 'loaders', memberOf: ['pg_execute_server_program'] },
    { name: 'readers' },
    { name: 'dba_old', login: true, attributes: ['superuser'] },
    { name: 'hr_tool', login: true, attributes: ['createrole'] },
    { name: 'etl', login: true, memberOf: ['loaders'] },
    { name: 'shop_owner', login: true },
    { name: 'reader', login: true },
    { name: 'logview', login: true },
    { name: 'report', login: true, memberOf: ['readers'] },
    { name: 'copier', login: true, attributes: ['replication'] },
    { name: 'auditor', login: true, attributes: ['bypassrls'] },
    { name: 'ordinary', login: true, memberOf: ['readers'] },
    { name: 'hash_reader', login: true },
    { name: 'file_reader', login: true, memberOf: ['pg_read_server_files'] },
    { name: 'setter', login: true },
    { name: 'trigger_author', login: true },
    { name: 'old_md5', login: true },
    { name: 'would_be', login: true },
    { name: 'preloaded', login: true },
    { name: 'view_reader', login: true },
    { name: 'mapped_free', login: true },
    { name: 'told_in_words', login: true, comment: 'nightly copy; password: Rather-Long-And-Odd-92' },
    { name: 'told_in_setting', login: true },
    { name: 'file_keeper', memberOf: ['pg_write_server_files'] },
    ...outlyingRoles,
  ],
  databases: [
    {
      name: 'shop',
      owner: 'shop_owner',
      statements: [
        'create table public.orders (id int)',
        'grant select on public.orders to reader with grant option',
        'grant select on public.orders to readers',
        `create function public.run_as_admin(text) returns void language plpgsql security definer as 'begin execute $1; end'`,
        `create function public.harmless() returns int language sql security definer as 'select 1'`,
        'alter function public.harmless() owner to ordinary',
        'grant execute on function pg_read_file(text) to logview',
        `alter role report password 'report'`,
        'grant select on pg_catalog.pg_authid to hash_reader',
        'grant dba_old to would_be with admin option',
        'create table public.ledger (id int)',
        `create function public.stamp() returns trigger language plpgsql as 'begin return new; end'`,
        'alter function public.stamp() owner to trigger_author',
        'create trigger stamp before insert on public.ledger for each row execute function public.stamp()',
        `update pg_language set lanpltrusted = true where lanname = 'c'`,
        `alter role preloaded set session_preload_libraries = 'auto_explain'`,
        `set password_encryption = 'md5'; alter role old_md5 password 'Rather-Long-And-Odd-91'; reset password_encryption`,
        `create view public.people as select rolname, rolpassword from pg_authid; grant select on public.people to view_reader`,
        `create view public.names as select rolname from pg_authid; grant select on public.names to view_reader`,
        `create extension postgres_fdw; create server copies foreign data wrapper postgres_fdw options (host '127.0.0.1'); create user mapping for mapped_free server copies options (user 'postgres', password_required 'false')`,
        `alter role told_in_setting set shop.api_token = 'Rather-Long-And-Odd-93'`,
        `create function public.keep(text) returns void language sql security definer as 'select null::void'`,
        'alter function public.keep(text) owner to file_keeper',
        `create function public.far_away() returns text language sql as $$select 'host=db2 user=feeder password=Rather-Long-And-Odd-94'$$`,
        ...outlyingStatements,
        'grant create on schema public to public',
        'alter default privileges in schema public grant insert on tables to public',
      ],
    },
  ],
};

export const mariadbPlan: MariadbPlan = {
  name: 'maria',
  roles: [{ name: 'keepers', grants: ['SUPER on *.*'] }, ...outlyingMariadbRoles],
  databases: [
    {
      name: 'shop',
      statements: [
        'create table orders (id int)',
        'create table stock (id int)',
        'create definer = root@localhost procedure renumber() sql security definer update orders set id = id + 1',
        'create definer = root@localhost sql security definer view people as select User, Host, Priv from mysql.global_priv',
        ...outlyingRoutines,
        `create server far foreign data wrapper mysql options (host '10.0.0.9', database 'x', user 'feeder', password 'Rather-Long-And-Odd-91')`,
      ],
    },
  ],
  accounts: [
    { name: 'boss', grants: ['ALL on *.* with grant option'] },
    { name: 'filer', grants: ['FILE on *.*'] },
    { name: 'nobody_asked', method: 'empty', grants: ['SELECT on shop.*'] },
    { name: 'monitor', grants: ['SELECT on shop.orders'], alter: `identified by 'monitor'` },
    { name: 'tom', memberOf: ['keepers'], defaultRole: 'keepers' },
    { name: 'giver', grants: ['SELECT on shop.* with grant option'] },
    { name: 'caller', grants: ['EXECUTE on procedure shop.renumber'] },
    { name: 'proxy_tool', grants: ['PROXY on root@localhost'] },
    { name: 'nightly', host: 'localhost', method: 'unix_socket', grants: ['ALL on *.*'] },
    { name: 'tables_tool', grants: ['INSERT, UPDATE on mysql.*'] },
    {
      name: 'two_ways',
      alter: `identified via ed25519 using password('Rather-Long-And-Odd-95') or mysql_native_password using password('two_ways')`,
    },
    {
      name: 'by_socket',
      host: 'localhost',
      grants: ['SUPER on *.*'],
      alter: `identified via unix_socket as 'www-data'`,
    },
    { name: 'keeper_maker', adminOf: ['keepers'] },
    ...outlyingAccounts,
    { name: 'plainuser', grants: ['SELECT, INSERT on shop.orders'] },
  ],
};

export const directoryPlan: DirectoryPlan = {
  name: 'ldap',
  suffix: 'dc=larkspur,dc=example',
  entries: [
    { name: 'vera', fullName: 'Vera Sund' },
    { name: 'walt', fullName: 'Walt Berg' },
    { name: 'svc-sync', fullName: 'Sync Service' },
    {
      name: 'zero',
      fullName: 'Zero Unix',
      attributes: {
        objectClass: ['inetOrgPerson', 'posixAccount'],
        uidNumber: ['0'],
        gidNumber: ['0'],
        homeDirectory: ['/root'],
      },
    },
    {
      name: 'jotted',
      fullName: 'Jotted Down',
      attributes: { description: ['new starter, password: Rather-Long-And-Odd-97'] },
    },
    {
      name: 'old.crypt',
      fullName: 'Old Crypt',
      password: false,
      attributes: { userPassword: ['{CRYPT}abJnggxhB/yWI'] },
    },
    ...outlyingEntries,
    { name: 'plain', fullName: 'Plain Text', password: false, attributes: { userPassword: ['0nce-upon-A-time'] } },
  ],
  groups: [
    { name: 'admins', kind: 'groupOfNames', members: ['group:night-shift'] },
    { name: 'night-shift', kind: 'groupOfNames', members: ['vera'] },
    { name: 'choir', kind: 'groupOfNames', members: ['walt', 'plain'] },
    ...outlyingGroups,
  ],
  accessRules: [
    ...outlyingRules,
    'to attrs=userPassword by dn.exact="uid=svc-sync,ou=people,%s" write by * break',
    'to dn.subtree="ou=policies,%s" attrs=member by users write by * break',
    'to dn.subtree="ou=branch,%s" attrs=userPassword by peername.ip=10.0.0.0%255.0.0.0 write by * break',
    'to dn.subtree="ou=robots,%s" attrs=userPassword by users read by * break',
  ],
};

/** Names that are taken for the administrator's, and an administrator of a small database whose password is kept as it is. */
export const directoryConfiguration = {
  settings: [
    'olcAuthzRegexp: "gidNumber=.*\\+uidNumber=1005,cn=peercred,cn=external,cn=auth" "cn=manager,%s"',
    'olcAuthzRegexp: "gidNumber=0\\+uidNumber=0,cn=peercred,cn=external,cn=auth" "cn=manager,%s"',
    'olcAuthzRegexp: "uid=([^,]*),cn=gssapi,cn=auth" "uid=$1,ou=people,%s"',
  ],
  more: `dn: olcDatabase=ldif,cn=config
objectClass: olcDatabaseConfig
objectClass: olcLdifConfig
olcDatabase: ldif
olcSuffix: cn=notes
olcDbDirectory: /tmp
olcRootDN: cn=keeper,cn=notes
olcRootPW: Rather-Long-And-Odd-96
olcReadOnly: TRUE
olcAccess: to * by * none
`,
} as const;

const sudoRole = (name: string, rows: readonly string[]): string =>
  `dn: cn=${name},ou=people,${directoryPlan.suffix}\nobjectClass: sudoRole\ncn: ${name}\n${rows.join('\n')}\n`;

/** Rules of sudo that hosts take from the directory. */
export const directoryExtra = [
  sudoRole('everything', ['sudoUser: walt', 'sudoHost: ALL', 'sudoCommand: ALL', 'sudoOption: !authenticate']),
  sudoRole('editors', [
    'sudoUser: %choir',
    'sudoHost: web1',
    'sudoCommand: /usr/bin/vim /etc/app/*',
    'sudoRunAsUser: root',
  ]),
].join('\n');

const never = ['password_never_expires'] as const;

export const domainPlan: DomainPlan = {
  name: 'ad',
  realm: 'ESTATE.EXAMPLE',
  netbios: 'ESTATE',
  units: ['Larkspur', 'Larkspur/People', 'Larkspur/Groups', 'Larkspur/Vaulted'],
  groups: [
    { name: 'Night Shift', unit: 'Larkspur/Groups', groups: ['Tier Admins'] },
    { name: 'Tier Admins', unit: 'Larkspur/Groups', groups: ['Domain Admins'] },
    { name: 'Choir', unit: 'Larkspur/Groups' },
    { name: 'DnsAdmins', unit: 'Larkspur/Groups', scope: 'domain_local' },
  ],
  users: [
    { name: 'nested.adm', fullName: 'Nested Admin', unit: 'Larkspur/People', groups: ['Night Shift'], flags: never },
    { name: 'once.admin', fullName: 'Once Admin', unit: 'Larkspur/People', attributes: { adminCount: '1' } },
    {
      name: 'svc-sql',
      fullName: 'SQL',
      unit: 'Larkspur/People',
      attributes: { servicePrincipalName: 'MSSQLSvc/db.estate.example:1433' },
    },
    { name: 'no.preauth', fullName: 'No Preauth', unit: 'Larkspur/People', flags: ['no_preauth'] },
    { name: 'svc-web', fullName: 'Web', unit: 'Larkspur/People', flags: ['trusted_for_delegation'] },
    { name: 'svc-repl', fullName: 'Replication', unit: 'Larkspur/People' },
    { name: 'help.desk', fullName: 'Help Desk', unit: 'Larkspur/People' },
    { name: 'reset.er', fullName: 'Resetter', unit: 'Larkspur/People' },
    {
      name: 'noted',
      fullName: 'Noted',
      unit: 'Larkspur/People',
      attributes: { description: 'new starter, password: Welcome-to-Larkspur-7' },
    },
    {
      name: 'svc-app',
      fullName: 'App',
      unit: 'Larkspur/People',
      attributes: { 'msDS-AllowedToDelegateTo': 'cifs/files.estate.example' },
    },
    { name: 'ordinary', fullName: 'Ordinary Person', unit: 'Larkspur/People', groups: ['Choir'] },
    { name: 'cert.clerk', fullName: 'Cert Clerk', unit: 'Larkspur/People' },
    { name: 'cert.author', fullName: 'Cert Author', unit: 'Larkspur/People' },
    { name: 'svc-front', fullName: 'Front', unit: 'Larkspur/People' },
    { name: 'old.des', fullName: 'Old Des', unit: 'Larkspur/People', attributes: { userAccountControl: '2097664' } },
    { name: 'none.asked', fullName: 'None Asked', unit: 'Larkspur/People', attributes: { userAccountControl: '544' } },
    { name: 'read.back', fullName: 'Read Back', unit: 'Larkspur/People', attributes: { userAccountControl: '640' } },
    {
      name: 'info.noted',
      fullName: 'Info',
      unit: 'Larkspur/People',
      attributes: { info: 'pw: Rather-Long-And-Odd-98' },
    },
    { name: 'dc.keys', fullName: 'Dc Keys', unit: 'Larkspur/People' },
    { name: 'gate.keeper', fullName: 'Gate Keeper', unit: 'Larkspur/People' },
    { name: 'ch.first', fullName: 'Chain First', unit: 'Larkspur/People' },
    { name: 'ch.second', fullName: 'Chain Second', unit: 'Larkspur/People' },
    { name: 'sd.holder', fullName: 'Sd Holder', unit: 'Larkspur/People' },
    { name: 'gp.editor', fullName: 'Gp Editor', unit: 'Larkspur/People' },
    { name: 'gp.linker', fullName: 'Gp Linker', unit: 'Larkspur/People' },
    { name: 'acct.op', fullName: 'Account Operator', unit: 'Larkspur/People', groups: ['Account Operators'] },
    { name: 'posix.zero', fullName: 'Posix Zero', unit: 'Larkspur/People', attributes: { uidNumber: '0' } },
    {
      name: 'old.nis',
      fullName: 'Old Nis',
      unit: 'Larkspur/People',
      attributes: { unixUserPassword: 'Rather-Long-And-Odd-91' },
    },
    ...outlyingUsers,
  ],
  delegations: [
    { on: 'domain', to: 'svc-repl', entry: 'OA;;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2;' },
    { on: 'group:Tier Admins', to: 'help.desk', entry: 'OA;;WP;bf9679c0-0de6-11d0-a285-00aa003049e2;' },
    {
      on: 'CN=DC1,OU=Domain Controllers',
      to: 'dc.keys',
      entry: 'OA;;WP;5b47d60f-6090-40b2-9f37-2a4de88f3063;',
    },
    { on: 'user:ch.second', to: 'ch.first', entry: 'A;;GA;;' },
    { on: 'group:Tier Admins', to: 'ch.second', entry: 'A;;WD;;' },
    { on: 'CN=AdminSDHolder,CN=System', to: 'sd.holder', entry: 'A;;WO;;' },
    {
      on: 'CN={31B2F340-016D-11D2-945F-00C04FB984F9},CN=Policies,CN=System',
      to: 'gp.editor',
      entry: 'A;;WD;;',
    },
    { on: 'OU=Domain Controllers', to: 'gp.linker', entry: 'OA;;WP;f30e3bbe-9ff0-11d1-b603-0000f80367c1;' },
    ...outlyingDelegations,
    { on: 'user:nested.adm', to: 'reset.er', entry: 'OA;;CR;00299570-246d-11d0-a768-00aa006e0529;' },
  ],
};
