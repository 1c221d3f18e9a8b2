import { sql, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import { allOf } from '../known-rows.ts';
import type { Account, AccountKind, AccountState, Holding, Page, PageInput } from '../model.ts';

const columns = sql`a.id, a.system_id, a.native_id, a.name, a.kind, a.state, a.identity_id, a.linked_because, a.privileged,
  a.privileged_because, a.attributes, a.last_used_at, a.valid_from, a.valid_to`;

/** By id; one that is gone is found too. */
export const getAccount = async (tx: Tx, id: string): Promise<Account | undefined> =>
  await tx.maybe<Account>(sql`select ${columns} from account a where a.id = ${id}`);

/** Several by id, in no order; those that are gone are found too. */
export const getAccounts = async (tx: Tx, ids: readonly string[]): Promise<Account[]> =>
  await tx.many<Account>(sql`select ${columns} from account a where a.id = any(${sql.array(ids)}::uuid[])`);

/** What these people have on a system now, in id order. */
export const accountsThere = async (tx: Tx, systemId: string, identityIds: readonly string[]): Promise<Account[]> =>
  await tx.many<Account>(sql`
    select ${columns} from account a
     where a.system_id = ${systemId} and a.identity_id = any(${sql.array(identityIds)}::uuid[]) and a.valid_to is null
     order by a.id`);

/** The account of that name that is on the system now. */
export const findAccount = async (tx: Tx, systemId: string, name: string): Promise<Account | undefined> =>
  await tx.maybe<Account>(
    sql`select ${columns} from account a
         where a.system_id = ${systemId} and a.name = ${name} and a.valid_to is null order by a.id limit 1`,
  );

export interface AccountFilter {
  readonly systemId?: string | undefined;
  readonly identityId?: string | undefined;
  readonly state?: AccountState | undefined;
  readonly kind?: AccountKind | undefined;
  readonly privileged?: boolean | undefined;
  /** True: only accounts that belong to no identity. */
  readonly orphan?: boolean | undefined;
  /** Beginning of the name. */
  readonly search?: string | undefined;
  /** Last used before this instant. Accounts whose last use is unknown are never among them. */
  readonly unusedSince?: Date | undefined;
}

/** Accounts in id order; without a `state` filter those that are there now. */
export async function listAccounts(
  tx: Tx,
  input: { readonly filter?: AccountFilter } & PageInput = {},
): Promise<Page<Account>> {
  const limit = input.limit ?? 50;
  const after = readCursor(input.cursor, ['id']);
  const f = input.filter ?? {};
  const where = allOf([
    f.state === undefined ? sql`a.valid_to is null` : sql`a.state = ${f.state}`,
    f.systemId === undefined ? undefined : sql`a.system_id = ${f.systemId}`,
    f.identityId === undefined ? undefined : sql`a.identity_id = ${f.identityId}`,
    f.kind === undefined ? undefined : sql`a.kind = ${f.kind}`,
    f.privileged === undefined ? undefined : f.privileged ? sql`a.privileged` : sql`not a.privileged`,
    f.orphan === undefined ? undefined : f.orphan ? sql`a.identity_id is null` : sql`a.identity_id is not null`,
    f.search === undefined ? undefined : sql`starts_with(a.name, ${f.search})`,
    f.unusedSince === undefined ? undefined : sql`a.last_used_at < ${f.unusedSince}`,
    after === undefined ? undefined : sql`a.id > ${after[0]}::uuid`,
  ]);
  const rows = await tx.many<Account>(
    sql`select ${columns} from account a where ${where} order by a.id limit ${limit + 1}`,
  );
  return page(rows, limit, (r) => [r.id]);
}

/** What an account has now, as last read. */
export const listHoldings = async (
  tx: Tx,
  filter: { readonly accountId?: string | undefined; readonly entitlementId?: string | undefined },
  limit = 500,
): Promise<Holding[]> =>
  await tx.many<Holding>(sql`
    select h.account_id, h.entitlement_id, h.valid_from, h.valid_to, h.quality, h.given_by,
           greatest(h.observed_at, s.last_read_at) as observed_at
      from holding h join account a on a.id = h.account_id join system s on s.id = a.system_id
     where h.valid_to is null
       and ${filter.accountId === undefined ? sql`true` : sql`h.account_id = ${filter.accountId}`}
       and ${filter.entitlementId === undefined ? sql`true` : sql`h.entitlement_id = ${filter.entitlementId}`}
     order by h.account_id, h.entitlement_id limit ${limit}`);
