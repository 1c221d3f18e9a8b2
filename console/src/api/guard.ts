import { queryOptions } from '@tanstack/react-query';
import { api, readProblem, reeveFetch, take } from './client.ts';
import { ProblemError } from './errors.ts';
import { pagesOf } from './pages.ts';

interface SessionFilter {
  readonly state?: string | undefined;
  readonly identityId?: string | undefined;
  readonly systemId?: string | undefined;
  readonly search?: string | undefined;
}
export const sessionList = (filter: SessionFilter = {}) =>
  pagesOf(
    ['sessions', 'list', filter],
    (cursor, signal) => take(api.GET('/v1/sessions', { params: { query: { ...filter, cursor } }, signal })),
    3_000,
  );

export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ['sessions', id],
    queryFn: ({ signal }) => take(api.GET('/v1/sessions/{id}', { params: { path: { id } }, signal })),
    refetchInterval: (query) => (query.state.data?.state === 'live' ? 2_000 : false),
  });

/** The asciicast itself, as text: up to the last flushed chunk while the session lives. */
export const recordingQuery = (id: string) =>
  queryOptions({
    queryKey: ['sessions', id, 'recording'],
    queryFn: async ({ signal }) => {
      const response = await reeveFetch(new Request(`/v1/sessions/${encodeURIComponent(id)}/recording`, { signal }));
      if (!response.ok) throw new ProblemError(await readProblem(response), response.status);
      return response.text();
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
export const endSession = (id: string, reason: string) =>
  take(api.POST('/v1/sessions/{id}/end', { params: { path: { id } }, body: { reason } }));

export const secretList = (filter: { health?: string | undefined; search?: string | undefined } = {}) =>
  pagesOf(
    ['secrets', filter],
    (cursor, signal) => take(api.GET('/v1/vault/secrets', { params: { query: { ...filter, cursor } }, signal })),
    10_000,
  );
export const checkOutSecret = (id: string, body: { seconds: number; reason: string }) =>
  take(api.POST('/v1/vault/secrets/{id}/checkout', { params: { path: { id } }, body }));
export const checkInSecret = (id: string) =>
  take(api.POST('/v1/vault/secrets/{id}/checkin', { params: { path: { id } }, body: {} }));
export const rotateSecret = (id: string, reason: string) =>
  take(api.POST('/v1/vault/secrets/{id}/rotate', { params: { path: { id } }, body: { reason } }));

export const findingList = (
  filter: {
    kind?: string | undefined;
    state?: string | undefined;
    severity?: string | undefined;
    search?: string | undefined;
  } = {},
) =>
  pagesOf(['findings', filter], (cursor, signal) =>
    take(api.GET('/v1/findings', { params: { query: { ...filter, cursor } }, signal })),
  );

export const sodRuleList = () =>
  pagesOf(['sod', 'rules'], (cursor, signal) =>
    take(api.GET('/v1/sod/rules', { params: { query: { cursor } }, signal })),
  );
export const sodViolationList = (
  filter: { state?: string | undefined; ruleId?: string | undefined; search?: string | undefined } = {},
) =>
  pagesOf(['sod', 'violations', filter], (cursor, signal) =>
    take(api.GET('/v1/sod/violations', { params: { query: { ...filter, cursor } }, signal })),
  );
