import { sql, type Tx } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { actionChosen } from '../events.ts';
import { lockToDecide } from '../lock-to-decide.ts';
import type { Action, CampaignItem } from '../model.ts';
import { lockItem } from '../read-items.ts';
import { waysOf } from './find-ways.ts';
import { inWords } from './name-ways.ts';

/** A way to end what an item is about, and what it does. */
export interface Offered {
  readonly action: Action;
  /** Touches nobody but the person; what is done where the reviewer chose nothing. */
  readonly narrowest: boolean;
  readonly does: readonly string[];
}

const FIXED = {
  role_content:
    'takes it out of the role by a version that another person publishes: everybody who has the role loses it',
  account: 'locks the account on its system, and reads it back',
  exception: 'ends the exception: from then on the conflict counts again, in every verdict',
  holding: 'takes it off the account on its system, and reads it back',
} as const;

/** What really ends what an item is about, by every way there is to it now; the narrowest for the person first. */
export async function offerActions(tx: Tx, item: CampaignItem): Promise<readonly Offered[]> {
  if (item.subject !== 'grant') return [{ action: 'person', narrowest: true, does: [FIXED[item.subject]] }];
  const ways = (await waysOf(tx, [item.id])).get(item.id) ?? [];
  const grants = await wordsOf(tx, [
    item.grantId ?? '',
    ...ways.filter((way) => way.via === 'grant').map((way) => way.sourceId),
  ]);
  // A line known to be wrong is about no grant, and reads as if it were.
  const own =
    grants.get(item.grantId ?? '') ??
    (item.what.startsWith('role ') ? `takes the person out of the ${item.what}` : `ends the grant of ${item.what}`);
  const others = ways.filter((way) => way.via === 'grant' && way.sourceId !== item.grantId);
  const dropped = (await nestedHoldings(tx, item)).map(
    (held) => `takes ${held.group} off the account ${held.account}, which nobody granted and which implies it`,
  );
  const person = unique([own, ...others.map((way) => grants.get(way.sourceId) ?? 'ends another grant'), ...dropped]);
  const byRole = others.filter((way) => way.path.some((step) => step.kind === 'role'));
  const offered: Offered[] = [{ action: 'person', narrowest: true, does: person }];
  if (byRole.length > 0)
    offered.push({
      action: 'role',
      narrowest: false,
      does: unique([
        own,
        ...others.filter((way) => !byRole.includes(way)).map((way) => grants.get(way.sourceId) ?? 'ends another grant'),
        ...byRole.map(
          (way) =>
            `takes it out of ${inWords(way).split(' → ').slice(0, -1).join(' → ')} for everybody, once another person publishes that`,
        ),
        ...dropped,
      ]),
    });
  return offered;
}

const unique = (lines: readonly string[]): string[] => [...new Set(lines)];
/** Groups somebody's own accounts are in by nobody's grant, and that imply what an item is about. */
const nestedHoldings = (tx: Tx, item: CampaignItem): Promise<{ account: string; group: string }[]> =>
  tx.many(sql`
    with recursive implies(id) as (
      select n.parent_id from access_grant g join entitlement_edge n on n.child_id = g.entitlement_id
       where g.id = ${item.grantId} and (n.valid_to is null or n.valid_to > ${tx.now})
      union
      select n.parent_id from implies i join entitlement_edge n on n.child_id = i.id where n.valid_to is null or n.valid_to > ${tx.now}
    )
    select a.name as account, e.name as "group" from implies i join holding h on h.entitlement_id = i.id and h.valid_to is null
      join account a on a.id = h.account_id and a.identity_id = ${item.identityId} and a.valid_to is null
      join entitlement e on e.id = i.id
     where not exists (select from provision_task t where t.identity_id = a.identity_id and t.entitlement_id = e.id and t.wanted = 'present')
     order by e.name, a.name`);

/** What ending each of these grants does, in words. */
const wordsOf = async (tx: Tx, grantIds: readonly string[]): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (
      await tx.many<{ id: string; what: string; rule: string | null; isRole: boolean }>(sql`
        select g.id, coalesce(r.name, e.name || ' on ' || s.name) as what, b.name as rule, g.role_id is not null as is_role
          from access_grant g left join role r on r.id = g.role_id left join entitlement e on e.id = g.entitlement_id
          left join system s on s.id = e.system_id left join birthright_rule b on g.origin = 'birthright' and b.id = g.origin_id
         where g.id = any(${sql.array(grantIds.filter((id) => id !== ''))}::uuid[])`)
    ).map(({ id, what, rule, isRole }) => [
      id,
      rule !== null
        ? `excludes the person from the rule ${rule}, which gave ${what}: no rule gives it back`
        : isRole
          ? `takes the person out of the role ${what}`
          : `ends the grant of ${what}`,
    ]),
  );

/** Chooses how a revocation is to end the access. It can be changed until the decision is signed. */
export async function chooseAction(
  ctx: Ctx,
  permit: Permit<'campaign_item.choose'>,
  input: { readonly id: string; readonly action: Action },
): Promise<CampaignItem> {
  const { item } = await lockToDecide(ctx, input.id);
  if (!(await offerActions(ctx.tx, item)).some(({ action }) => action === input.action))
    throw conflict(
      'campaign_item.action_not_offered',
      'no role gives this to the person, so there is nothing to take out of a role',
      'read the actions of the item again',
    );
  await ctx.tx.run(sql`update campaign_item set action = ${input.action} where id = ${item.id}`);
  await ctx.record(permit, {
    event: actionChosen,
    subject: item.identityId ?? undefined,
    data: {
      campaignId: item.campaignId,
      itemId: item.id,
      grantId: item.grantId ?? undefined,
      action: input.action,
    },
  });
  return await lockItem(ctx.tx, item.id);
}
