import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';
import type { Item, Out } from './shapes/of-contract.ts';

export type RoleParameters = Out<'roleParameters.show'>;
export type RoleParameter = RoleParameters['parameters'][number];
export type RoleBinding = Item<'roleParameters.bindings'>;

/** What has to be said to have a role, and what its patterns make of it. */
export const parametersQuery = (role: string) =>
  queryOptions({
    queryKey: ['roles', 'parameters', role],
    queryFn: ({ signal }) => take(api.GET('/v1/roles/{role}/parameters', { params: { path: { role } }, signal })),
  });
export const bindingList = (role: string) =>
  pagesOf(['roles', 'bindings', role], (cursor, signal) =>
    take(
      api.GET('/v1/roles/{role}/bindings', {
        params: { path: { role }, query: asQuery<'roleParameters.bindings'>({ cursor, limit: 50 }) },
        signal,
      }),
    ),
  );
export const setParameters = (role: string, parameters: readonly { name: string; allowedValues?: string[] }[]) =>
  take(api.POST('/v1/roles/{role}/parameters', { params: { path: { role } }, body: { parameters: [...parameters] } }));
export const bindRole = (role: string, values: Readonly<Record<string, string>>) =>
  take(api.POST('/v1/roles/{role}/bindings', { params: { path: { role } }, body: { values: { ...values } } }));
