import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { closeItem, noteProblems } from '../close-item.ts';
import { takeOutOfRole } from '../ending/take-out-of-role.ts';
import type { Ending } from './ending.ts';

interface Part {
  readonly itemId: string;
  readonly roleId: string;
  readonly thingId: string;
  readonly isRole: boolean;
  readonly inRole: boolean;
}

const partsOf = (tx: Tx, items: readonly Ending[]): Promise<Part[]> =>
  tx.many<Part>(sql`
    select i.id as item_id, c.role_id, coalesce(c.entitlement_id, c.child_role_id) as thing_id, c.child_role_id is not null as is_role,
           exists (select from role_content o where o.role_id = c.role_id
                      and coalesce(o.entitlement_id, o.child_role_id) = coalesce(c.entitlement_id, c.child_role_id)
                      and (o.valid_to is null or o.valid_to > ${tx.now})) as in_role
      from campaign_item i join role_content c on c.id = i.role_content_id
     where i.id = any(${sql.array(items.map((i) => i.id))}::uuid[])`);

/**
 * Takes parts out of their roles by a version that another person publishes, and closes an item once the part is out and
 * every target of everybody who has the role was read back.
 */
export async function endRoleContent(
  ctx: Ctx,
  permit: Permit<'campaign_item.end'>,
  items: readonly Ending[],
): Promise<void> {
  const parts = new Map((await partsOf(ctx.tx, items)).map((p) => [p.itemId, p]));
  const waiting: { item: Ending; problem: string | null }[] = [];
  const drafting = new Map<string, { thingIds: string[]; items: Ending[] }>();
  for (const item of items) {
    const part = parts.get(item.id);
    if (part === undefined) continue;
    if (part.inRole) {
      const role = drafting.get(part.roleId) ?? { thingIds: [], items: [] };
      role.thingIds.push(part.thingId);
      role.items.push(item);
      drafting.set(part.roleId, role);
      continue;
    }
    const followed = await followedBy(ctx.tx, part, item.signedAt);
    if (followed.open === 0)
      await closeItem(ctx, permit, item, { at: followed.last ?? ctx.now, proven: followed.byHand === 0 });
    else
      waiting.push({
        item,
        problem:
          followed.problem ?? `${followed.open} people who had it by the role are still to lose it on the target`,
      });
  }
  for (const [roleId, { thingIds, items: some }] of drafting) {
    const by = some.find((i) => i.decidedBy !== null)?.decidedBy;
    const problem =
      by == null
        ? 'nobody signed this, and roles are changed by people'
        : await takeOutOfRole(ctx, permit, {
            roleId,
            thingIds,
            by,
            reason: `revoked in the certification ${some[0]?.campaignName ?? ''}`,
          });
    waiting.push(...some.map((item) => ({ item, problem })));
  }
  await noteProblems(ctx, permit, waiting);
}

interface Followed {
  readonly open: number;
  readonly byHand: number;
  readonly last: Date | null;
  readonly problem: string | null;
}

/** How far targets are with what a part gave, over everybody who has its role, by itself or within another. */
const followedBy = (tx: Tx, { roleId, thingId, isRole }: Part, since: Date): Promise<Followed> => {
  const now = (c: string) => {
    const t = sql.id(c);
    return sql`${t}.valid_from <= ${tx.now} and (${t}.valid_to is null or ${t}.valid_to > ${tx.now})`;
  };
  return tx.one<Followed>(sql`
    with recursive above(role_id) as (
      select ${roleId}::uuid
      union select c.role_id from role_content c join above a on c.child_role_id = a.role_id where ${now('c')}
    ), within(top, role_id) as (
      select role_id, role_id from above
      union select w.top, c.child_role_id from within w join role_content c on c.role_id = w.role_id
        where c.child_role_id is not null and ${now('c')}
    ), inside(role_id) as (
      select ${isRole ? thingId : null}::uuid
      union select c.child_role_id from inside i join role_content c on c.role_id = i.role_id where c.child_role_id is not null and ${now('c')}
    ), gave(entitlement_id) as (
      select ${isRole ? null : thingId}::uuid
      union select c.entitlement_id from inside i join role_content c on c.role_id = i.role_id where c.entitlement_id is not null and ${now('c')}
    ), task as (
      select t.*, t.wanted = 'present' as standing from access_grant g join provision_task t on t.grant_id = g.id
       where g.role_id in (select role_id from above) and g.ended_because is null and t.entitlement_id in (select entitlement_id from gave)
         and not exists (select from within w join role_content c on c.role_id = w.role_id
                          where w.top = g.role_id and c.entitlement_id = t.entitlement_id and ${now('c')})
    )
    select (count(*) filter (where standing or state in ('waiting', 'stuck')))::int as open,
           (count(*) filter (where not standing and state = 'manual'))::int as by_hand,
           max(settled_at) filter (where settled_at >= ${since}) as last,
           (array_agg(problem order by decided_at, id) filter (where problem is not null))[1] as problem
      from task`);
};
