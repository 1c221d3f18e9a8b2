import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { wantedMoved } from '../events.ts';

/**
 * What waits to be reviewed follows when somebody turns out to be another: it is about the grant that goes on, or the same
 * account of the other. A grant that goes on nowhere is over, and nobody has to be asked about it. What waits for the other
 * already, or is being asked about, is not asked about twice.
 */
export async function moveWanted(
  ctx: Ctx,
  permit: Permit,
  going: {
    readonly from: string;
    readonly to: string;
    readonly goesOn: readonly { readonly from: string; readonly to: string }[];
  },
): Promise<void> {
  const { from, to, goesOn } = going;
  const grants = await ctx.tx.one<{ moved: number; over: number }>(sql`
    with went as (
      delete from review_wanted w using access_grant g
       where w.campaign_id is null and w.identity_id = ${from} and g.id = w.grant_id
         and (g.valid_to <= ${ctx.now} or w.grant_id = any(${sql.array(goesOn.map((g) => g.from))}::uuid[]))
      returning w.*
    ), came as (
      insert into review_wanted (id, opened_by, grant_id, account_id, entitlement_id, identity_id, because, noted_at)
      select distinct on (w.opened_by, n."to") w.id, w.opened_by, n."to", null::uuid, null::uuid, ${to}::uuid, w.because, w.noted_at
        from went w join jsonb_to_recordset(${sql.json(goesOn)}::jsonb) as n("from" uuid, "to" uuid) on n."from" = w.grant_id
       where not exists (select from campaign_item i where i.grant_id = n."to" and i.state in ('open', 'decided'))
       order by w.opened_by, n."to", w.noted_at
      on conflict do nothing returning 1
    )
    select (select count(*)::int from came) as moved, (select count(*)::int from went) - (select count(*)::int from came) as over`);
  const held = await ctx.tx.run(sql`
    update review_wanted w set identity_id = ${to}::uuid from account a
     where w.campaign_id is null and w.identity_id = ${from} and a.id = w.account_id and a.identity_id = ${to}`);
  const moved = grants.moved + held;
  if (moved + grants.over > 0)
    await ctx.record(permit, { event: wantedMoved, subject: to, data: { from, to, moved, over: grants.over } });
}
