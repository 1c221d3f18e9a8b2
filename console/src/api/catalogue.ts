import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';
import type { paths } from './schema.gen.ts';
import type { Item, Out } from './shapes/of-contract.ts';

export type Entry = Item<'entitlements.search'>;
export type EntryDetail = Out<'entitlements.showEntry'>;
export type Facets = NonNullable<Out<'entitlements.search'>['facets']>;
export type Waiting = Item<'entitlements.listStewardship'>;
export type RenameCase = Item<'entitlements.listRenameCases'>;
export type Edits = paths['/v1/catalogue/edits']['post']['requestBody']['content']['application/json'];
export type EditsPreview = Out<'entitlements.previewBulk'>;

type Filter = Readonly<Record<string, unknown>>;

const read = (filter: Filter, signal: AbortSignal) =>
  take(api.GET('/v1/catalogue', { params: { query: asQuery<'entitlements.search'>(filter) }, signal }));

/** The catalogue as far as it fits, page by page. */
export const catalogueSearch = (filter: Filter) =>
  pagesOf(['catalogue', 'entries', filter], (cursor, signal) => read({ ...filter, cursor }, signal));
/** How many there are of each value, under what is asked for. */
export const facetsQuery = (filter: Filter) =>
  queryOptions({
    queryKey: ['catalogue', 'facets', filter],
    queryFn: ({ signal }) => read({ ...filter, limit: 1 }, signal),
    placeholderData: (before) => before,
  });
export const entryQuery = (id: string) =>
  queryOptions({
    queryKey: ['catalogue', 'entry', id],
    queryFn: ({ signal }) => take(api.GET('/v1/catalogue/{id}', { params: { path: { id } }, signal })),
    retry: false,
  });
/** Who has it, with the way by which; refused to whoever may not see that. */
export const holdersList = (entitlementId: string) =>
  pagesOf(['catalogue', 'holders', entitlementId], (cursor, signal) =>
    take(
      api.GET('/v1/access/who-could-reach', {
        params: { query: asQuery<'graph.whoCouldReach'>({ entitlementId, cursor }) },
        signal,
      }),
    ),
  );
export const stewardshipList = (filter: Filter) =>
  pagesOf(['catalogue', 'stewardship', filter], (cursor, signal) =>
    take(
      api.GET('/v1/stewardship', {
        params: { query: asQuery<'entitlements.listStewardship'>({ ...filter, cursor }) },
        signal,
      }),
    ),
  );
export const renameCaseList = () =>
  pagesOf(['catalogue', 'renames'], (cursor, signal) =>
    take(
      api.GET('/v1/rename-cases', { params: { query: asQuery<'entitlements.listRenameCases'>({ cursor }) }, signal }),
    ),
  );
export const answerRename = (id: string, same: boolean) =>
  take(api.POST('/v1/rename-cases/{id}/answer', { params: { path: { id } }, body: { same } }));
export const previewEdits = (body: Edits) => take(api.POST('/v1/catalogue/edits/preview', { body }));
export const applyEdits = (body: Edits) => take(api.POST('/v1/catalogue/edits', { body }));
