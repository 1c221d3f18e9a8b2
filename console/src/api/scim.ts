import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

/** Directories that may push people over SCIM. */
export const scimClientList = () =>
  pagesOf(['scim-clients'], (cursor, signal) =>
    take(api.GET('/v1/scim/clients', { params: { query: asQuery<'scimClients.list'>({ cursor }) }, signal })),
  );
export const letIn = (body: { name: string; usernameFrom: 'local_part' | 'whole' | 'none'; tokenEndsAt: string }) =>
  take(api.POST('/v1/scim/clients', { body }));
export const newToken = (id: string, body: { tokenEndsAt: string; overlapHours: number }) =>
  take(api.POST('/v1/scim/clients/{id}/token', { params: { path: { id } }, body }));
export const shutOut = (id: string) => take(api.DELETE('/v1/scim/clients/{id}', { params: { path: { id } } }));
