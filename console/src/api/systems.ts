import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';

type Filter = Readonly<Record<string, string | boolean | undefined>>;

export const systemList = (filter: Filter = {}) =>
  pagesOf(['systems', filter], (cursor, signal) =>
    take(api.GET('/v1/systems', { params: { query: asQuery<'graph.listSystems'>({ ...filter, cursor }) }, signal })),
  );
export const systemQuery = (system: string) =>
  queryOptions({
    queryKey: ['systems', 'one', system],
    queryFn: ({ signal }) => take(api.GET('/v1/systems/{system}', { params: { path: { system } }, signal })),
    retry: false,
  });
export const readSystem = (id: string) => take(api.POST('/v1/systems/{id}/read', { params: { path: { id } } }));
/** Says what its API is like; refused with the place of every mistake. */
export const describeSystem = (id: string, description: string) =>
  take(api.POST('/v1/systems/{id}/settings', { params: { path: { id } }, body: { description } }));
/** The newest readings, of all systems or of one. */
export const readingList = (systemId?: string) =>
  pagesOf(
    ['systems', 'readings', systemId],
    (cursor, signal) =>
      take(
        api.GET('/v1/discovery/runs', { params: { query: asQuery<'discovery.runs'>({ systemId, cursor }) }, signal }),
      ),
    5_000,
  );
export const acceptReading = (id: string, because: string) =>
  take(api.POST('/v1/discovery/runs/{id}/accept', { params: { path: { id } }, body: { because } }));
export const scheduleQuery = (id: string) =>
  queryOptions({
    queryKey: ['systems', 'schedule', id],
    queryFn: ({ signal }) => take(api.GET('/v1/systems/{id}/schedule', { params: { path: { id } }, signal })),
    retry: false,
  });
/** The times in which a system is not written to. */
export const maintenanceQuery = (systemId: string) =>
  queryOptions({
    queryKey: ['systems', 'maintenance', systemId],
    queryFn: ({ signal }) => take(api.GET('/v1/maintenance', { params: { query: { systemId } }, signal })),
    retry: false,
  });
/** What grants want of a system, newest first. */
export const writeList = (systemId: string) =>
  pagesOf(
    ['systems', 'writes', systemId],
    (cursor, signal) =>
      take(
        api.GET('/v1/provisioning', { params: { query: asQuery<'provisioning.list'>({ systemId, cursor }) }, signal }),
      ),
    5_000,
  );
export const tryWriteAgain = (id: string) =>
  take(api.POST('/v1/provisioning/{id}/retry', { params: { path: { id } } }));
/** Says that it was done by hand, and what shows it. */
export const completeWrite = (id: string, proof: string) =>
  take(api.POST('/v1/provisioning/{id}/complete', { params: { path: { id } }, body: { proof } }));
