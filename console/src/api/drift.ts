import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

type Filters = Readonly<Record<string, string | undefined>>;

/** Where targets differ from what Reeve says. */
export const driftList = (filters: Filters) =>
  pagesOf(
    ['drift', filters],
    (cursor, signal) =>
      take(
        api.GET('/v1/drift', {
          params: {
            query: asQuery<'drift.list'>({
              situation: filters['situation'],
              state: filters['state'],
              systemId: filters['systemId'],
              cursor,
            }),
          },
          signal,
        }),
      ),
    10_000,
  );
export const decideDrift = (ids: string[], reaction: 'adopt' | 'remove' | 'restore' | 'disable', because: string) =>
  take(api.POST('/v1/drift/decide', { body: { ids, reaction, because } }));
export const acceptDrift = (ids: string[], until: string, because: string) =>
  take(api.POST('/v1/drift/accept', { body: { ids, until, because } }));

/** Effects on many at once: those that wait, and those that were. */
export const massChangeList = (filters: Filters) =>
  pagesOf(
    ['mass-changes', filters],
    (cursor, signal) =>
      take(
        api.GET('/v1/mass-changes', {
          params: { query: asQuery<'massChanges.list'>({ kind: filters['kind'], state: filters['state'], cursor }) },
          signal,
        }),
      ),
    5_000,
  );
export const massItemList = (id: string) =>
  pagesOf(['mass-changes', 'items', id], (cursor, signal) =>
    take(
      api.GET('/v1/mass-changes/{id}/items', {
        params: { path: { id }, query: asQuery<'massChanges.items'>({ cursor }) },
        signal,
      }),
    ),
  );
export const acceptChange = (id: string, because: string, canary?: number) =>
  take(
    api.POST('/v1/mass-changes/{id}/accept', {
      params: { path: { id } },
      body: canary === undefined ? { because } : { because, canary },
    }),
  );
export const declineChange = (id: string, because: string) =>
  take(api.POST('/v1/mass-changes/{id}/decline', { params: { path: { id } }, body: { because } }));
export const undoChange = (id: string, because: string) =>
  take(api.POST('/v1/mass-changes/{id}/undo', { params: { path: { id } }, body: { because } }));
