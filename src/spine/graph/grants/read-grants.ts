import { notFound } from '#kit/errors/index.ts';
import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import { allOf, liveAt } from '../known-rows.ts';
import type { Grant, GrantOrigin, Page, PageInput } from '../model.ts';

const columns = sql`g.id, g.identity_id, g.entitlement_id, g.role_id, g.valid_from, g.valid_to, g.origin, g.origin_id,
  g.reason, g.started, g.ended_because`;

export const getGrant = async (tx: Tx, id: string): Promise<Grant | undefined> =>
  await tx.maybe<Grant>(sql`select ${columns} from access_grant g where g.id = ${id}`);

/**
 * Those of these grants that have not ended, held so that none ends before the transaction does: what is made of them
 * here is there to be taken back by whatever follows from their end.
 */
export const holdLiveGrants = async (tx: Tx, ids: readonly string[]): Promise<ReadonlySet<string>> =>
  new Set(
    (
      await tx.many<{ id: string }>(sql`
        select id from access_grant where id = any(${sql.array(ids)}::uuid[]) and ended_because is null
         order by id for share`)
    ).map((g) => g.id),
  );

/** The grant, held against other writers until the transaction ends. Throws `grant.not_found`. */
export async function lockGrant(tx: Tx, id: string): Promise<Grant> {
  const grant = await tx.maybe<Grant>(sql`select ${columns} from access_grant g where g.id = ${id} for no key update`);
  if (grant === undefined) throw notFound('grant', id);
  return grant;
}

export interface GrantFilter {
  readonly identityId?: string | undefined;
  readonly entitlementId?: string | undefined;
  readonly roleId?: string | undefined;
  /** Direct grants of entitlements on this system; grants of roles are not looked into. */
  readonly systemId?: string | undefined;
  readonly origin?: GrantOrigin | undefined;
  readonly originId?: string | undefined;
  /** Only those that hold at this instant. */
  readonly liveAt?: Date | undefined;
}

const onSystem = (systemId: string): Sql =>
  sql`exists (select from entitlement e where e.id = g.entitlement_id and e.system_id = ${systemId})`;

/** Grants in id order, ended ones too unless `liveAt` is given. */
export async function listGrants(
  tx: Tx,
  input: { readonly filter?: GrantFilter } & PageInput = {},
): Promise<Page<Grant>> {
  const limit = input.limit ?? 50;
  const after = readCursor(input.cursor, ['id']);
  const f = input.filter ?? {};
  const where = allOf([
    f.identityId === undefined ? undefined : sql`g.identity_id = ${f.identityId}`,
    f.entitlementId === undefined ? undefined : sql`g.entitlement_id = ${f.entitlementId}`,
    f.roleId === undefined ? undefined : sql`g.role_id = ${f.roleId}`,
    f.systemId === undefined ? undefined : onSystem(f.systemId),
    f.origin === undefined ? undefined : sql`g.origin = ${f.origin}`,
    f.originId === undefined ? undefined : sql`g.origin_id = ${f.originId}`,
    f.liveAt === undefined ? undefined : liveAt('g', f.liveAt),
    after === undefined ? undefined : sql`g.id > ${after[0]}::uuid`,
  ]);
  const rows = await tx.many<Grant>(
    sql`select ${columns} from access_grant g where ${where} order by g.id limit ${limit + 1}`,
  );
  return page(rows, limit, (r) => [r.id]);
}

/**
 * Grants whose end has come and was not carried out yet, the most overdue first. Each is claimed for this
 * transaction: two workers never get the same one.
 */
export const lapsedGrants = async (tx: Tx, now: Date, limit = 100): Promise<Grant[]> =>
  await tx.many<Grant>(sql`
    select ${columns} from access_grant g
     where g.ended_because is null and g.valid_to is not null and g.valid_to <= ${now}
     order by g.valid_to, g.id limit ${limit} for no key update skip locked`);

/** Grants whose beginning has come and was not carried out yet; claimed as in lapsedGrants. */
export const grantsDueToStart = async (tx: Tx, now: Date, limit = 100): Promise<Grant[]> =>
  await tx.many<Grant>(sql`
    select ${columns} from access_grant g
     where not g.started and g.ended_because is null and g.valid_from <= ${now}
       and (g.valid_to is null or g.valid_to > ${now})
     order by g.valid_from, g.id limit ${limit} for no key update skip locked`);

/** A grant as it was recorded during one period; `recordedTo` is null for what is recorded now. */
export interface GrantVersion {
  readonly recordedFrom: Date;
  readonly recordedTo: Date | null;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly started: boolean;
  readonly endedBecause: string | null;
}

/** How a grant came to be what it is, oldest first. */
export const grantVersions = async (tx: Tx, id: string): Promise<GrantVersion[]> =>
  await tx.many<GrantVersion>(sql`
    select recorded_from, recorded_to, valid_from, valid_to, started, ended_because
      from access_grant_history where id = ${id} and recorded_from < recorded_to
    union all
    select recorded_from, null, valid_from, valid_to, started, ended_because from access_grant where id = ${id}
     order by recorded_from`);
