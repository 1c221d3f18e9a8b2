import { sql, type Tx } from '#kit/db/index.ts';
import { effectiveAccessOf, type Access } from '#spine/graph/index.ts';

/** People whose access is traced with one statement. */
const TOGETHER = 200;

interface Asked {
  readonly itemId: string;
  readonly identityId: string;
  readonly grantId: string;
  readonly entitlementId: string;
  readonly action: string | null;
}

/** Items about the grant of an entitlement on a target: for these there may be other ways to the same. */
const askedOf = (tx: Tx, itemIds: readonly string[]): Promise<Asked[]> =>
  tx.many<Asked>(sql`
    select i.id as item_id, i.identity_id, i.grant_id, g.entitlement_id, i.action
      from campaign_item i join access_grant g on g.id = i.grant_id join entitlement e on e.id = g.entitlement_id
     where i.id = any(${sql.array(itemIds)}::uuid[]) and e.kind not in ('account', 'admin_role') order by i.id`);

/**
 * Ways by which holders of items reach the same by themselves: grants, also through roles, and what their own accounts
 * hold, also through what is nested on the target. Who may use a shared account that has it is not meant.
 */
export async function waysOf(tx: Tx, itemIds: readonly string[]): Promise<ReadonlyMap<string, readonly Access[]>> {
  const asked = await askedOf(tx, itemIds);
  const found = new Map<string, readonly Access[]>();
  const people = [...new Set(asked.map((a) => a.identityId))];
  for (let n = 0; n < people.length; n += TOGETHER) {
    const some = new Set(people.slice(n, n + TOGETHER));
    const theirs = asked.filter((a) => some.has(a.identityId));
    const reached = await effectiveAccessOf(tx, [...some], { only: new Set(theirs.map((a) => a.entitlementId)) });
    for (const { itemId, identityId, entitlementId } of theirs)
      found.set(
        itemId,
        (reached.get(identityId) ?? []).filter(
          (row) =>
            row.entitlementId === entitlementId &&
            (row.via === 'holding' ? row.accountId === row.sourceId : row.accountId === undefined),
        ),
      );
  }
  return found;
}

/** Whether a way leads through a role. */
const byRole = (way: Access): boolean => way.path.some((step) => step.kind === 'role');

/**
 * Grants that give holders of items the same beside the item's own, by item: all are ended with it, but for those through
 * roles where it is to be taken out of the roles. `spared` are never ended so: what makes an administrator is decided by itself.
 */
export async function otherGrants(
  tx: Tx,
  itemIds: readonly string[],
  { spared }: { readonly spared: ReadonlySet<string> },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const items = new Map((await askedOf(tx, itemIds)).map((a) => [a.itemId, a]));
  const found = new Map<string, readonly string[]>();
  for (const [itemId, ways] of await waysOf(tx, itemIds)) {
    const item = items.get(itemId);
    const grants = ways.filter(
      (way) =>
        way.via === 'grant' &&
        way.sourceId !== item?.grantId &&
        !spared.has(way.sourceId) &&
        !(item?.action === 'role' && byRole(way)),
    );
    if (grants.length > 0) found.set(itemId, [...new Set(grants.map((way) => way.sourceId))]);
  }
  return found;
}

/** What still leads a holder to what an item revoked, though it was to end: none where it is gone, or was granted anew since. */
export async function waysLeft(
  tx: Tx,
  item: { readonly id: string; readonly signedAt: Date | null },
): Promise<readonly Access[]> {
  const ways = (await waysOf(tx, [item.id])).get(item.id) ?? [];
  const signedAt = item.signedAt ?? tx.now;
  return ways.some((way) => way.via === 'grant' && way.validFrom > signedAt) ? [] : ways;
}
