import { sql, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { IdentityKind } from '#spine/graph/index.ts';

/** What something that is no employee lacks. */
export type Lack = 'owner' | 'owner_here' | 'end' | 'acceptance';

/** An identity that lacks somebody who answers for it, or an end. */
export interface Lacking {
  readonly identityId: string;
  readonly kind: IdentityKind;
  readonly name: string;
  readonly username: string | null;
  readonly state: string;
  readonly ownerId: string | null;
  readonly ownerName: string | null;
  readonly ownerState: string | null;
  readonly contractEnd: Date | null;
  readonly handoverId: string | null;
  readonly dueAt: Date | null;
  readonly lacks: readonly Lack[];
}

/**
 * Vendors without a sponsor or an end, and programs without an owner: nobody was ever named, who was is not here, or who
 * was asked has not accepted yet. By name.
 */
export async function listLacking(
  tx: Tx,
  input: {
    readonly kind?: IdentityKind | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ items: Lacking[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['name', 'id']);
  const rows = await tx.many<Lacking>(sql`
    with one as (
      select i.id as identity_id, i.kind, f.display_name as name, f.username, f.state, f.owner_id, o.display_name as owner_name,
             o.state as owner_state, f.contract_end, h.id as handover_id, h.due_at,
             array_remove(array[
               case when f.owner_id is null then 'owner' end,
               case when o.state is not null and o.state <> 'active' then 'owner_here' end,
               case when i.kind = 'vendor' and f.contract_end is null then 'end' end,
               case when h.id is not null then 'acceptance' end], null) as lacks
        from identity i
        join identity_facts f on f.identity_id = i.id and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
        left join identity_facts o on o.identity_id = f.owner_id and o.valid_from <= ${tx.now} and (o.valid_to is null or o.valid_to > ${tx.now})
        left join handover h on h.identity_id = i.id and h.settled_at is null
       where i.kind <> 'person' and f.state <> 'leaver'
         and ${input.kind === undefined ? sql`true` : sql`i.kind = ${input.kind}`}
    )
    select * from one where cardinality(lacks) > 0
       and ${after === undefined ? sql`true` : sql`(name, identity_id) > (${after[0]}, ${after[1]}::uuid)`}
     order by name, identity_id limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.name, r.identityId]);
}
