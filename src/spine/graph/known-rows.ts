import { sql, type Sql } from '#kit/db/index.ts';

/** Columns of every graph table, named one by one: a table and its history hold them in a different order. */
const COLUMNS = {
  identity: ['id', 'kind'],
  identity_facts: [
    'identity_id',
    'display_name',
    'email',
    'username',
    'state',
    'department',
    'job_title',
    'org_unit',
    'manager_id',
    'owner_id',
    'contract_end',
    'attributes',
    'valid_from',
    'valid_to',
  ],
  system: ['id', 'name', 'kind', 'valid_from', 'valid_to'],
  account: ['id', 'system_id', 'name', 'kind', 'state', 'identity_id', 'privileged', 'valid_from', 'valid_to'],
  account_owner: ['account_id', 'identity_id', 'valid_from', 'valid_to'],
  entitlement: ['id', 'system_id', 'kind', 'name', 'privileged', 'account_id', 'valid_from', 'valid_to'],
  entitlement_edge: ['parent_id', 'child_id', 'valid_from', 'valid_to'],
  role: ['id', 'name', 'valid_from', 'valid_to'],
  role_content: ['role_id', 'entitlement_id', 'child_role_id', 'valid_from', 'valid_to'],
  access_grant: [
    'id',
    'identity_id',
    'entitlement_id',
    'role_id',
    'valid_from',
    'valid_to',
    'origin',
    'origin_id',
    'started',
    'ended_because',
  ],
  holding: ['account_id', 'entitlement_id', 'valid_from', 'valid_to'],
} as const;

export type GraphTable = keyof typeof COLUMNS;

/**
 * A table as it was known at an instant: the current row where it was recorded by then, else the version of its
 * history whose recorded period covers the instant. Without an instant: the table itself. Rows of one (at, knownAt)
 * never change later, because recorded periods only ever close at the time of the closing transaction.
 */
export function known(table: GraphTable, knownAt: Date | undefined): Sql {
  const now = sql.id(table);
  if (knownAt === undefined) return now;
  const columns = sql.join(
    COLUMNS[table].map((c) => sql.id(c)),
    sql`, `,
  );
  return sql`(
    select ${columns} from ${now} where recorded_from <= ${knownAt}
    union all
    select ${columns} from ${sql.id(`${table}_history`)} where recorded_from <= ${knownAt} and recorded_to > ${knownAt}
  )`;
}

/** The rows of `alias` that hold at an instant. */
export const liveAt = (alias: string, at: Date): Sql =>
  sql`(${sql.id(alias)}.valid_from <= ${at} and (${sql.id(alias)}.valid_to is null or ${sql.id(alias)}.valid_to > ${at}))`;

/** The rows of `alias` that hold at some instant of a window, both ends included. */
export const touches = (alias: string, at: Date, through: Date): Sql =>
  sql`(${sql.id(alias)}.valid_from <= ${through} and (${sql.id(alias)}.valid_to is null or ${sql.id(alias)}.valid_to > ${at}))`;

/** All conditions together; none means true. */
export const allOf = (conditions: readonly (Sql | undefined)[]): Sql => {
  const given = conditions.filter((c) => c !== undefined);
  return given.length === 0 ? sql`true` : sql.join(given, sql` and `);
};
