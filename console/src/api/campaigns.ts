import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';
import type { paths } from './schema.gen.ts';

type Filter = Readonly<Record<string, string | number | undefined>>;
export type CampaignDraft = paths['/v1/campaigns']['post']['requestBody']['content']['application/json'];

export const campaignList = (scope: 'mine' | 'all') =>
  pagesOf(['campaigns', 'list', scope], (cursor, signal) =>
    take(api.GET('/v1/campaigns', { params: { query: asQuery<'campaigns.list'>({ scope, cursor }) }, signal })),
  );
export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaigns', id],
    queryFn: ({ signal }) => take(api.GET('/v1/campaigns/{id}', { params: { path: { id } }, signal })),
    refetchInterval: 5_000,
  });
export const campaignItemList = (id: string, filter: Filter) =>
  pagesOf(
    ['campaigns', id, 'items', filter],
    (cursor, signal) =>
      take(
        api.GET('/v1/campaigns/{id}/items', {
          params: { path: { id }, query: asQuery<'campaigns.items'>({ ...filter, limit: 200, cursor }) },
          signal,
        }),
      ),
    2_000,
  );

export const draftCampaign = (body: CampaignDraft) => take(api.POST('/v1/campaigns', { body }));
/** What a launch would freeze, and for whom; nobody is asked by looking. */
export const campaignPreviewQuery = (id: string) =>
  queryOptions({
    queryKey: ['campaigns', id, 'preview'],
    queryFn: ({ signal }) => take(api.GET('/v1/campaigns/{id}/preview', { params: { path: { id } }, signal })),
    retry: false,
  });
export const launchCampaign = (id: string) => take(api.POST('/v1/campaigns/{id}/launch', { params: { path: { id } } }));
export const closeCampaign = (id: string) => take(api.POST('/v1/campaigns/{id}/close', { params: { path: { id } } }));
export const signCampaign = (id: string) => take(api.POST('/v1/campaigns/{id}/sign', { params: { path: { id } } }));
/** Decides many alike: those named, or what is unchanged since it was last kept. */
export const decideTogether = (
  id: string,
  body: paths['/v1/campaigns/{id}/decide']['post']['requestBody']['content']['application/json'],
) => take(api.POST('/v1/campaigns/{id}/decide', { params: { path: { id } }, body }));
export const decideItem = (id: string, decision: 'keep' | 'revoke' | 'undo', comment?: string) =>
  take(
    api.POST('/v1/items/{id}/decide', {
      params: { path: { id } },
      body: comment === undefined ? { decision } : { decision, comment },
    }),
  );
