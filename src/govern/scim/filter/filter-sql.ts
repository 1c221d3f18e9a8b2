import { sql, type Sql } from '#kit/db/index.ts';
import type { Json } from '../schema/json.ts';
import type { ResourceKind } from '../schema/resource-kind.ts';
import type { Bound, Ref } from './bind-filter.ts';
import type { Comparison } from './model.ts';

/** Where a filter finds values: a resource's row `r`, or one value `v` of an attribute. */
interface Row {
  /** The text of an attribute here; undefined where it is not kept. */
  text(at: readonly string[]): Sql | undefined;
  /** A condition on any of the values of an attribute that has many. */
  any(at: readonly string[], holds: (value: Row) => Sql): Sql;
  /** A way to say the same that an index answers, where there is one. */
  quick?(filter: Extract<Bound, { op: 'compare' }>): Sql | undefined;
  /** What an index can answer of a condition on one value among many, to be asked beside it. */
  narrow?(filter: Extract<Bound, { op: 'has' }>): Sql | undefined;
}

const FALSE = sql`false`;
const LAST = '\u{10ffff}';

/** One condition in SQL; every value is a parameter. It is true or false, never null, so that `not` is the opposite. */
export const filterSql = (kind: ResourceKind, filter: Bound): Sql => write(filter, resourceRow(kind));

function write(filter: Bound, row: Row): Sql {
  switch (filter.op) {
    case 'and':
    case 'or': {
      const parts = filter.parts.map((part) => write(part, row));
      return sql`(${sql.join(parts, filter.op === 'and' ? sql` and ` : sql` or `)})`;
    }
    case 'not':
      return sql`(not ${write(filter.part, row)})`;
    case 'never':
      return FALSE;
    case 'has': {
      const all = row.any(filter.at, (value) => write(filter.where, value));
      const narrow = row.narrow?.(filter);
      return narrow === undefined ? all : sql`(${narrow} and ${all})`;
    }
    case 'pr':
      return presence(filter.ref, row);
    case 'compare': {
      const { ref, how, value } = filter;
      const quick = row.quick?.(filter);
      if (quick !== undefined) return quick;
      if (!ref.many) return compare(row.text(pathOf(ref)), how, value);
      const some = row.any(ref.at, (v) => compare(v.text(ref.sub === undefined ? [] : [ref.sub]), how, value));
      return how === 'ne' ? sql`(${some} or not ${row.any(ref.at, () => sql`true`)})` : some;
    }
  }
}

const pathOf = (ref: Ref): readonly string[] => (ref.sub === undefined ? ref.at : [...ref.at, ref.sub]);

const presence = (ref: Ref, row: Row): Sql => {
  const filled = (text: Sql | undefined): Sql => {
    if (text === undefined) return FALSE;
    return ref.leaf.type === 'dateTime' ? sql`(${text} is not null)` : sql`coalesce(${text} <> '', false)`;
  };
  if (!ref.many) return filled(row.text(pathOf(ref)));
  return row.any(ref.at, (v) => filled(v.text(ref.sub === undefined ? [] : [ref.sub])));
};

const SIGNS: Readonly<Record<string, Sql>> = { gt: sql`>`, ge: sql`>=`, lt: sql`<`, le: sql`<=` };

function compare(text: Sql | undefined, how: Comparison, value: string | boolean | Date): Sql {
  if (text === undefined) return how === 'ne' ? sql`true` : FALSE;
  if (value instanceof Date) return compareAs(sql`${text}::timestamptz`, how, sql`${value}::timestamptz`);
  if (typeof value === 'boolean') return compareAs(text, how, sql`${String(value)}::text`);
  if (how === 'co') return sql`coalesce(position(${value}::text in ${text}) > 0, false)`;
  if (how === 'sw') return sql`coalesce(starts_with(${text}, ${value}::text), false)`;
  if (how === 'ew') return sql`coalesce(right(${text}, length(${value}::text)) = ${value}::text, false)`;
  return compareAs(sql`(${text}) collate "C"`, how, sql`${value}::text collate "C"`);
}

function compareAs(found: Sql, how: Comparison, wanted: Sql): Sql {
  if (how === 'eq') return sql`coalesce(${found} = ${wanted}, false)`;
  if (how === 'ne') return sql`(${found} is distinct from ${wanted})`;
  return sql`coalesce(${found} ${SIGNS[how] ?? sql`=`} ${wanted}, false)`;
}

/** A value in a JSON document. */
const jsonRow = (json: Sql): Row => ({
  text: (at) => (at.length === 0 ? sql`(${json} #>> '{}')` : sql`(${json} #>> ${[...at]}::text[])`),
  any: (at, holds) => {
    const found = sql`${json} #> ${[...at]}::text[]`;
    return sql`exists (select from jsonb_array_elements(case jsonb_typeof(${found}) when 'array' then ${found} when 'object' then jsonb_build_array(${found}) else '[]' end) as e(v)
      where ${holds(jsonRow(sql`e.v`))})`;
  },
});

/** A member of a group. */
const memberRow: Row = {
  text: ([name]) => {
    if (name === 'value' || name === undefined) return sql`m.value`;
    if (name === 'display') return sql`m.display_key`;
    return name === 'type' ? sql`(select lower(x.type) from scim_resource x where x.id = m.resource_id)` : undefined;
  },
  any: () => FALSE,
};

/** A group a user is in. */
const groupRow: Row = {
  text: ([name]) => {
    if (name === 'value' || name === undefined) return sql`g.id::text`;
    if (name === 'display') return sql`g.name_key`;
    return name === 'type' ? sql`(case when up.direct then 'direct' else 'indirect' end)` : undefined;
  },
  any: () => FALSE,
};

/** A resource, with what is kept beside its document: names by which it is found through an index, members, times. */
function resourceRow(kind: ResourceKind): Row {
  const document = jsonRow(sql`r.folded`);
  const key = kind.name === 'User' ? 'userName' : 'displayName';
  return {
    text: (at) => {
      const [name, sub] = at;
      if (name === key && at.length === 1) return sql`r.name_key`;
      if (name === 'id') return sql`r.id::text`;
      if (name === 'externalId') return sql`r.external_id`;
      if (name !== 'meta') return document.text(at);
      if (sub === undefined || sub === 'resourceType') return sql`r.type`;
      if (sub === 'created') return sql`r.created_at`;
      if (sub === 'lastModified') return sql`r.changed_at`;
      return sub === 'version' ? sql`('W/"' || r.version || '"')` : undefined;
    },
    any: (at, holds) => {
      if (at[0] === 'members' && kind.name === 'Group')
        return sql`exists (select from scim_member m where m.group_id = r.id and ${holds(memberRow)})`;
      if (at[0] !== 'groups' || kind.name !== 'User') return document.any(at, holds);
      return sql`exists (
        with recursive up(id, direct) as (
          select m.group_id, true from scim_member m where m.resource_id = r.id
          union select m.group_id, false from up join scim_member m on m.resource_id = up.id)
        select from up join scim_resource g on g.id = up.id and g.deleted_at is null
         where (up.direct or not exists (select from scim_member d where d.resource_id = r.id and d.group_id = up.id)) and ${holds(groupRow)})`;
    },
    quick: ({ ref, how, value }) => {
      const name = ref.at[0] ?? '';
      if (typeof value !== 'string' || (how !== 'eq' && how !== 'sw')) return undefined;
      const column = name === key ? sql`r.name_key` : name === 'externalId' ? sql`r.external_id` : undefined;
      // Not by coalesce, which would hide the comparison from the index.
      if (column !== undefined && ref.at.length === 1)
        return how === 'eq'
          ? sql`(${column} is not null and ${column} = ${value}::text)`
          : sql`(${column} is not null and ${column} >= ${value}::text and ${column} < ${value + LAST}::text)`;
      if (how === 'sw') return undefined;
      if (name === 'id') return UUID.test(value) ? sql`(r.id = ${value}::uuid)` : FALSE;
      // An index over whole documents finds those that contain this one.
      return BESIDE.has(name)
        ? undefined
        : sql`(r.folded @> ${sql.json(containing(ref.at, ref.many, ref.sub, value))}::jsonb)`;
    },
    narrow: ({ at, many, where }) => {
      const terms = where.op === 'and' ? where.parts : [where];
      const equal = terms.flatMap((t) =>
        t.op === 'compare' && t.how === 'eq' && typeof t.value === 'string'
          ? [[t.ref.at[0] ?? '', t.value] as const]
          : [],
      );
      if (equal.length === 0 || BESIDE.has(at[0] ?? '')) return undefined;
      return sql`r.folded @> ${sql.json(containing(at, many, undefined, Object.fromEntries(equal)))}::jsonb`;
    },
  };
}

/** What is kept beside the document. */
const BESIDE: ReadonlySet<string> = new Set(['id', 'meta', 'externalId', 'members', 'groups']);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function containing(at: readonly string[], many: boolean, sub: string | undefined, value: Json): Json {
  const inner: Json = sub === undefined ? value : { [sub]: value };
  return [...at].reverse().reduce<Json>((json, name) => ({ [name]: json }), many ? [inner] : inner);
}
