import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import type { CampaignInput } from './shapes/campaigns.ts';

export const campaignList = (filter: { state?: string | undefined; search?: string | undefined } = {}) =>
  pagesOf(['campaigns', 'list', filter], (cursor, signal) =>
    take(api.GET('/v1/campaigns', { params: { query: { ...filter, cursor } }, signal })),
  );

export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaigns', id],
    queryFn: ({ signal }) => take(api.GET('/v1/campaigns/{id}', { params: { path: { id } }, signal })),
  });

/** The items of a campaign, all pages of them: a reviewer works through the whole of it. */
export const campaignItemList = (
  id: string,
  filter: { mine?: boolean; group?: string | undefined; search?: string | undefined },
) =>
  pagesOf(
    ['campaigns', id, 'items', filter],
    (cursor, signal) =>
      take(
        api.GET('/v1/campaigns/{id}/items', {
          params: { path: { id }, query: { ...filter, limit: 200, cursor } },
          signal,
        }),
      ),
    2_000,
  );

export const previewCampaign = (body: CampaignInput) => take(api.POST('/v1/campaigns/preview', { body }));
export const launchCampaign = (body: CampaignInput) => take(api.POST('/v1/campaigns', { body }));
export const signCampaign = (id: string) =>
  take(api.POST('/v1/campaigns/{id}/sign', { params: { path: { id } }, body: {} }));

/** `null` takes a decision back. */
export const decideItem = (id: string, decision: 'keep' | 'revoke' | null, reason?: string) =>
  take(
    api.POST('/v1/items/{id}/decide', {
      params: { path: { id } },
      body: reason === undefined ? { decision } : { decision, reason },
    }),
  );
