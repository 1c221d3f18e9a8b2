import { sql, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import { allOf, FEW } from '../known-rows.ts';
import type { Entitlement, Page, PageInput, Risk } from '../model.ts';

const columns = sql`e.id, e.system_id, e.kind, e.native_id, e.name, e.description, e.owner_id, e.risk, e.privileged,
  e.requestable, e.max_seconds, e.account_id, e.source, e.data_class, e.regulated, e.tags, e.aliases, e.licence, e.licence_cost::float8 as licence_cost, e.licence_currency, e.reviewed_at,
  e.stable_id, e.renamed_from, e.renamed_at, e.attributes, e.valid_from, e.valid_to`;

/** By id; one that is gone from its system is found too (a tombstone). */
export const getEntitlement = async (tx: Tx, id: string): Promise<Entitlement | undefined> =>
  await tx.maybe<Entitlement>(
    sql.named('graph.entitlement', sql`select ${columns} from entitlement e where e.id = ${id}`),
  );

/** Several at once, in no order; the unknown are left out. */
export async function getEntitlements(tx: Tx, ids: readonly string[]): Promise<Entitlement[]> {
  if (ids.length === 0) return [];
  const rows = sql`select ${columns} from entitlement e where e.id = any(${ids}::uuid[])`;
  return await tx.many<Entitlement>(ids.length > FEW ? rows : sql.named('graph.entitlements', rows));
}

/** The one that is on the system now under this native id. */
export const findEntitlement = async (tx: Tx, systemId: string, nativeId: string): Promise<Entitlement | undefined> =>
  await tx.maybe<Entitlement>(
    sql`select ${columns} from entitlement e
         where e.system_id = ${systemId} and e.native_id = ${nativeId} and e.valid_to is null`,
  );

/** The right to use this shared account, if there is one now. */
export const findAccountEntitlement = async (tx: Tx, accountId: string): Promise<Entitlement | undefined> =>
  await tx.maybe<Entitlement>(
    sql`select ${columns} from entitlement e where e.account_id = ${accountId} and e.valid_to is null`,
  );

export interface EntitlementFilter {
  readonly systemId?: string | undefined;
  readonly kind?: string | undefined;
  readonly risk?: Risk | undefined;
  readonly ownerId?: string | undefined;
  readonly privileged?: boolean | undefined;
  readonly requestable?: boolean | undefined;
  /** True: those that lack an owner or a description and so cannot be requestable (the steward's queue). */
  readonly undescribed?: boolean | undefined;
  /** Beginning of the name. */
  readonly search?: string | undefined;
}

/** The catalogue as it is now, by name. */
export async function listEntitlements(
  tx: Tx,
  input: { readonly filter?: EntitlementFilter } & PageInput = {},
): Promise<Page<Entitlement>> {
  const limit = input.limit ?? 50;
  const after = readCursor(input.cursor, ['name', 'id']);
  const f = input.filter ?? {};
  const incomplete = sql`(e.owner_id is null or e.description is null or btrim(e.description) = '')`;
  const where = allOf([
    sql`e.valid_to is null`,
    f.systemId === undefined ? undefined : sql`e.system_id = ${f.systemId}`,
    f.kind === undefined ? undefined : sql`e.kind = ${f.kind}`,
    f.risk === undefined ? undefined : sql`e.risk = ${f.risk}`,
    f.ownerId === undefined ? undefined : sql`e.owner_id = ${f.ownerId}`,
    f.privileged === undefined ? undefined : f.privileged ? sql`e.privileged` : sql`not e.privileged`,
    f.requestable === undefined ? undefined : f.requestable ? sql`e.requestable` : sql`not e.requestable`,
    f.undescribed === undefined ? undefined : f.undescribed ? incomplete : sql`not ${incomplete}`,
    f.search === undefined
      ? undefined
      : sql`lower(e.name) like ${f.search.toLowerCase().replaceAll(/[\\%_]/g, '\\$&') + '%'}`,
    after === undefined ? undefined : sql`(e.name, e.id) > (${after[0]}, ${after[1]}::uuid)`,
  ]);
  const rows = await tx.many<Entitlement>(
    sql`select ${columns} from entitlement e where ${where} order by e.name, e.id limit ${limit + 1}`,
  );
  return page(rows, limit, (r) => [r.name, r.id]);
}
