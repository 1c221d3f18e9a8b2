import { sql, type Sql, type Tx } from '#kit/db/index.ts';

/**
 * Where a reading meets the graph: tables of this connection, empty at the start and after the transaction. First
 * what was read, by native ids; then whom that is in the graph (`met`); then what is to come and go. Nothing of it
 * passes through Node, so that its memory does not grow with the system.
 */
const TABLES: readonly Sql[] = [
  sql`create temporary table if not exists read_account (
        native_id text not null, id uuid not null, name text not null, state text not null, kind text not null,
        attributes jsonb not null, reasons jsonb not null, last_used_at timestamptz
      ) on commit delete rows`,
  sql`create temporary table if not exists read_entitlement (
        native_id text not null, id uuid not null, kind text not null, name text not null,
        privileged boolean not null, attributes jsonb not null, stable_id text, returns boolean
      ) on commit delete rows`,
  sql`create temporary table if not exists read_holding (
        account text not null, entitlement text not null, given_by text
      ) on commit delete rows`,
  sql`create temporary table if not exists read_nesting (parent text not null, child text not null) on commit delete rows`,
  sql`create temporary table if not exists read_named (what text not null, native_id text not null) on commit delete rows`,
  sql`create temporary table if not exists met_account (
        native_id text not null, account_id uuid not null, fresh boolean not null
      ) on commit delete rows`,
  sql`create temporary table if not exists met_entitlement (
        native_id text not null, entitlement_id uuid not null, fresh boolean not null
      ) on commit delete rows`,
  sql`create temporary table if not exists renamed_entitlement (
        entitlement_id uuid not null, native_id text not null, was text not null
      ) on commit delete rows`,
  sql`create temporary table if not exists met_holding (
        account_id uuid not null, entitlement_id uuid not null, given_by text
      ) on commit delete rows`,
  sql`create temporary table if not exists met_edge (parent_id uuid not null, child_id uuid not null) on commit delete rows`,
  sql`create temporary table if not exists missing_account (account_id uuid not null, drifts boolean not null) on commit delete rows`,
  sql`create temporary table if not exists missing_holding (
        account_id uuid not null, entitlement_id uuid not null
      ) on commit delete rows`,
  sql`create temporary table if not exists changed_holding (
        account_id uuid not null, entitlement_id uuid not null, appeared boolean not null
      ) on commit delete rows`,
  sql`create temporary table if not exists remarkable (
        what text not null, n bigint not null, account_id uuid not null, entitlement_id uuid, primary key (what, n)
      ) on commit delete rows`,
  sql`truncate read_account, read_entitlement, read_holding, read_nesting, read_named, met_account, met_entitlement,
        renamed_entitlement, met_holding, met_edge, missing_account, missing_holding, changed_holding, remarkable`,
  // Sets of millions are joined by hashing; with the little memory of an ordinary statement that goes over the disk in dozens of batches.
  sql`select set_config('work_mem', '64MB', true)`,
];

/** One text, since every reading of a single account comes through here. */
const OPEN = TABLES.map((table) => table.text).join('; ');

/** Empty temporary tables of this connection; they empty themselves again at the end of the transaction. */
export async function openStage(tx: Tx): Promise<void> {
  await tx.run({ text: OPEN, values: [] });
}

/** So few rows are found by index whatever the planner thinks of them. */
const FEW = 500;

/**
 * Tells the planner what a temporary table holds now. Without it every large staged set looks small, and joining a
 * million rows one by one is what follows.
 */
export async function measure(tx: Tx, table: string, rows: number): Promise<void> {
  if (rows >= FEW) await tx.run(sql`analyze ${sql.id(table)}`);
}
