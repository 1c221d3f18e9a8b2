import type { paths } from './schema.gen.ts';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';
import type { Item } from './shapes/of-contract.ts';

/** Access that was given without a request. */
export type DirectGrant = Item<'directGrants.list'>;
export type GiveBody = NonNullable<paths['/v1/grants']['post']['requestBody']>['content']['application/json'];

/** What was given directly, the newest first. */
export const directGrantList = (filters: Readonly<Record<string, string | undefined>>) =>
  pagesOf(['direct-grants', filters], (cursor, signal) =>
    take(
      api.GET('/v1/direct-grants', {
        params: { query: asQuery<'directGrants.list'>({ ...filters, cursor }) },
        signal,
      }),
    ),
  );
export const giveAccess = (body: GiveBody) => take(api.POST('/v1/grants', { body }));
