import type { HouseParts } from '#test/harness/house.ts';
import { certificationsModule } from '#govern/certifications/index.ts';
import { reconciliationModule } from '#govern/reconciliation/index.ts';
import type { Targets } from '#connectors/port.ts';
import { smallCompany, type SmallCompany } from '#govern/requests/testing/small-company.ts';
import { startGrant, type GrantOrigin } from '#spine/graph/index.ts';
import type { Module } from '#spine/operations/index.ts';

/** The small company with certifications, and what tests of campaigns do in it. */
export interface ReviewedCompany extends SmallCompany {
  give(identityId: string, entitlementId: string, more?: { origin?: GrantOrigin; originId?: string }): Promise<string>;
  /** Drafts and launches as dana; answers the campaign's id. */
  launch(input: Record<string, unknown>): Promise<string>;
  items(campaignId: string, as?: string, query?: Record<string, unknown>): Promise<Item[]>;
}
export interface Item {
  readonly id: string;
  readonly subject: string;
  readonly grantId: string;
  readonly identityId: string;
  readonly reviewerId: string;
  readonly routed: string;
  readonly reroutedBecause: string | null;
  readonly stage: number;
  readonly canary: boolean;
  readonly canaryFound: boolean | null;
  readonly what: string;
  readonly decidedBy: string | null;
  readonly decidedFor: string | null;
  readonly state: string;
  readonly decision: string | null;
  readonly noResponse: boolean;
  readonly unchanged: boolean;
  readonly lastKeptBy: string | null;
  readonly changes: readonly { readonly what: string; readonly was: string | null; readonly is: string | null }[];
  readonly evidence: { readonly uses: number; readonly peers: unknown; readonly origin: string };
}

/** Nothing outside is called. */
export const noTargets: Targets = { use: () => Promise.reject(new Error('no target is called here')) };

/** `more` are modules beside. */
export async function reviewedCompany(
  more: (parts: HouseParts) => readonly Module[] = () => [],
): Promise<ReviewedCompany> {
  const company = await smallCompany((parts) => [
    certificationsModule,
    reconciliationModule({ targets: noTargets }),
    ...more(parts),
  ]);
  const { house, who } = company;
  return {
    ...company,
    give: (identityId, entitlementId, more = {}) =>
      company.build(
        async (ctx, permit) =>
          (await startGrant(ctx, permit, { identityId, entitlementId, origin: 'import', reason: 'test', ...more })).id,
      ),
    launch: async (input) => {
      const dueAt = new Date(house.clock.now().getTime() + 7 * 86_400_000).toISOString();
      const { id } = await house.perform<{ id: string }>(
        'campaigns.create',
        { name: 'a review', dueAt, ...input },
        who.dana,
      );
      await house.perform('campaigns.launch', { id }, who.dana);
      await house.settle(60_000);
      return id;
    },
    items: async (id, as = who.dana, query = {}) =>
      (
        await house.perform<{ items: Item[] }>(
          'campaigns.items',
          { id, limit: 500, ...(as === who.dana ? { scope: 'all' } : {}), ...query },
          as,
        )
      ).items,
  };
}
