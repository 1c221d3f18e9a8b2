import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';
import type { Item } from './shapes/of-contract.ts';

export type ReeveNode = Item<'nodes.list'>;

export const nodeList = (all: boolean) =>
  pagesOf(
    ['nodes', all],
    (cursor, signal) =>
      take(api.GET('/v1/nodes', { params: { query: asQuery<'nodes.list'>({ cursor, all }) }, signal })),
    2_000,
  );
export const drainNode = (id: string) => take(api.POST('/v1/nodes/{id}/drain', { params: { path: { id } } }));
