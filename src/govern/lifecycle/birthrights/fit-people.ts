import { sql, type Sql } from '#kit/db/index.ts';
import { conditionInSql } from '#spine/decide/index.ts';
import { nowOf } from '#spine/graph/index.ts';
import type { BirthrightRule } from './model.ts';

/** Fields of a condition that are columns; any other is an attribute of the feed. */
const COLUMNS: Readonly<Record<string, Sql>> = {
  kind: sql`p.kind`,
  department: sql`p.department`,
  org_unit: sql`p.org_unit`,
  job_title: sql`p.job_title`,
};

type Said = Pick<BirthrightRule, 'condition' | 'personCondition'>;

const keyOf = ({ condition, personCondition }: Said): string =>
  JSON.stringify([personCondition, ...Object.entries(condition).toSorted(([a], [b]) => (a < b ? -1 : 1))]);

/**
 * Whom rules fit, as common table expressions over `people`, ending in `justified (identity_id, state, rule_id, place)`;
 * `place` is the rule's in the list. What people are and what conditions say are both sets of fields and values, and
 * meet in one join: it costs what fits, however many rules there are, and rules of the same condition meet it once. A condition in CEL is
 * asked of everybody. Whom a role excepts is given it by no rule.
 */
export function justified(rules: readonly BirthrightRule[]): Sql {
  const conditions = new Map(rules.map((rule): readonly [string, Said] => [keyOf(rule), rule]));
  const places = new Map([...conditions.keys()].map((key, place) => [key, place]));
  const terms = [...conditions.values()].flatMap(({ condition }, which) =>
    Object.entries(condition).flatMap(([field, values]) =>
      [...new Set(values)].map((value) => ({ which, field, value, needed: Object.keys(condition).length })),
    ),
  );
  const everybodys = [...conditions.values()].flatMap(({ condition, personCondition }, which) =>
    personCondition === null && Object.keys(condition).length === 0 ? [which] : [],
  );
  const asked = [...conditions.values()].flatMap(({ personCondition }, which) =>
    personCondition === null
      ? []
      : [
          sql`union all select p.identity_id, ${which}::int from people p where (${conditionInSql(personCondition)}) is true`,
        ],
  );
  const fields = [...new Set(terms.map((t) => t.field))];
  return sql`
    said(identity_id, field, value) as (${said(fields)}
    ), term as (
      select * from unnest(${sql.array(terms.map((t) => t.which))}::int[], ${sql.array(terms.map((t) => t.field))}::text[],
                           ${sql.array(terms.map((t) => t.value))}::text[], ${sql.array(terms.map((t) => t.needed))}::int[])
               as t(which, field, value, needed)
    ), fit as (
      select s.identity_id, t.which from said s join term t on t.field = s.field and t.value = s.value
       where t.needed = 1 group by s.identity_id, t.which
      union all
      select s.identity_id, t.which from said s join term t on t.field = s.field and t.value = s.value
       where t.needed > 1 group by s.identity_id, t.which, t.needed having count(distinct t.field) = t.needed
      union all
      select p.identity_id, w.which from people p cross join unnest(${sql.array(everybodys)}::int[]) as w(which)
      ${asked.length === 0 ? sql`` : sql.join(asked, sql` `)}
    ), given as (
      select * from unnest(${sql.array(rules.map((r) => places.get(keyOf(r)) ?? -1))}::int[],
                           ${sql.array(rules.map((r) => r.id))}::uuid[],
                           ${sql.array(rules.map((r) => r.roleId))}::uuid[]) with ordinality as g(which, rule_id, role_id, place)
    ), excepted as (
      select x.role_id, ${nowOf(sql`x.identity_id`)} as identity_id from role_except_person x
    ), justified as (
      select p.identity_id, p.state, g.rule_id, (g.place - 1)::int as place
        from fit f join people p on p.identity_id = f.identity_id join given g on g.which = f.which
       where not exists (select from excepted x where x.role_id = g.role_id and x.identity_id = p.identity_id)
    )`;
}

/** What people are, field by field; an attribute that is a list says each of its values. */
function said(fields: readonly string[]): Sql {
  const parts = fields.flatMap((field) => {
    const column = COLUMNS[field];
    if (column !== undefined) return [sql`select p.identity_id, ${field}::text, ${column} from people p`];
    return [
      sql`select p.identity_id, ${field}::text, p.attributes->>${field} from people p where p.attributes->>${field} is not null`,
      sql`select p.identity_id, ${field}::text, v.value #>> '{}' from people p
           cross join lateral jsonb_array_elements(
             case when jsonb_typeof(p.attributes->${field}) = 'array' then p.attributes->${field} else '[]'::jsonb end) v(value)
           where jsonb_typeof(v.value) = 'string'`,
    ];
  });
  return parts.length === 0
    ? sql`select null::uuid, null::text, null::text where false`
    : sql.join(parts, sql` union all `);
}
