import { queryOptions } from '@tanstack/react-query';
import { api, readProblem, reeveFetch, take } from './client.ts';
import { ProblemError } from './errors.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

type Filter = Readonly<Record<string, string | undefined>>;

export const sessionList = (filter: Filter = {}) =>
  pagesOf(
    ['sessions', 'list', filter],
    (cursor, signal) =>
      take(api.GET('/v1/sessions', { params: { query: asQuery<'sessions.list'>({ ...filter, cursor }) }, signal })),
    3_000,
  );
/** The asker's own: needs no role. */
export const mySessionList = () =>
  pagesOf(['sessions', 'mine'], (cursor, signal) =>
    take(api.GET('/v1/me/sessions', { params: { query: asQuery<'sessions.mine'>({ cursor }) }, signal })),
  );
export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ['sessions', id],
    queryFn: ({ signal }) => take(api.GET('/v1/sessions/{id}', { params: { path: { id } }, signal })),
    refetchInterval: (query) => (query.state.data?.state === 'live' ? 2_000 : false),
  });

/** The asciicast itself, as text: up to the last flushed chunk while the session lives. Opening it is recorded. */
export const recordingQuery = (id: string) =>
  queryOptions({
    queryKey: ['recordings', id],
    queryFn: async ({ signal }) => {
      const response = await reeveFetch(new Request(`/v1/sessions/${encodeURIComponent(id)}/recording`, { signal }));
      if (!response.ok) throw new ProblemError(await readProblem(response), response.status);
      return response.text();
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
/** What was asked of a database in a session, a page from number `from` on. Looking is recorded. */
export const statementsQuery = (id: string, from: number) =>
  queryOptions({
    queryKey: ['statements', id, from],
    queryFn: ({ signal }) =>
      take(api.GET('/v1/sessions/{id}/statements', { params: { path: { id }, query: { from, limit: 100 } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
/** The files kept with a recording, a page from number `from` on. Looking is recorded. */
export const keptFilesQuery = (id: string, from: number) =>
  queryOptions({
    queryKey: ['kept-files', id, from],
    queryFn: ({ signal }) =>
      take(api.GET('/v1/sessions/{id}/files', { params: { path: { id }, query: { from, limit: 100 } }, signal })),
  });
export const verifyRecording = (id: string) => take(api.GET('/v1/sessions/{id}/verify', { params: { path: { id } } }));
export const endSession = (id: string, because: string) =>
  take(api.POST('/v1/sessions/{id}/end', { params: { path: { id } }, body: { because } }));

export const secretList = (filter: Filter = {}) =>
  pagesOf(
    ['secrets', 'list', filter],
    (cursor, signal) =>
      take(api.GET('/v1/vault/secrets', { params: { query: asQuery<'vault.list'>({ ...filter, cursor }) }, signal })),
    10_000,
  );
export const secretQuery = (id: string) =>
  queryOptions({
    queryKey: ['secrets', id],
    queryFn: ({ signal }) => take(api.GET('/v1/vault/secrets/{id}', { params: { path: { id } }, signal })),
  });
export const folderList = (filter: Filter = {}) =>
  pagesOf(['secret-folders', 'list', filter], (cursor, signal) =>
    take(api.GET('/v1/vault/folders', { params: { query: asQuery<'folders.list'>({ ...filter, cursor }) }, signal })),
  );
export const makeFolder = (body: { path: string; description: string }) =>
  take(api.POST('/v1/vault/folders', { body }));
export const removeFolder = (id: string) => take(api.DELETE('/v1/vault/folders/{id}', { params: { path: { id } } }));
export const checkOutSecret = (id: string, body: { seconds: number; reason?: string; ticket?: string }) =>
  take(api.POST('/v1/vault/secrets/{id}/checkout', { params: { path: { id } }, body }));
export const checkInSecret = (checkoutId: string) =>
  take(api.POST('/v1/vault/checkouts/{id}/checkin', { params: { path: { id: checkoutId } } }));
export const rotateAccount = (accountId: string, because: string) =>
  take(api.POST('/v1/accounts/{accountId}/rotate', { params: { path: { accountId } }, body: { because } }));
export const rotationList = (accountId: string) =>
  pagesOf(
    ['rotations', accountId],
    (cursor, signal) =>
      take(api.GET('/v1/rotations', { params: { query: asQuery<'rotations.list'>({ accountId, cursor }) }, signal })),
    3_000,
  );
