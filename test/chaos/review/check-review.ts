import { sql, type Db } from '#kit/db/index.ts';
import { wantedOf } from './wanted-of.ts';

/** A decision that was answered before its process died. */
export interface Answered {
  readonly decision: string;
  readonly items: readonly string[];
}

interface Item {
  readonly id: string;
  readonly grantId: string;
  readonly state: string;
  readonly decision: string | null;
  readonly noResponse: boolean;
  readonly ended: string | null;
}

/** Checks that of a campaign that was killed at will nothing was lost and nothing was done twice; says what is not so. */
export async function checkReview(
  db: Db,
  campaignId: string,
  { grants, answered }: { readonly grants: readonly string[]; readonly answered: readonly Answered[] },
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const items = await db.many<Item>(sql`
    select i.id, i.grant_id, i.state, i.decision, i.no_response, g.ended_because as ended
      from campaign_item i join access_grant g on g.id = i.grant_id where i.campaign_id = ${campaignId} order by i.id`);
  const campaign = await db.one<{ state: string; frozen: number }>(
    sql`select state, frozen from campaign where id = ${campaignId}`,
  );
  if (campaign.state !== 'closed') wrong.push(`the campaign is ${campaign.state}`);
  if (campaign.frozen !== items.length) wrong.push(`${campaign.frozen} counted, ${items.length} there`);
  const there = new Set(items.map((i) => i.grantId));
  if (there.size !== items.length) wrong.push('a grant is there twice');
  if (grants.some((id) => !there.has(id)) || there.size !== grants.length)
    wrong.push(`${there.size} of ${grants.length} grants are there`);
  for (const item of items) {
    const wanted = wantedOf(item.id);
    const right =
      wanted === 'keep'
        ? item.state === 'kept' && item.ended === null
        : ['revoking', 'revoked'].includes(item.state) &&
          item.ended !== null &&
          item.noResponse === (wanted === 'silence');
    if (!right) wrong.push(`${item.id} was to be ${wanted} and is ${JSON.stringify(item)}`);
  }
  const byId = new Map(items.map((i) => [i.id, i]));
  for (const { items: ids, decision } of answered)
    for (const id of ids)
      if (byId.get(id)?.decision !== decision) wrong.push(`${id} was answered ${decision}, and that is lost`);
  wrong.push(...(await saidTwice(db, campaignId)));
  return wrong;
}

/** Every item is signed or unanswered once, every grant ended once, the campaign closed once, by the log. */
const saidTwice = async (db: Db, campaignId: string): Promise<readonly string[]> =>
  (
    await db.many<{ what: string; n: number }>(sql`
      select what, count(*)::int as n from (
        select 'outcome of ' || (x ->> 'itemId') as what from audit_event e cross join lateral jsonb_array_elements(e.data -> 'items') x
         where e.type in ('campaign_items.signed', 'campaign_items.unanswered') and e.data ->> 'campaignId' = ${campaignId}
        union all
        select 'end of ' || (e.data ->> 'grantId') from audit_event e join campaign_item i on i.grant_id::text = e.data ->> 'grantId'
         where e.type = 'grant.ended' and i.campaign_id = ${campaignId}
        union all
        select e.type from audit_event e where e.type in ('campaign.closed', 'campaign.opened') and e.data ->> 'campaignId' = ${campaignId}
      ) x group by what having count(*) > 1`)
  ).map(({ what, n }) => `${what} is in the log ${n} times`);
