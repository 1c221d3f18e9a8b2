import { api, take } from '../../api/client.ts';
import { pagesOf } from '../../api/pages.ts';
import { asQuery } from '../../api/query.ts';
import type { Item } from '../../api/shapes/of-contract.ts';

export type Birthright = Item<'birthrights.list'>;

export const birthrightList = () =>
  pagesOf(['birthrights'], (cursor, signal) =>
    take(api.GET('/v1/birthrights', { params: { query: asQuery<'birthrights.list'>({ cursor }) }, signal })),
  );
export const removeBirthright = (id: string) => take(api.DELETE('/v1/birthrights/{id}', { params: { path: { id } } }));
