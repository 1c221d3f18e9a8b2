/** Roles, memberships, ownership and table grants as the catalogues tell them, read in one snapshot. Of a password only its kind is read. */
import { TargetError } from '../port.ts';
import type { Database, Row } from './client.ts';
import { grantIdOf, type Attribute } from './names.ts';
import type { PostgresSettings } from './settings.ts';

export type PasswordKind = 'scram' | 'md5' | 'none' | 'other' | 'unknown';

export interface Role {
  readonly oid: string;
  readonly name: string;
  readonly attributes: ReadonlySet<Attribute>;
  readonly inherits: boolean;
  readonly connectionLimit: number;
  readonly validUntil: string | undefined;
  readonly comment: string;
  readonly password: PasswordKind;
  /** Reeve took the log-in from this role ({@link lockMark}). */
  readonly lockedByReeve: boolean;
  /** A role people or programs log in as: it may log in, could until Reeve locked it, or has a password. */
  readonly isAccount: boolean;
}

export interface Membership {
  readonly role: string;
  readonly member: string;
  readonly grantor: string;
  readonly admin: boolean;
  /** False for the bare admin option PostgreSQL 16 gives the creator of a role: it may give the role away, but does not have it. */
  readonly has: boolean;
}

export interface TableGrant {
  /** Role name, or `public`. */
  readonly grantee: string;
  readonly entitlement: string;
  readonly grantable: boolean;
}

export interface ClusterState {
  readonly version: number;
  readonly database: string;
  /** The role Reeve is logged in as. */
  readonly management: string;
  readonly roles: ReadonlyMap<string, Role>;
  readonly memberships: readonly Membership[];
  readonly owned: readonly { readonly owner: string; readonly what: 'database' | 'schema'; readonly name: string }[];
  readonly tablesOwned: ReadonlyMap<string, number>;
  readonly grants: readonly TableGrant[];
}

/** A reading with more table grants than this is of no use to a person, and is refused instead of cut. */
const mostGrants = 20_000;
/** Ends the comment of a role that Reeve locked, for people and for Reeve: without login it would look like a group. */
export const lockMark = '[locked by Reeve]';

/**
 * The whole cluster; or, with `names`, these roles and every role one of them is a member of, however far up, with all
 * that is theirs. Throws TargetError `unsupported` when there are too many table grants for one entitlement a table.
 */
export async function readCluster(
  database: Database,
  settings: PostgresSettings,
  names?: readonly string[],
): Promise<ClusterState> {
  const only = names === undefined ? [] : [[...new Set(names)]];
  const looksAt = names === undefined ? everyRole : rolesAbove;
  const [about, roles, memberships, owned, counts, grants] = await database.transaction(
    'begin isolation level repeatable read read only',
    async () => {
      const [first] = await database.query(
        `select current_setting('server_version_num')::int as version, current_database() as database, session_user as management,
           has_table_privilege('pg_catalog.pg_authid', 'select') as sees_passwords`,
      );
      return [
        first,
        await database.query(looksAt(rolesQuery(first?.['sees_passwords'] === true)), only),
        await database.query(looksAt(membershipsQuery), only),
        await database.query(looksAt(ownedQuery), only),
        await database.query(looksAt(tablesOwnedQuery), only),
        settings.grants === 'none' ? [] : await database.query(looksAt(grantsQuery(settings.grants)), only),
      ] as const;
    },
  );
  if (grants.length > mostGrants) {
    const mend =
      settings.grants === 'table' ? 'set `grants` of this target to `schema`' : 'set `grants` of this target to `none`';
    throw new TargetError(
      'unsupported',
      `database \`${text(about?.['database'])}\` has more than ${mostGrants} table grants; ${mend}`,
    );
  }
  return {
    version: Number(about?.['version']),
    database: text(about?.['database']),
    management: text(about?.['management']),
    roles: new Map(roles.map((row) => [text(row['name']), roleOf(row)])),
    memberships: memberships.map(membershipOf),
    owned: owned.map((row) => ({
      owner: text(row['owner']),
      what: row['what'] === 'database' ? 'database' : 'schema',
      name: text(row['name']),
    })),
    tablesOwned: new Map(counts.map((row) => [text(row['owner']), Number(row['tables'])])),
    grants: grants.map((row) => ({
      grantee: text(row['grantee']),
      entitlement: grantIdOf(
        text(row['schema']),
        row['table'] === null ? undefined : text(row['table']),
        text(row['privilege']),
      ),
      grantable: row['grantable'] === true,
    })),
  };
}

/** Queries about every role; those below ask for the roles of `looked_at`. */
const everyRole = (query: string): string => `with looked_at(oid) as (select oid from pg_roles) ${query}`;

/** Queries about the roles named in the first parameter, and those above them. */
const rolesAbove = (query: string): string => `
  with recursive looked_at(oid) as (
    select oid from pg_roles where rolname = any($1::text[])
    union select a.roleid from looked_at l join pg_auth_members a on a.member = l.oid
  ) ${query}`;

const rolesQuery = (seesPasswords: boolean): string => `
  select r.oid::text as oid, r.rolname as name, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolreplication, r.rolbypassrls, r.rolcanlogin,
    r.rolinherit, r.rolconnlimit, coalesce(shobj_description(r.oid, 'pg_authid'), '') as comment,
    case when isfinite(r.rolvaliduntil) then to_char(r.rolvaliduntil at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end as valid_until,
    ${
      seesPasswords
        ? `(select case when a.rolpassword is null then 'none' when a.rolpassword like 'SCRAM-SHA-256$%' then 'scram'
             when a.rolpassword like 'md5%' then 'md5' else 'other' end from pg_authid a where a.oid = r.oid)`
        : `'unknown'`
    } as password
  from pg_roles r where r.oid in (select oid from looked_at) order by r.rolname`;

/** to_jsonb, because the inherit and set options came with PostgreSQL 16. */
const membershipsQuery = `
  select r.rolname as role, m.rolname as member, coalesce(g.rolname, '') as grantor, a.admin_option as admin,
    coalesce((to_jsonb(a) ->> 'inherit_option')::boolean, true) as inherits, coalesce((to_jsonb(a) ->> 'set_option')::boolean, true) as sets
  from pg_auth_members a join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member left join pg_roles g on g.oid = a.grantor
  where a.member in (select oid from looked_at)
  order by 1, 2, 3`;

const ownSchemas = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

const ownedQuery = `
  select r.rolname as owner, 'database' as what, d.datname as name from pg_database d join pg_roles r on r.oid = d.datdba where r.oid in (select oid from looked_at)
  union all
  select r.rolname, 'schema', n.nspname from pg_namespace n join pg_roles r on r.oid = n.nspowner where ${ownSchemas} and r.oid in (select oid from looked_at)
  order by 1, 2, 3`;

const tablesOwnedQuery = `
  select r.rolname as owner, count(*)::int as tables
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${ownSchemas} and r.oid in (select oid from looked_at) group by 1 order by 1`;

const grantsQuery = (detail: 'table' | 'schema'): string => `
  select coalesce(r.rolname, 'public') as grantee, n.nspname as schema, ${detail === 'table' ? 'c.relname' : 'null'} as table,
    a.privilege_type as privilege, bool_or(a.is_grantable) as grantable
  from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${ownSchemas} and a.grantee <> c.relowner and (a.grantee = 0 or r.oid in (select oid from looked_at))
  group by 1, 2, 3, 4 order by 1, 2, 3, 4 limit ${mostGrants + 1}`;

function roleOf(row: Row): Role {
  const password = passwordKind(row['password']);
  const remark = text(row['comment']);
  const lockedByReeve = remark.endsWith(lockMark);
  const flags: readonly (readonly [string, Attribute])[] = [
    ['rolsuper', 'superuser'],
    ['rolcreaterole', 'createrole'],
    ['rolcreatedb', 'createdb'],
    ['rolreplication', 'replication'],
    ['rolbypassrls', 'bypassrls'],
    ['rolcanlogin', 'login'],
  ];
  const validUntil = row['valid_until'];
  return {
    oid: text(row['oid']),
    name: text(row['name']),
    attributes: new Set(flags.filter(([column]) => row[column] === true).map(([, attribute]) => attribute)),
    inherits: row['rolinherit'] === true,
    connectionLimit: Number(row['rolconnlimit']),
    validUntil: typeof validUntil === 'string' ? validUntil : undefined,
    comment: lockedByReeve ? remark.slice(0, -lockMark.length).trimEnd() : remark,
    password,
    lockedByReeve,
    isAccount: row['rolcanlogin'] === true || lockedByReeve || (password !== 'none' && password !== 'unknown'),
  };
}

const membershipOf = (row: Row): Membership => ({
  role: text(row['role']),
  member: text(row['member']),
  grantor: text(row['grantor']),
  admin: row['admin'] === true,
  has: row['inherits'] === true || row['sets'] === true,
});

function passwordKind(value: unknown): PasswordKind {
  return value === 'scram' || value === 'md5' || value === 'none' || value === 'other' ? value : 'unknown';
}

/** A column that is always text; anything else means the catalogue is not what this was written for. */
function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TargetError('failed', 'the server answered a catalogue query with something that is not text');
}
