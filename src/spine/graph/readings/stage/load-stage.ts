import { newId } from '#kit/ids/index.ts';
import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { SystemPiece } from '../model.ts';
import { measure } from './open-stage.ts';

/** What a piece holds, as rows PostgreSQL takes apart; null where it holds none of a kind. */
export interface PieceRows {
  readonly accounts: string | null;
  readonly entitlements: string | null;
  readonly holdings: string | null;
  readonly nesting: string | null;
}
export const KINDS = ['accounts', 'entitlements', 'holdings', 'nesting'] as const;
const TABLE = {
  accounts: 'read_account',
  entitlements: 'read_entitlement',
  holdings: 'read_holding',
  nesting: 'read_nesting',
} as const;

/** Turns a piece into rows. Accounts and entitlements bring the id they will have if they turn out to be new. */
export function pieceRows(piece: SystemPiece): PieceRows {
  const rows = <T>(all: readonly T[] | undefined, toRow: (one: T) => unknown): string | null =>
    all === undefined || all.length === 0 ? null : sql.json(all.map(toRow));
  return {
    accounts: rows(piece.accounts, (a) => ({
      id: newId(),
      native_id: a.nativeId,
      name: a.name,
      state: a.state,
      kind: a.kind,
      attributes: a.attributes,
      reasons: a.privilegedBecause.map((b) => ({ source: 'reading', reason: b.reason, evidence: b.evidence })),
      last_used_at: a.lastUsedAt,
    })),
    entitlements: rows(piece.entitlements, (e) => ({
      id: newId(),
      native_id: e.nativeId,
      kind: e.kind,
      name: e.name,
      privileged: e.privileged,
      attributes: e.attributes,
      stable_id: e.stableId,
      returns: e.stableIdReturns,
    })),
    holdings: rows(piece.holdings, (h) => ({ account: h.account, entitlement: h.entitlement, given_by: h.by })),
    nesting: rows(piece.nesting, (n) => ({ parent: n.parent, child: n.child })),
  };
}

/** How rows of each kind get from `source` (SQL yielding jsonb lists, called `rows`) into the tables of the stage. */
const LOAD: Readonly<Record<(typeof KINDS)[number], (source: Sql) => Sql>> = {
  accounts: (source) => sql`
    insert into read_account (id, native_id, name, state, kind, attributes, reasons, last_used_at)
    select r.id, r.native_id, r.name, r.state, r.kind, r.attributes, r.reasons, r.last_used_at
      from (${source}) p(rows) cross join lateral jsonb_to_recordset(p.rows) as r(id uuid, native_id text, name text,
           state text, kind text, attributes jsonb, reasons jsonb, last_used_at timestamptz)`,
  entitlements: (source) => sql`
    insert into read_entitlement (id, native_id, kind, name, privileged, attributes, stable_id, returns)
    select r.id, r.native_id, r.kind, r.name, r.privileged, r.attributes, r.stable_id, r.returns
      from (${source}) p(rows) cross join lateral jsonb_to_recordset(p.rows) as r(id uuid, native_id text, kind text,
           name text, privileged boolean, attributes jsonb, stable_id text, returns boolean)`,
  holdings: (source) => sql`
    insert into read_holding (account, entitlement, given_by)
    select r.account, r.entitlement, r.given_by
      from (${source}) p(rows)
      cross join lateral jsonb_to_recordset(p.rows) as r(account text, entitlement text, given_by text)`,
  nesting: (source) => sql`
    insert into read_nesting (parent, child)
    select r.parent, r.child
      from (${source}) p(rows) cross join lateral jsonb_to_recordset(p.rows) as r(parent text, child text)
     where r.parent <> r.child`,
};

/** Rows handed to PostgreSQL at a time. */
const CHUNK = 5000;

const slice = (piece: SystemPiece, from: number): SystemPiece => ({
  accounts: piece.accounts?.slice(from, from + CHUNK) ?? [],
  entitlements: piece.entitlements?.slice(from, from + CHUNK) ?? [],
  holdings: piece.holdings?.slice(from, from + CHUNK) ?? [],
  nesting: piece.nesting?.slice(from, from + CHUNK) ?? [],
});

/** A piece in pieces of a size that is handed over at once. */
export function* chunksOf(piece: SystemPiece): Generator<SystemPiece, void, void> {
  const longest = Math.max(...KINDS.map((kind) => piece[kind]?.length ?? 0));
  for (let from = 0; from < longest; from += CHUNK) yield slice(piece, from);
}

/** Stages what is in memory: a reading of a small system, or of one account. */
export async function loadPiece(tx: Tx, piece: SystemPiece): Promise<void> {
  for (const chunk of chunksOf(piece)) {
    const rows = pieceRows(chunk);
    for (const kind of KINDS) if (rows[kind] !== null) await tx.run(LOAD[kind](sql`select ${rows[kind]}::jsonb`));
  }
  for (const kind of KINDS) await measure(tx, TABLE[kind], piece[kind]?.length ?? 0);
}

/** Stages a reading that was kept piece by piece; none of it passes through Node. */
export async function loadStaged(tx: Tx, readingId: string): Promise<void> {
  for (const kind of KINDS) {
    const rows = await tx.run(
      LOAD[kind](
        sql`select ${sql.id(kind)} from staged_piece where reading_id = ${readingId} and ${sql.id(kind)} is not null order by number`,
      ),
    );
    await measure(tx, TABLE[kind], rows);
  }
}
