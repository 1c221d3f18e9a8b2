import { AppError } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { ReadAccount, SystemReading } from '../model.ts';

/** Rows handed to PostgreSQL at a time. */
const CHUNK = 5000;

const TABLES: readonly Sql[] = [
  sql`create temporary table if not exists read_account (
        native_id text primary key, id uuid not null, name text not null, state text not null, kind text not null,
        attributes jsonb not null, reasons jsonb not null, last_used_at timestamptz, account_id uuid
      ) on commit delete rows`,
  sql`create temporary table if not exists read_entitlement (
        native_id text primary key, id uuid not null, kind text not null, name text not null,
        privileged boolean not null, attributes jsonb not null, entitlement_id uuid
      ) on commit delete rows`,
  sql`create temporary table if not exists read_holding (account text not null, entitlement text not null) on commit delete rows`,
  sql`create temporary table if not exists read_nesting (parent text not null, child text not null) on commit delete rows`,
  sql`create temporary table if not exists read_held (
        account_id uuid not null, entitlement_id uuid not null, primary key (account_id, entitlement_id)
      ) on commit delete rows`,
  sql`create temporary table if not exists read_edge (
        parent_id uuid not null, child_id uuid not null, primary key (parent_id, child_id)
      ) on commit delete rows`,
  sql`create temporary table if not exists read_change (
        account_id uuid not null, entitlement_id uuid not null, appeared boolean not null
      ) on commit delete rows`,
  sql`truncate read_account, read_entitlement, read_holding, read_nesting, read_held, read_edge, read_change`,
];

/**
 * Tells the planner what a temporary table holds. Without it every staged set looks empty, and joining a million
 * rows one by one is what follows.
 */
export const measure = async (tx: Tx, ...tables: readonly string[]): Promise<void> => {
  for (const table of tables) await tx.run(sql`analyze ${sql.id(table)}`);
};

async function load<T>(
  tx: Tx,
  rows: readonly T[],
  toRow: (row: T) => unknown,
  insert: (json: string) => Sql,
): Promise<void> {
  for (let i = 0; i < rows.length; i += CHUNK) {
    await tx.run(insert(sql.json(rows.slice(i, i + CHUNK).map(toRow))));
  }
}

const malformed = (detail: string): AppError =>
  new AppError({
    code: 'reading.malformed',
    status: 422,
    detail: `${detail}; nothing was changed`,
    fix: 'report this connector: a whole reading names everything it refers to, once',
  });

/** Refuses a reading that names a thing twice or refers to one it does not name: it cannot be whole. */
export function checkReading(reading: SystemReading): void {
  const accounts = new Set(reading.accounts.map((a) => a.nativeId));
  const entitlements = new Set(reading.entitlements.map((e) => e.nativeId));
  if (accounts.size !== reading.accounts.length) throw malformed('the reading names an account twice');
  if (entitlements.size !== reading.entitlements.length) throw malformed('the reading names an entitlement twice');
  for (const h of reading.holdings) {
    if (!accounts.has(h.account))
      throw malformed(`a holding refers to account ${h.account}, which the reading does not name`);
    if (!entitlements.has(h.entitlement))
      throw malformed(`a holding refers to entitlement ${h.entitlement}, which the reading does not name`);
  }
  for (const n of reading.nesting) {
    if (!entitlements.has(n.parent) || !entitlements.has(n.child))
      throw malformed(`nesting refers to ${n.parent} in ${n.child}, of which the reading does not name both`);
  }
}

/** Empty temporary tables of this connection; they empty themselves again at the end of the transaction. */
export async function openStage(tx: Tx): Promise<void> {
  for (const statement of TABLES) await tx.run(statement);
}

/** Stages accounts. Each brings the id it will have if it turns out to be new. */
export const stageAccounts = async (tx: Tx, accounts: readonly ReadAccount[]): Promise<void> =>
  await load(
    tx,
    accounts,
    (a) => ({
      id: newId(),
      native_id: a.nativeId,
      name: a.name,
      state: a.state,
      kind: a.kind,
      attributes: a.attributes,
      reasons: a.privilegedBecause.map((b) => ({ source: 'reading', reason: b.reason, evidence: b.evidence })),
      last_used_at: a.lastUsedAt,
    }),
    (json) => sql`
      insert into read_account (id, native_id, name, state, kind, attributes, reasons, last_used_at)
      select id, native_id, name, state, kind, attributes, reasons, last_used_at
        from jsonb_to_recordset(${json}::jsonb) as r(id uuid, native_id text, name text, state text, kind text,
             attributes jsonb, reasons jsonb, last_used_at timestamptz)`,
  );

/** Stages holdings by native ids. */
export const stageHoldings = async (
  tx: Tx,
  holdings: readonly { readonly account: string; readonly entitlement: string }[],
): Promise<void> =>
  await load(
    tx,
    holdings,
    (h) => h,
    (json) => sql`
      insert into read_holding (account, entitlement)
      select account, entitlement from jsonb_to_recordset(${json}::jsonb) as r(account text, entitlement text)`,
  );

/**
 * Puts a reading into temporary tables of this connection, so that it meets the graph as sets. Throws
 * `reading.malformed` before anything is touched.
 */
export async function stageReading(tx: Tx, reading: SystemReading): Promise<void> {
  checkReading(reading);
  await openStage(tx);
  await stageAccounts(tx, reading.accounts);
  await load(
    tx,
    reading.entitlements,
    (e) => ({ ...e, id: newId(), native_id: e.nativeId }),
    (json) => sql`
      insert into read_entitlement (id, native_id, kind, name, privileged, attributes)
      select id, native_id, kind, name, privileged, attributes
        from jsonb_to_recordset(${json}::jsonb) as r(id uuid, native_id text, kind text, name text, privileged boolean, attributes jsonb)`,
  );
  await stageHoldings(tx, reading.holdings);
  await load(
    tx,
    reading.nesting,
    (n) => n,
    (json) => sql`
      insert into read_nesting (parent, child)
      select parent, child from jsonb_to_recordset(${json}::jsonb) as r(parent text, child text)
       where parent <> child`,
  );
  await measure(tx, 'read_account', 'read_entitlement', 'read_holding', 'read_nesting');
}
