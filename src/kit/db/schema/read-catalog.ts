import type { Queryable } from '../port.ts';
import { sql, type Sql } from '../sql.ts';

/** Schemas that are Reeve's: not PostgreSQL's own and not the job queue's, which brings its own migrations. */
const ours = (column: Sql): Sql => sql`${column} !~ '^(pg_|information_schema$|graphile_worker$)'`;
/** Leaves out what an extension brought. */
const notOfExtension = (catalog: string, oid: Sql): Sql =>
  sql`not exists (select from pg_depend d where d.classid = ${catalog}::regclass and d.objid = ${oid} and d.deptype = 'e')`;

export interface TableRow {
  readonly oid: string;
  readonly home: string;
  readonly name: string;
  readonly kind: 'r' | 'p' | 'v' | 'm';
  readonly comment: string | null;
  readonly partitionKey: string | null;
  readonly partitionBound: string | null;
  readonly parent: string | null;
  readonly rowSecurity: boolean;
  readonly definition: string | null;
  readonly options: string | null;
  readonly grants: string | null;
}
export interface ColumnRow {
  readonly owner: string;
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly fallback: string | null;
  readonly identity: string;
  readonly generated: string;
  readonly comment: string | null;
}
export interface NamedDefinition {
  readonly owner: string;
  readonly name: string;
  readonly definition: string;
}
export interface Catalog {
  readonly extensions: readonly { readonly name: string }[];
  readonly types: readonly { readonly name: string; readonly definition: string }[];
  readonly sequences: readonly { readonly name: string }[];
  readonly routines: readonly {
    readonly name: string;
    readonly definition: string;
    readonly comment: string | null;
    readonly signature: string;
  }[];
  readonly tables: readonly TableRow[];
  readonly columns: readonly ColumnRow[];
  readonly constraints: readonly NamedDefinition[];
  readonly indexes: readonly NamedDefinition[];
  readonly triggers: readonly NamedDefinition[];
  readonly policies: readonly NamedDefinition[];
}

/** Everything of the database's shape, in an order that depends on names only, never on the history of the database. */
export async function readCatalog(db: Queryable): Promise<Catalog> {
  return {
    extensions: await db.many(
      sql`select extname::text as name from pg_extension where extname <> 'plpgsql' order by 1`,
    ),
    types: await db.many(sql`
      select format_type(t.oid, null) as name,
             case t.typtype
               when 'e' then 'enum (' || (select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid) || ')'
               when 'd' then 'domain ' || format_type(t.typbasetype, t.typtypmod) || case when t.typnotnull then ' not null' else '' end
                 || coalesce((select string_agg(' constraint ' || conname || ' ' || pg_get_constraintdef(oid), '' order by conname) from pg_constraint where contypid = t.oid and contype = 'c'), '')
               else 'composite (' || (select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum) from pg_attribute where attrelid = t.typrelid and attnum > 0 and not attisdropped) || ')'
             end as definition
        from pg_type t join pg_namespace n on n.oid = t.typnamespace
        left join pg_class c on c.oid = t.typrelid
       where ${ours(sql`n.nspname`)} and (t.typtype in ('e', 'd') or (t.typtype = 'c' and c.relkind = 'c'))
         and ${notOfExtension('pg_type', sql`t.oid`)}
       order by n.nspname collate "C", t.typname collate "C"`),
    sequences: await db.many(sql`
      select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'S' and ${ours(sql`n.nspname`)}
         and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('i', 'e'))
       order by n.nspname collate "C", c.relname collate "C"`),
    routines: await db.many(sql`
      select p.proname::text as name, pg_get_functiondef(p.oid) as definition, obj_description(p.oid, 'pg_proc') as comment,
             (case p.prokind when 'p' then 'procedure ' else 'function ' end) || p.oid::regprocedure::text as signature
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where ${ours(sql`n.nspname`)} and p.prokind in ('f', 'p') and ${notOfExtension('pg_proc', sql`p.oid`)}
       order by n.nspname collate "C", p.proname collate "C", pg_get_function_identity_arguments(p.oid) collate "C"`),
    tables: await db.many(sql`
      select c.oid::text as oid, n.nspname::text as home, c.oid::regclass::text as name, c.relkind::text as kind, obj_description(c.oid, 'pg_class') as comment,
             pg_get_partkeydef(c.oid) as partition_key, pg_get_expr(c.relpartbound, c.oid) as partition_bound,
             (select i.inhparent::regclass::text from pg_inherits i where i.inhrelid = c.oid) as parent,
             c.relrowsecurity as row_security,
             case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end as definition,
             array_to_string(c.reloptions, ', ') as options,
             (select string_agg(format('%s to %s', a.privilege_type, coalesce(r.rolname, 'public')), ', ' order by coalesce(r.rolname, 'public') collate "C", a.privilege_type collate "C")
                from aclexplode(c.relacl) a left join pg_roles r on r.oid = a.grantee where a.grantee <> c.relowner) as grants
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'v', 'm') and ${ours(sql`n.nspname`)} and ${notOfExtension('pg_class', sql`c.oid`)}
       order by n.nspname collate "C", c.relname collate "C"`),
    columns: await db.many(sql`
      select a.attrelid::text as owner, a.attname::text as name, format_type(a.atttypid, a.atttypmod)
               || case when a.attcollation <> t.typcollation then ' collate ' || quote_ident(co.collname) else '' end as type,
             a.attnotnull as required, pg_get_expr(d.adbin, d.adrelid) as fallback, a.attidentity::text as identity,
             a.attgenerated::text as generated, col_description(a.attrelid, a.attnum) as comment
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_type t on t.oid = a.atttypid
        left join pg_collation co on co.oid = a.attcollation
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and ${ours(sql`n.nspname`)}
       order by a.attrelid, a.attnum`),
    // PostgreSQL 18 lists not-null constraints here too; they stand at their columns.
    constraints: await db.many(sql`
      select k.conrelid::text as owner, k.conname::text as name, pg_get_constraintdef(k.oid) as definition
        from pg_constraint k join pg_namespace n on n.oid = k.connamespace
       where k.conrelid <> 0 and k.contype in ('p', 'u', 'c', 'f', 'x') and ${ours(sql`n.nspname`)}
       order by k.conrelid, array_position(array['p', 'u', 'c', 'f', 'x'], k.contype::text), k.conname collate "C"`),
    indexes: await db.many(sql`
      select i.indrelid::text as owner, c.relname::text as name, pg_get_indexdef(i.indexrelid) as definition
        from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
       where ${ours(sql`n.nspname`)}
         and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
       order by i.indrelid, c.relname collate "C"`),
    triggers: await db.many(sql`
      select t.tgrelid::text as owner, t.tgname::text as name, pg_get_triggerdef(t.oid) as definition
        from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
       where not t.tgisinternal and ${ours(sql`n.nspname`)} order by t.tgrelid, t.tgname collate "C"`),
    policies: await db.many(sql`
      select p.polrelid::text as owner, p.polname::text as name,
             format('%s for %s using (%s) with check (%s)', case when p.polpermissive then 'permissive' else 'restrictive' end,
               p.polcmd, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) as definition
        from pg_policy p order by p.polrelid, p.polname collate "C"`),
  };
}
