import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';
import type { operations } from './schema.gen.ts';
import type { Out } from './shapes/of-contract.ts';

export const sourcesQuery = queryOptions({
  queryKey: ['sources'],
  queryFn: ({ signal }) => take(api.GET('/v1/sources', { signal })),
});
/** Deliveries of one source, newest first. */
export const feedRunList = (source: string, state: string | undefined) =>
  pagesOf(
    ['feed-runs', source, state],
    (cursor, signal) =>
      take(
        api.GET('/v1/sources/{source}/runs', {
          params: { path: { source }, query: asQuery<'sources.runs'>({ state, cursor }) },
          signal,
        }),
      ),
    5_000,
  );
/** What a delivery would change, or has changed, row by row. */
export const feedPlanList = (id: string) =>
  pagesOf(['feed-runs', 'plan', id], (cursor, signal) =>
    take(
      api.GET('/v1/runs/{id}/plan', { params: { path: { id }, query: asQuery<'sources.plan'>({ cursor }) }, signal }),
    ),
  );
/** With a canary, its first so many changes only. */
export const acceptRun = (id: string, because: string, canary?: number) =>
  take(
    api.POST('/v1/runs/{id}/accept', {
      params: { path: { id } },
      body: { because, ...(canary === undefined ? {} : { canary }) },
    }),
  );
export type UndoPreview = Out<'sources.undoPreview'>;
/** What taking a delivery back would do; looked at afresh each time. */
export const undoPreviewQuery = (id: string) =>
  queryOptions({
    queryKey: ['feed-runs', 'undo', id],
    queryFn: ({ signal }) => take(api.GET('/v1/runs/{id}/undo', { params: { path: { id } }, signal })),
    staleTime: 0,
    retry: false,
  });
export const undoRun = (id: string, because: string) =>
  take(api.POST('/v1/runs/{id}/undo', { params: { path: { id } }, body: { because } }));
export const declineRun = (id: string, because: string) =>
  take(api.POST('/v1/runs/{id}/decline', { params: { path: { id } }, body: { because } }));
export const deliverFeed = (source: string, content: string) =>
  take(api.POST('/v1/sources/{source}/feeds', { params: { path: { source } }, body: { content } }));

/** A draft of a source, as it would be put. */
export type SourceDraft = NonNullable<operations['sources.put']['requestBody']>['content']['application/json'];
export type SourcePreview = Out<'sources.preview'>;

export const putSource = (source: string, draft: SourceDraft) =>
  take(api.PUT('/v1/sources/{source}', { params: { path: { source } }, body: draft }));
/** What a delivery would do by a draft; nothing is kept. Without a file, what the source said last is planned by it. */
export const previewSource = (
  source: string,
  draft: SourceDraft,
  ask: { readonly content: string | undefined; readonly show: 'first' | 'bad' | 'changed' },
) =>
  take(
    api.POST('/v1/sources/{source}/preview', {
      params: { path: { source } },
      body: {
        ...draft,
        show: ask.show,
        rows: 50,
        encoding: 'text',
        ...(ask.content === undefined ? {} : { content: ask.content }),
      },
    }),
  );
/** What is at a place of a connected system: its columns and first rows. */
export type PlaceLook = Out<'sources.look'>;
/** A place somebody reads people from, as it is put. */
export type ReadFrom = NonNullable<SourceDraft['readFrom']>;
export const lookAtPlace = ({ system, place }: Pick<ReadFrom, 'system' | 'place'>) =>
  take(api.POST('/v1/sources/look', { body: { system, place: place ?? {}, rows: 10 } }));
export const collectSource = (source: string) =>
  take(api.POST('/v1/sources/{source}/collect', { params: { path: { source } } }));
/** Connected systems that people can be read from. */
export const readableSystemsQuery = queryOptions({
  queryKey: ['systems', 'readable'],
  queryFn: async ({ signal }) => {
    const query = asQuery<'graph.listSystems'>({ limit: 200 });
    const { items } = await take(api.GET('/v1/systems', { params: { query }, signal }));
    return items.filter(({ kind }) => ['ldap', 'activedirectory', 'postgres', 'mysql'].includes(kind));
  },
});
/** Rows of which a person has to say who they are. */
export const sourceCaseList = (source: string) =>
  pagesOf(['source-cases', source], (cursor, signal) =>
    take(api.GET('/v1/sources/cases', { params: { query: asQuery<'sources.cases'>({ source, cursor }) }, signal })),
  );
export const resolveSourceCase = (id: string, identityId: string | null, because: string) =>
  take(api.POST('/v1/sources/cases/{id}/resolve', { params: { path: { id } }, body: { identityId, because } }));
/** Which source each fact of somebody is from. */
export const lineageQuery = (identity: string) =>
  queryOptions({
    queryKey: ['identities', identity, 'lineage'],
    queryFn: ({ signal }) =>
      take(api.GET('/v1/identities/{identity}/lineage', { params: { path: { identity } }, signal })),
    retry: false,
  });
