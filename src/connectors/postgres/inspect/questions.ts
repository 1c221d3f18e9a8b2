/** What the catalogues are asked in a closer look. Each question stands alone, so that one that may not be asked leaves the others be. */

const own = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;
const notOfExtension = (object: string): string =>
  `not exists (select from pg_depend d where d.objid = ${object}.oid and d.deptype = 'e')`;

/** Functions that act with the rights of their owner, whoever calls them, and who may call them. */
export const definerFunctions = `
  select n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as function, o.rolname as owner,
    coalesce(g.rolname, '') as caller, o.rolsuper as super, coalesce(array_to_string(p.proconfig, ',') like '%search_path=%', false) as pinned
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles o on o.oid = p.proowner
    cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a left join pg_roles g on g.oid = a.grantee
  where p.prosecdef and ${own} and ${notOfExtension('p')} and a.privilege_type = 'EXECUTE' and a.grantee <> p.proowner
    and p.prorettype <> 'event_trigger'::regtype and exists (select from pg_roles h where pg_has_role(o.oid, h.oid, 'MEMBER') and (h.rolsuper or h.rolcreaterole
      or h.rolbypassrls or h.rolreplication or h.rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'pg_read_all_data', 'pg_write_all_data')))
  order by 1, 3 limit 2000`;

/** Functions in languages that may do anything on the server, made by somebody and no part of an extension. */
export const untrustedFunctions = `
  select n.nspname || '.' || p.proname as function, l.lanname as language, o.rolname as owner, coalesce(g.rolname, '') as caller
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang join pg_roles o on o.oid = p.proowner
    cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a left join pg_roles g on g.oid = a.grantee
  where not l.lanpltrusted and l.lanname <> 'internal' and ${own} and ${notOfExtension('p')} and a.privilege_type = 'EXECUTE' and a.grantee <> p.proowner
  order by 1, 4 limit 2000`;

/** Built-in functions that reach outside the database, given to somebody who is no superuser. */
export const dangerousFunctions = `
  select p.oid::regprocedure::text as function, p.proname as name, coalesce(g.rolname, '') as caller
  from pg_proc p cross join lateral aclexplode(p.proacl) a left join pg_roles g on g.oid = a.grantee
  where p.proname = any(array['pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'pg_stat_file', 'pg_ls_logdir', 'pg_file_write', 'pg_file_unlink',
      'pg_file_rename', 'lo_import', 'lo_export', 'dblink_connect_u', 'pg_reload_conf', 'pg_rotate_logfile', 'pg_read_server_files', 'pg_logical_emit_message',
      'pg_promote', 'pg_switch_wal', 'pg_ls_waldir', 'pg_ls_tmpdir', 'pg_ls_archive_statusdir', 'pg_current_logfile', 'pg_create_logical_replication_slot',
      'pg_logical_slot_get_changes', 'pg_logical_slot_peek_changes', 'pg_backup_start', 'pg_start_backup', 'pg_import_system_collations', 'pg_file_sync', 'pg_create_restore_point', 'pg_hba_file_rules', 'pg_show_all_file_settings'])
    and a.privilege_type = 'EXECUTE' and a.grantee <> p.proowner and not coalesce(g.rolsuper, false) and coalesce(g.rolname, '') !~ '^pg_'
    and not (p.proname in ('pg_logical_emit_message') and a.grantee = 0)
  order by 1, 3 limit 500`;

/** Rights that may be given on, by whom, on what. */
export const grantable = `
  select what, name, grantee, string_agg(distinct privilege_type, ', ' order by privilege_type) as privileges from (
    select case c.relkind when 'S' then 'sequence' else 'table' end as what, n.nspname || '.' || c.relname as name, g.rolname as grantee, a.privilege_type
      from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(c.relacl) a join pg_roles g on g.oid = a.grantee
      where ${own} and a.is_grantable and a.grantee <> c.relowner and not g.rolsuper
    union all select 'schema', n.nspname, g.rolname, a.privilege_type from pg_namespace n cross join lateral aclexplode(n.nspacl) a join pg_roles g on g.oid = a.grantee
      where ${own} and a.is_grantable and a.grantee <> n.nspowner and not g.rolsuper
    union all select 'function', n.nspname || '.' || p.proname, g.rolname, a.privilege_type from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      cross join lateral aclexplode(p.proacl) a join pg_roles g on g.oid = a.grantee where a.is_grantable and a.grantee <> p.proowner and not g.rolsuper
    union all select 'database', d.datname, g.rolname, a.privilege_type from pg_database d cross join lateral aclexplode(d.datacl) a join pg_roles g on g.oid = a.grantee
      where a.is_grantable and a.grantee <> d.datdba and not g.rolsuper and d.datname = current_database()
  ) held group by 1, 2, 3 order by 1, 2, 3 limit 5000`;

/** What everybody who can connect may change. */
export const openToAll = `
  select 'table' as what, n.nspname || '.' || c.relname as name, string_agg(distinct a.privilege_type, ', ' order by a.privilege_type) as privileges
    from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(c.relacl) a
    where ${own} and a.grantee = 0 and a.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER') and c.relkind in ('r', 'p', 'v', 'f') and ${notOfExtension('c')} group by 1, 2
  union all select 'schema', n.nspname, 'CREATE' from pg_namespace n cross join lateral aclexplode(n.nspacl) a
    where ${own} and a.grantee = 0 and a.privilege_type = 'CREATE' and (n.nspname <> 'public' or current_setting('server_version_num')::int >= 150000)
  order by 1, 2 limit 1000`;

/** Schemas and the tables of others' schemas, and who owns them. */
export const ownership = `
  select 'schema' as what, n.nspname as name, r.rolname as owner from pg_namespace n join pg_roles r on r.oid = n.nspowner
    where ${own} and not r.rolsuper and r.rolcanlogin and r.rolname <> 'pg_database_owner'
  order by 1, 2 limit 1000`;

/** Settings that load code, which somebody who is no superuser may set (PostgreSQL 15 and newer). */
export const parameters = `
  select p.parname as parameter, a.privilege_type as privilege, coalesce(g.rolname, '') as grantee
  from pg_parameter_acl p cross join lateral aclexplode(p.paracl) a left join pg_roles g on g.oid = a.grantee where not coalesce(g.rolsuper, false)
  order by 1, 2, 3`;

/** Whom the server lets in without asking. */
export const trusted = `
  select line_number::text as line, type, array_to_string(database, ',') as databases, array_to_string(user_name, ',') as users, coalesce(address, '') as address, auth_method as method
  from pg_hba_file_rules where (auth_method in ('trust', 'password') or auth_method = 'ident' and type like 'host%') and error is null order by line_number`;

export const verifiers = `select rolname as name, rolpassword as verifier, rolsuper as super from pg_authid where rolcanlogin and rolpassword is not null order by rolname limit 500`;

/** Passwords to other servers, kept in the catalogues. */
export const mappings = `
  select s.srvname as server, coalesce(r.rolname, 'public') as holder from pg_user_mapping m join pg_foreign_server s on s.oid = m.umserver left join pg_roles r on r.oid = m.umuser
  where exists (select from unnest(m.umoptions) o where o like 'password=%')
  union select 'subscription ' || subname, (select rolname from pg_roles where oid = subowner) from pg_subscription where subconninfo like '%password=%' and subdbid = (select oid from pg_database where datname = current_database())
  order by 1, 2`;

export const openSessions = `
  select usename as account, coalesce(host(client_addr), '') as address, to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, application_name as program
  from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() and usename is not null order by backend_start`;

export const databases = `select datname as name from pg_database where datallowconn and has_database_privilege(datname, 'CONNECT') order by 1`;

/** Languages that reach outside the database and that somebody who is no superuser may write functions in. */
export const openLanguages = `
  select l.lanname as language, coalesce(g.rolname, '') as grantee, l.lanpltrusted as marked
  from pg_language l cross join lateral aclexplode(coalesce(l.lanacl, acldefault('l', l.lanowner))) a left join pg_roles g on g.oid = a.grantee
  where (l.lanname in ('c', 'internal') or l.lanname ~ '(u|sh|java)$') and l.lanpltrusted and l.lanname not in ('plv8u') and a.grantee <> l.lanowner
    and not coalesce(g.rolsuper, false) order by 1, 2`;

/** Catalogues that hold password hashes, or passwords to other servers, read by somebody who is no superuser. */
export const readHashes = `
  select c.relname as name, coalesce(g.rolname, '') as grantee from pg_class c join pg_namespace n on n.oid = c.relnamespace
    cross join lateral aclexplode(c.relacl) a left join pg_roles g on g.oid = a.grantee
  where n.nspname = 'pg_catalog' and c.relname in ('pg_authid', 'pg_shadow', 'pg_user_mapping', 'pg_subscription', 'pg_largeobject', 'pg_statistic')
    and a.privilege_type = 'SELECT' and a.grantee <> c.relowner and not coalesce(g.rolsuper, false)
  union select c.relname, coalesce(g.rolname, '') from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace
    cross join lateral aclexplode(t.attacl) a left join pg_roles g on g.oid = a.grantee
  where n.nspname = 'pg_catalog' and a.privilege_type = 'SELECT' and not coalesce(g.rolsuper, false)
    and (c.relname, t.attname) in (('pg_authid', 'rolpassword'), ('pg_shadow', 'passwd'), ('pg_user_mapping', 'umoptions'), ('pg_subscription', 'subconninfo'))
  order by 1, 2`;

/** Functions of somebody else that run, as whoever writes, on tables superusers own; and event triggers, which run as whoever changes anything. */
export const borrowedTriggers = `
  select t.tgname as name, n.nspname || '.' || c.relname as target, o.rolname as author, w.rolname as victim
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace join pg_proc p on p.oid = t.tgfoid
    join pg_roles o on o.oid = p.proowner join pg_roles w on w.oid = c.relowner
  where not t.tgisinternal and t.tgenabled <> 'D' and ${own} and w.rolsuper and not o.rolsuper and not p.prosecdef
  union all select e.evtname, 'every change of a table (' || e.evtevent || ')', o.rolname, 'superusers'
    from pg_event_trigger e join pg_proc p on p.oid = e.evtfoid join pg_roles o on o.oid = p.proowner
    where e.evtenabled <> 'D' and not o.rolsuper and not p.prosecdef
  order by 1, 2`;

/** What will be open as soon as it is made. */
export const openDefaults = `
  select r.rolname as owner, coalesce(n.nspname, '') as schema, d.defaclobjtype as what, string_agg(distinct a.privilege_type, ', ' order by a.privilege_type) as privileges
  from pg_default_acl d join pg_roles r on r.oid = d.defaclrole left join pg_namespace n on n.oid = d.defaclnamespace cross join lateral aclexplode(d.defaclacl) a
  where a.grantee = 0 and a.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'CREATE') group by 1, 2, 3 order by 1, 2, 3`;

/** Accounts of the machine that log in as a superuser (pg_ident.conf, PostgreSQL 16 and newer tell it). */
export const mapped = `
  select line_number::text as line, map_name as map, sys_name as machine, pg_username as role from pg_ident_file_mappings
  where error is null and (pg_username in (select rolname from pg_roles where rolsuper) or pg_username ~ '^/' or pg_username = 'all')
    and sys_name <> pg_username and sys_name <> 'root' order by line_number`;

/** Passwords kept the old way. */
export const oldVerifiers = `select rolname as name from pg_authid where rolcanlogin and rolpassword like 'md5%' order by 1`;

/** Code that is loaded when somebody logs in, set for one role or database. */
export const loadedAtLogin = `
  select coalesce(r.rolname, '') as role, coalesce(d.datname, '') as database, c.setting from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole
    left join pg_database d on d.oid = s.setdatabase cross join lateral unnest(s.setconfig) c(setting)
  where c.setting ~ '^(session_preload_libraries|local_preload_libraries|dynamic_library_path)=.' order by 1, 2, 3`;

/** Tables and schemas of the catalogue itself, changed by somebody who is no superuser: who is what stands there, and every name is looked for there first. */
export const writableCatalogue = `
  select 'pg_catalog.' || c.relname as name, coalesce(g.rolname, '') as grantee, string_agg(distinct a.privilege_type, ', ' order by a.privilege_type) as privileges
  from (select c.oid, c.relacl as acl from pg_class c union all select t.attrelid, t.attacl from pg_attribute t where t.attacl is not null) held
    join pg_class c on c.oid = held.oid join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(held.acl) a left join pg_roles g on g.oid = a.grantee
  where n.nspname = 'pg_catalog' and a.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER') and a.grantee <> c.relowner and not coalesce(g.rolsuper, false)
    and not (c.relname = 'pg_settings' and a.grantee = 0) group by 1, 2
  union all select n.nspname, coalesce(g.rolname, ''), a.privilege_type from pg_namespace n cross join lateral aclexplode(n.nspacl) a left join pg_roles g on g.oid = a.grantee
  where n.nspname in ('pg_catalog', 'pg_toast') and a.privilege_type = 'CREATE' and a.grantee <> n.nspowner and not coalesce(g.rolsuper, false)
  order by 1, 2`;

/** Functions of somebody else in what superusers' tables compute by themselves: indexes, defaults, checks, generated columns, rules. */
export const borrowedCode = `
  select distinct p.oid::regprocedure::text as function, o.rolname as author, n.nspname || '.' || c.relname as target, w.rolname as victim,
    case d.classid when 'pg_class'::regclass then 'an index' when 'pg_attrdef'::regclass then 'a default' when 'pg_constraint'::regclass then 'a check' when 'pg_policy'::regclass then 'a policy' else 'a rule' end as what
  from pg_depend d join pg_proc p on d.refclassid = 'pg_proc'::regclass and d.refobjid = p.oid join pg_roles o on o.oid = p.proowner
    left join pg_attrdef f on d.classid = 'pg_attrdef'::regclass and f.oid = d.objid left join pg_constraint k on d.classid = 'pg_constraint'::regclass and k.oid = d.objid
    left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid left join pg_index i on d.classid = 'pg_class'::regclass and i.indexrelid = d.objid
    left join pg_policy y on d.classid = 'pg_policy'::regclass and y.oid = d.objid
    join pg_class c on c.oid = coalesce(f.adrelid, k.conrelid, r.ev_class, i.indrelid, y.polrelid) join pg_namespace n on n.oid = c.relnamespace join pg_roles w on w.oid = c.relowner
  where not o.rolsuper and w.rolsuper and not p.prosecdef and ${own} order by 1, 3 limit 500`;

/** Schemas that superusers look for names in before the catalogue's neighbours, and who may put things there. */
export const borrowedPaths = `
  select distinct s.role, s.database, n.nspname as schema, coalesce(g.rolname, '') as maker
  from (select coalesce(r.rolname, '') as role, coalesce(d.datname, '') as database, c.setting from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole
      left join pg_database d on d.oid = s.setdatabase cross join lateral unnest(s.setconfig) c(setting) where c.setting like 'search_path=%' and coalesce(r.rolsuper, true)) s
    cross join lateral unnest(string_to_array(substr(s.setting, 13), ',')) with ordinality q(part, at) join pg_namespace n on n.nspname = btrim(btrim(q.part), '"')
    cross join lateral (select n.nspowner as grantee union select a.grantee from aclexplode(n.nspacl) a where a.privilege_type = 'CREATE') m left join pg_roles g on g.oid = m.grantee
  where s.database in ('', current_database()) and not coalesce(g.rolsuper, false) and coalesce(g.rolname, '') <> 'pg_database_owner' and n.nspname !~ '^pg_' and (n.nspname <> 'public' or m.grantee <> 0)
  order by 1, 2, 3, 4 limit 500`;
