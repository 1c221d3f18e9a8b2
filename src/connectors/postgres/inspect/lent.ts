/** What others lend or write down in a cluster: views that show hashes, mappings that ask for no password, passwords in comments, settings and sources. */
import { passwordInWords, type InspectionLimits, type Observation } from '../../port.ts';
import type { Row } from '../client.ts';

type Asked = (kind: string, question: string) => Promise<readonly Row[]>;
type Fingerprint = InspectionLimits['fingerprint'];

const text = (value: unknown): string => (typeof value === 'string' ? value : value == null ? '' : String(value));

/**
 * Views of superusers that show columns with hashes or passwords, and views over these. What a view takes from the catalogue
 * is in no pg_depend: its text says it.
 */
const views = `
  with recursive showing (oid, shown) as (
    select c.oid, substring(pg_get_viewdef(c.oid) from '(pg_authid|pg_shadow|pg_user_mapping|pg_subscription)')
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles o on o.oid = c.relowner
    where c.relkind in ('v', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and o.rolsuper
      and pg_get_viewdef(c.oid) ~ '\\m(pg_authid|pg_shadow|pg_user_mapping|pg_subscription)\\M' and pg_get_viewdef(c.oid) ~ '\\m(rolpassword|passwd|umoptions|subconninfo)\\M'
    union select r.ev_class, s.shown from showing s join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = s.oid and d.classid = 'pg_rewrite'::regclass
      join pg_rewrite r on r.oid = d.objid and r.ev_class <> s.oid join pg_attribute t on t.attrelid = r.ev_class and t.attname in ('rolpassword', 'passwd', 'umoptions', 'subconninfo'))
  select distinct n.nspname || '.' || c.relname as name, o.rolname as owner, coalesce(g.rolname, '') as reader,
      v.shown
  from showing v join pg_class c on c.oid = v.oid join pg_namespace n on n.oid = c.relnamespace join pg_roles o on o.oid = c.relowner
    cross join lateral aclexplode(c.relacl) a left join pg_roles g on g.oid = a.grantee
  where c.relkind in ('v', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and o.rolsuper
    and a.privilege_type = 'SELECT' and a.grantee <> c.relowner and not coalesce(g.rolsuper, false)
    and (c.relkind = 'm' or not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false))
  order by 1, 3 limit 500`;

/** Mappings a superuser let log in to another server without a password of their own: as the server's own user, if that one lets it. */
const freeMappings = `
  select s.srvname as server, coalesce(r.rolname, '') as holder from pg_user_mappings m join pg_foreign_server s on s.oid = m.srvid left join pg_roles r on r.rolname = m.usename
  where m.umoptions && array['password_required=false', 'password_required=off', 'password_required=no', 'password_required=0'] and not coalesce(r.rolsuper, false)
  order by 1, 2`;

/** Servers with a password for whoever comes, and who may come. */
const sharedMappings = `
  select s.srvname as server, coalesce(g.rolname, '') as holder from pg_user_mapping m join pg_foreign_server s on s.oid = m.umserver
    cross join lateral (select a.grantee from aclexplode(s.srvacl) a where a.privilege_type = 'USAGE' union select s.srvowner) u left join pg_roles g on g.oid = u.grantee
  where m.umuser = 0 and exists (select from unnest(m.umoptions) o where o like 'password=%') and not coalesce(g.rolsuper, false) order by 1, 2`;

const comments = `
  select 'role' as what, r.rolname as name, r.rolname as role, d.description as said from pg_shdescription d join pg_roles r on r.oid = d.objoid and d.classoid = 'pg_authid'::regclass
  union all select 'database', b.datname, '', d.description from pg_shdescription d join pg_database b on b.oid = d.objoid and d.classoid = 'pg_database'::regclass
  order by 1, 2 limit 2000`;

const settings = `
  select coalesce(r.rolname, '') as role, coalesce(d.datname, '') as database, split_part(c.setting, '=', 1) as name, substr(c.setting, strpos(c.setting, '=') + 1) as said
  from pg_db_role_setting s left join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase cross join lateral unnest(s.setconfig) c(setting)
  where c.setting ~* '^[^=]*(password|passwd|secret|token|api_?key)[^=]*=.' and c.setting !~ '^password_encryption=' order by 1, 2, 3`;

const sources = `
  select n.nspname || '.' || p.proname as name, o.rolname as owner, coalesce(substring(p.prosrc from '[Pp][Aa][Ss][Ss][Ww][Oo][Rr][Dd]\\s*=\\s*''*([^\\s'';]{4,})'),
      substring(p.prosrc from '[a-z]+://[^:/@\\s]+:([^@/\\s'']{4,})@')) as said
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles o on o.oid = p.proowner
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and (p.prosrc ~* 'password\\s*=\\s*''*[^\\s'';|$(:]{4,}' or p.prosrc ~ '[a-z]+://[^:/@\\s]+:[^@/\\s'']{4,}@')
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  order by 1 limit 500`;

export async function lentInCluster(asked: Asked, fingerprint: Fingerprint): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  for (const row of await asked('secret_in_attribute', comments)) {
    const secret = passwordInWords(text(row['said']));
    const what = `comment on ${text(row['what'])} ${text(row['name'])}`;
    if (secret !== undefined)
      found.push(written(text(row['role']), what, `pg_shdescription: ${what}`, `the ${what}`, fingerprint(secret)));
  }
  for (const row of await asked('secret_in_attribute', settings)) {
    const where = [text(row['role']), text(row['database'])].filter((one) => one !== '').join(' in ') || 'everybody';
    found.push(
      written(
        text(row['role']),
        `setting ${text(row['name'])} of ${where}`,
        `pg_db_role_setting of ${where}: ${text(row['name'])}`,
        `the setting ${text(row['name'])}`,
        fingerprint(text(row['said'])),
      ),
    );
  }
  return found;
}

export async function lentInDatabase(
  asked: Asked,
  database: string,
  fingerprint: Fingerprint,
): Promise<readonly Observation[]> {
  const found: Observation[] = [];
  for (const row of await asked('definer_view', views)) {
    const view = text(row['name']);
    found.push({
      kind: 'definer_view',
      account: text(row['reader']),
      about: `${database}: view ${view}`,
      place: `pg_rewrite of ${database}: ${view} reads ${text(row['shown'])}, owner ${text(row['owner'])}`,
      facts: { view, actsAs: text(row['owner']) },
    });
  }
  for (const row of await asked('open_mapping', freeMappings))
    found.push({
      kind: 'open_mapping',
      account: text(row['holder']),
      about: `${database}: ${text(row['server'])}`,
      place: `pg_user_mappings of ${database}, server ${text(row['server'])}: password_required=false`,
      facts: { server: text(row['server']) },
    });
  for (const row of await asked('open_mapping', sharedMappings))
    found.push({
      kind: 'open_mapping',
      account: text(row['holder']),
      about: `${database}: ${text(row['server'])}, for everybody`,
      place: `pg_user_mapping of ${database}, server ${text(row['server'])}, for public; USAGE on it`,
      facts: { server: text(row['server']), stored: true },
    });
  for (const row of await asked('secret_in_attribute', sources)) {
    if (text(row['said']) === '') continue;
    const routine = text(row['name']);
    found.push(
      written(
        text(row['owner']),
        `${database}: source of ${routine}`,
        `pg_proc of ${database}: ${routine}, prosrc`,
        `the source of ${routine}`,
        fingerprint(text(row['said'])),
      ),
    );
  }
  return found;
}

const written = (account: string, about: string, place: string, attribute: string, mark: string): Observation => ({
  kind: 'secret_in_attribute',
  account,
  about: `${about} ${mark}`,
  place,
  facts: { attribute, fingerprint: mark },
});
