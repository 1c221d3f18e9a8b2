import { sql, type Queryable, type Sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { IdentityKind, IdentityState } from '#spine/graph/index.ts';
import { DEFAULT_TERMS, type Handover, type OwnerTerms } from './model.ts';

const columns = sql`h.id, h.identity_id, h.from_id, h.acting_id, h.because, h.state, h.asked_at, h.due_at, h.settled_at, h.settled_by`;

/** The facts of the identity in a column now, to be joined. */
const factsNow = (identity: Sql, as: string, at: Date): Sql => sql`
  identity_facts ${sql.id(as)} on ${sql.id(as)}.identity_id = ${identity}
   and ${sql.id(as)}.valid_from <= ${at} and (${sql.id(as)}.valid_to is null or ${sql.id(as)}.valid_to > ${at})`;

export const readTerms = async (tx: Queryable): Promise<OwnerTerms> =>
  (await tx.maybe<OwnerTerms>(sql`select longest_renewal_days, handover_days, remind_days from owner_terms`)) ??
  DEFAULT_TERMS;

export const writeTerms = (tx: Queryable, terms: OwnerTerms): Promise<number> =>
  tx.run(sql`
    insert into owner_terms (longest_renewal_days, handover_days, remind_days)
    values (${terms.longestRenewalDays}, ${terms.handoverDays}, ${sql.array(terms.remindDays)}::int[])
    on conflict (one_row) do update set longest_renewal_days = excluded.longest_renewal_days,
      handover_days = excluded.handover_days, remind_days = excluded.remind_days`);

/** Something whose owner cannot answer for it. */
export interface Unanswered {
  readonly id: string;
  readonly kind: IdentityKind;
  readonly name: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly ownerState: IdentityState;
  readonly handoverId: string | null;
  readonly handoverState: 'open' | 'lapsed' | null;
  readonly fromId: string | null;
  readonly dueAt: Date | null;
}

/**
 * What these identities answer for, and cannot while they are away or gone; without a list, whatever nobody of those
 * named as owner can answer for. What somebody is asked for already, who is as little there, is among it.
 */
export const unanswered = async (tx: Tx, ownerIds?: readonly string[]): Promise<Unanswered[]> =>
  await tx.many<Unanswered>(sql`
    select i.id, i.kind, f.display_name as name, f.owner_id, o.display_name as owner_name, o.state as owner_state,
           h.id as handover_id, h.state as handover_state, h.from_id, h.due_at
      from identity_facts f join identity i on i.id = f.identity_id
      join ${factsNow(sql`f.owner_id`, 'o', tx.now)}
      left join handover h on h.identity_id = i.id and h.settled_at is null
     where f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
       and i.kind <> 'person' and f.state <> 'leaver' and o.state not in ('active', 'pre_hire')
       and ${ownerIds === undefined ? sql`(h.id is null or h.from_id <> f.owner_id)` : sql`f.owner_id = any(${[...ownerIds]}::uuid[])`}
     order by i.id limit 5000`);

export const insertHandover = (tx: Tx, one: Omit<Handover, 'state' | 'settledAt' | 'settledBy'>): Promise<number> =>
  tx.run(sql`
    insert into handover (id, identity_id, from_id, acting_id, because, asked_at, due_at)
    values (${one.id}, ${one.identityId}, ${one.fromId}, ${one.actingId}, ${one.because}, ${one.askedAt}, ${one.dueAt})
    on conflict (identity_id) where settled_at is null do nothing`);

export const setActing = (tx: Tx, id: string, actingId: string | null): Promise<number> =>
  tx.run(sql`update handover set acting_id = ${actingId} where id = ${id} and settled_at is null`);

/** The handover of an identity that is not settled yet, held until the transaction ends. */
export const liveHandover = (tx: Tx, identityId: string): Promise<Handover | undefined> =>
  tx.maybe<Handover>(
    sql`select ${columns} from handover h where identity_id = ${identityId} and settled_at is null for no key update`,
  );

export const findHandover = (tx: Tx, id: string): Promise<Handover | undefined> =>
  tx.maybe<Handover>(sql`select ${columns} from handover h where id = ${id}`);

export async function requireHandover(tx: Tx, id: string): Promise<Handover> {
  const found = await findHandover(tx, id);
  if (found === undefined) throw notFound('handover', id);
  return found;
}

/** Handovers these identities began that are not settled yet, held until the transaction ends. */
export const liveHandoversFrom = (tx: Tx, fromIds: readonly string[]): Promise<Handover[]> =>
  tx.many<Handover>(sql`
    select ${columns} from handover h where from_id = any(${[...fromIds]}::uuid[]) and settled_at is null and because <> 'offered'
     order by id for no key update`);

export const settleHandover = (
  tx: Tx,
  id: string,
  how: { readonly state: 'lapsed' | 'accepted' | 'withdrawn' | 'replaced'; readonly by?: string | undefined },
): Promise<number> =>
  tx.run(sql`
    update handover set state = ${how.state}, settled_by = ${how.by ?? null},
           settled_at = case when ${how.state} = 'lapsed' then null else ${tx.now}::timestamptz end
     where id = ${id} and settled_at is null`);

/** A handover as people read it. */
export interface HandoverRow extends Handover {
  readonly identityName: string;
  readonly kind: IdentityKind;
  readonly fromName: string;
  readonly actingName: string | null;
}

export async function listHandovers(
  tx: Tx,
  input: {
    readonly state?: Handover['state'] | undefined;
    readonly actingId?: string | undefined;
    readonly identityId?: string | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ items: HandoverRow[]; nextCursor: string | null }> {
  const before = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<HandoverRow>(sql`
    select ${columns}, i.kind, f.display_name as identity_name, a.display_name as from_name, b.display_name as acting_name
      from handover h join identity i on i.id = h.identity_id
      join ${factsNow(sql`h.identity_id`, 'f', tx.now)} join ${factsNow(sql`h.from_id`, 'a', tx.now)}
      left join ${factsNow(sql`h.acting_id`, 'b', tx.now)}
     where (${before}::uuid is null or h.id < ${before}::uuid)
       and ${input.state === undefined ? sql`true` : sql`h.state = ${input.state}`}
       and ${input.actingId === undefined ? sql`true` : sql`h.acting_id = ${input.actingId}`}
       and ${input.identityId === undefined ? sql`true` : sql`h.identity_id = ${input.identityId}`}
     order by h.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.id]);
}
