import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

type Filter = Readonly<Record<string, string | undefined>>;

/** Begins to watch a session, or to observe one that needs it. That is recorded. */
export const beginWatch = (id: string, observes: boolean) =>
  observes
    ? take(api.POST('/v1/sessions/{id}/observe', { params: { path: { id } } }))
    : take(api.POST('/v1/sessions/{id}/watch', { params: { path: { id } } }));
export const followWatch = (
  id: string,
  from: { readonly after?: number; readonly tail?: boolean; readonly waitMs: number },
  signal: AbortSignal,
) => take(api.GET('/v1/session-watches/{id}', { params: { path: { id }, query: from }, signal }));
export const leaveWatch = (id: string) =>
  take(api.POST('/v1/session-watches/{id}/leave', { params: { path: { id } } }));

export const messageSession = (id: string, words: string) =>
  take(api.POST('/v1/sessions/{id}/message', { params: { path: { id } }, body: { words } }));
export const pauseSession = (id: string, because: string) =>
  take(api.POST('/v1/sessions/{id}/pause', { params: { path: { id } }, body: { because } }));
export const resumeSession = (id: string, because: string) =>
  take(api.POST('/v1/sessions/{id}/resume', { params: { path: { id } }, body: { because } }));

export const lockList = (filter: Filter = {}) =>
  pagesOf(
    ['locks', filter],
    (cursor, signal) =>
      take(api.GET('/v1/locks', { params: { query: asQuery<'locks.list'>({ ...filter, cursor }) }, signal })),
    5_000,
  );
export const placeLock = (body: {
  scope: 'identity' | 'account' | 'system' | 'everything';
  subject?: string;
  reason: string;
  endsAt?: string;
}) => take(api.POST('/v1/locks', { body }));
export const liftLock = (id: string, because: string) =>
  take(api.POST('/v1/locks/{id}/lift', { params: { path: { id } }, body: { because } }));
