import { expect } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import type { House } from '#test/harness/house.ts';

/** An item of a review, as operations answer it. */
export interface Item {
  readonly id: string;
  readonly what: string;
  readonly identityId: string | null;
  readonly grantId: string | null;
  readonly reviewerId: string;
  readonly state: string;
  readonly problem: string | null;
  readonly proven: boolean | null;
  readonly effectMs: number | null;
}
/** How an item may be revoked, as its reviewer is told. */
export interface Offered {
  readonly action: string;
  readonly narrowest: boolean;
  readonly does: string[];
}

/** What people do about reviews and roles of a house with `admin`, `officer` and `owner` in it; `id` says who is who. */
export function reviewsOf(house: House, id: (name: string) => string) {
  const launch = async (input: object): Promise<string> => {
    house.clock.advance(1_000);
    const dueAt = new Date(house.clock.now().getTime() + 7 * 86_400_000).toISOString();
    const made = await house.perform<{ id: string }>(
      'campaigns.create',
      { name: 'review', dueAt, ...input },
      id('admin'),
    );
    await house.perform('campaigns.launch', { id: made.id }, id('admin'));
    await house.settle(60_000);
    return made.id;
  };
  const items = async (campaign: string): Promise<readonly Item[]> =>
    (await house.perform<{ items: Item[] }>('campaigns.items', { id: campaign, scope: 'all', limit: 100 }, id('admin')))
      .items;
  const item = async (campaign: string, fits: (of: Item) => boolean = () => true): Promise<Item> => {
    const found = (await items(campaign)).find(fits);
    if (found === undefined) throw new Error('no such item');
    return found;
  };
  /** Decides each as its reviewer, and signs as all of them. */
  const decide = async (campaign: string, of: readonly Item[]): Promise<void> => {
    for (const one of of) await house.perform('items.decide', { id: one.id, decision: 'revoke' }, one.reviewerId);
    for (const reviewer of new Set(of.map((one) => one.reviewerId)))
      await house.perform('campaigns.sign', { id: campaign }, reviewer);
  };
  /** Decides and signs as its reviewer, and lets everything follow. */
  const revoke = async (campaign: string, of: Item, action?: 'person' | 'role'): Promise<void> => {
    if (action !== undefined) await house.perform('items.choose', { id: of.id, action }, of.reviewerId);
    await decide(campaign, [of]);
    await house.settle(60_000);
  };
  /** Waits until each is revoked, and proved with its times. */
  const closed = async (campaign: string, ...of: readonly Item[]): Promise<void> => {
    const look = async (): Promise<readonly Item[]> =>
      (await items(campaign)).filter((one) => of.some(({ id: itemId }) => itemId === one.id));
    await until(async () => (await look()).every((one) => one.state === 'revoked'), {
      timeoutMs: 60_000,
      what: 'the items to close',
    }).catch(async (error: unknown) => {
      throw new Error(JSON.stringify((await look()).map(({ what, state, problem }) => ({ what, state, problem }))), {
        cause: error,
      });
    });
    for (const now of await look()) {
      expect(now).toMatchObject({ state: 'revoked', proven: true, problem: null });
      expect(now.effectMs).toBeGreaterThanOrEqual(0);
    }
  };
  const offered = async (of: Item): Promise<readonly Offered[]> =>
    (await house.perform<{ actions: Offered[] }>('items.actions', { id: of.id }, of.reviewerId)).actions;
  const publish = async (version: string, asks: string, publishes: string): Promise<void> => {
    await house.perform('roleVersions.look', { id: version }, asks);
    await house.settle(60_000);
    await house.perform('roleVersions.ask', { id: version }, asks);
    await house.perform('roleVersions.publish', { id: version, because: 'looked at' }, publishes);
    await house.settle(60_000);
  };
  /** A role of these entitlements, in force. */
  const role = async (name: string, entitlementIds: readonly string[]): Promise<string> => {
    const made = await house.perform<{ id: string }>(
      'roleVersions.createRole',
      { name, description: 'test', ownerId: id('owner') },
      id('admin'),
    );
    const draft = await house.perform<{ id: string }>(
      'roleVersions.draft',
      { role: made.id, kind: 'it', entitlements: entitlementIds.map((one) => ({ id: one })), reason: 'test' },
      id('admin'),
    );
    await publish(draft.id, id('admin'), id('officer'));
    return made.id;
  };
  /** The version of a role that a review drafted. */
  const draftOf = (roleId: string): Promise<{ id: string; madeBy: string }> =>
    house.db.one(sql`select id, made_by from role_version where role_id = ${roleId} and state = 'draft'`);
  const giveRole = async (name: string, roleId: string): Promise<void> => {
    await house.perform('grants.give', { identity: name, roleId, because: 'test' }, id('admin'));
    await house.settle(60_000);
  };
  return { launch, items, item, decide, revoke, closed, offered, role, publish, draftOf, giveRole };
}
