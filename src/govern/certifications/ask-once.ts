import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { itemMoved } from './events.ts';

/** Which grant goes on as which. */
export interface GoesOn {
  readonly from: string;
  readonly to: string;
}

interface Two {
  readonly from: string;
  readonly to: string;
  readonly goesOn: readonly GoesOn[];
}

const pairs = (goesOn: readonly GoesOn[]): Sql =>
  sql`jsonb_to_recordset(${sql.json(goesOn)}::jsonb) as p("from" uuid, "to" uuid)`;
/** Nothing has come of it yet. */
export const UNDONE = sql`('waiting', 'open', 'decided', 'held', 'voted', 'challenged')`;
const UNDECIDED = sql`decision = null, comment = null, decided_by = null, decided_for = null, decided_at = null, signed_at = null,
  answer_by = null, objection = null, objected_at = null`;

/**
 * Grants under review that ended because the other had the same already: what they are about goes on as that one, since
 * whoever has it now has it by that.
 */
export const hadAlready = ({ from, to, goesOn }: Two, tx: Tx): Promise<GoesOn[]> =>
  tx.many<GoesOn>(sql`
    select distinct g.id as "from", s.id as "to"
      from campaign_item i join campaign c on c.id = i.campaign_id join access_grant g on g.id = i.grant_id
      cross join lateral (
        select s.id from access_grant s
         where s.identity_id = ${to} and s.entitlement_id is not distinct from g.entitlement_id and s.role_id is not distinct from g.role_id
           and s.ended_because is null and s.valid_from <= ${tx.now} and (s.valid_to is null or s.valid_to > ${tx.now})
         order by s.valid_to desc nulls first, s.id limit 1) s
     where i.identity_id = ${from} and c.state = 'open' and i.state in ${UNDONE} and g.ended_because is not null
       and not exists (select from ${pairs(goesOn)} where p."from" = g.id)`);

/**
 * Where both are asked about for what is one access now, it is asked once: by the item of whoever stays. What is decided
 * about that and not signed stays where both were decided about alike, or the other was not; else it is asked anew,
 * since each answer was about somebody who was thought to have less.
 */
export async function askOnce(ctx: Ctx, permit: Permit, { from, to, goesOn }: Two): Promise<void> {
  const both = sql`
    from campaign_item d join campaign c on c.id = d.campaign_id
    join ${pairs(goesOn)} on p."from" = d.grant_id
    join campaign_item s on s.campaign_id = d.campaign_id and s.grant_id = p."to" and s.identity_id = ${to} and s.state <> 'spared'
   where d.identity_id = ${from} and c.state = 'open' and d.state in ${UNDONE}`;
  const anew = await ctx.tx.many<{ id: string; campaignId: string; grantId: string }>(sql`
    update campaign_item i set state = 'open', ${UNDECIDED}
      from (select s.id ${both} and s.state in ('decided', 'held', 'challenged') and d.decision is not null and d.decision <> s.decision) f
     where i.id = f.id returning i.id, i.campaign_id, i.grant_id`);
  const spared = await ctx.tx.many<{ id: string; campaignId: string; grantId: string }>(sql`
    update campaign_item i set state = 'spared', ${UNDECIDED}, merged_from = ${from}
      from (select d.id ${both}) f where i.id = f.id returning i.id, i.campaign_id, i.grant_id`);
  await record(ctx, permit, [...anew, ...spared], to);
}

/** Asks again what was asked once while two were thought to be one, about the grant each has of their own again. */
export async function askAgain(ctx: Ctx, permit: Permit, { to, goesOn }: Two): Promise<void> {
  const again = await ctx.tx.many<{ id: string; campaignId: string; grantId: string }>(sql`
    update campaign_item i set state = 'open', grant_id = p."to", merged_from = null
      from ${pairs(goesOn)}
      join access_grant t on t.id = p."to", campaign c, access_grant o
     where c.id = i.campaign_id and c.state = 'open' and o.id = i.grant_id and i.identity_id = ${to} and i.merged_from = ${to} and i.state = 'spared'
       and i.stage = 1 and o.entitlement_id is not distinct from t.entitlement_id and o.role_id is not distinct from t.role_id
    returning i.id, i.campaign_id, i.grant_id`);
  await record(ctx, permit, again, to);
}

const record = (
  ctx: Ctx,
  permit: Permit,
  items: readonly { readonly id: string; readonly campaignId: string; readonly grantId: string }[],
  subject: string,
): Promise<readonly string[]> =>
  ctx.recordAll(
    permit,
    items.map(({ id, campaignId, grantId }) => ({
      event: itemMoved,
      subject,
      data: { campaignId, itemId: id, grantId },
    })),
  );
