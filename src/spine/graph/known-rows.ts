import { sql, type Sql } from '#kit/db/index.ts';

/** About more than these a plan of its own costs less than it saves; about so many the database keeps one. */
export const FEW = 50;

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

/** How to read tables with the knowledge of an instant. */
export interface Knowledge {
  /** A table, or it and its history together; read it with `said` on its alias. */
  rows(table: GraphTable): Sql;
  /** The versions of `alias` that were said at the instant. */
  said(alias: string): Sql;
}

const NOW: Knowledge = { rows: (table) => sql.id(table), said: () => sql`true` };

/**
 * Tables as they were known at an instant: the current row where it was recorded by then, else the version of its
 * history whose recorded period covers the instant. Without an instant: the tables themselves. Rows of one (at,
 * knownAt) never change later, because recorded periods only ever close at the time of the closing transaction.
 * The condition is apart from the rows, since PostgreSQL walks a union by index only when its parts have none.
 */
export function knowledgeAt(knownAt: Date | undefined): Knowledge {
  if (knownAt === undefined) return NOW;
  return {
    rows: (table) => {
      const columns = sql.join(
        COLUMNS[table].map((c) => sql.id(c)),
        sql`, `,
      );
      return sql`(
        select ${columns}, recorded_from, 'infinity'::timestamptz as recorded_to from ${sql.id(table)}
        union all
        select ${columns}, recorded_from, recorded_to from ${sql.id(`${table}_history`)}
      )`;
    },
    said: (alias) => sql`(${sql.id(alias)}.recorded_from <= ${knownAt} and ${sql.id(alias)}.recorded_to > ${knownAt})`,
  };
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
