import { sql, type Sql } from '#kit/db/index.ts';
import { refusal } from '../errors.ts';
import { comparedAttribute, findTarget, type ResourceKind } from '../schema/resource-kind.ts';

const iso = (column: Sql): Sql => sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')`;

/**
 * The text a resource is sorted by, null where it has none. Of many values the primary one counts, else the first
 * (RFC 7644 §3.4.2.3). Throws `invalidValue` for what cannot be sorted by.
 */
export function sortSql(kind: ResourceKind, path: string): Sql {
  const place = findTarget(kind, path)?.place;
  const leaf = place === undefined ? undefined : comparedAttribute(place);
  if (place === undefined || leaf === undefined || leaf.type === 'complex' || leaf.returned === 'never')
    throw refusal('invalidValue', 'sortBy names no attribute that can be sorted by', 'see /Schemas');
  const [name] = place.at;
  const sub = place.sub?.name ?? (leaf === place.attribute ? undefined : leaf.name);
  if (name === 'id') return sql`r.id::text`;
  if (name === 'externalId') return sql`r.external_id`;
  if (name === 'meta') return metaSql(sub);
  if (name === 'members' || name === 'groups')
    throw refusal('invalidValue', 'members and groups are no order to sort by', 'sort by displayName');
  if (name === (kind.name === 'User' ? 'userName' : 'displayName')) return sql`r.name_key`;
  const path_ = [...place.at];
  if (!place.attribute.multiValued) return sql`(r.folded #>> ${sub === undefined ? path_ : [...path_, sub]}::text[])`;
  const of = sub === undefined ? [] : [sub];
  return sql`coalesce(
    (select e.v #>> ${of}::text[] from jsonb_array_elements(r.folded #> ${path_}::text[]) as e(v) where e.v @> '{"primary": true}' limit 1),
    r.folded #>> ${[...path_, '0', ...of]}::text[])`;
}

function metaSql(sub: string | undefined): Sql {
  if (sub === 'created') return iso(sql`r.created_at`);
  if (sub === 'lastModified') return iso(sql`r.changed_at`);
  if (sub === 'resourceType') return sql`r.type`;
  throw refusal('invalidValue', 'meta is sorted by its created, lastModified or resourceType');
}
