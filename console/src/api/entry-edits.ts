import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import type { paths } from './schema.gen.ts';

type Body<P> = P extends { requestBody?: { content: { 'application/json': infer T } } } ? T : never;

/** What people say of an entry; what is left out stays. */
export type Sayings = Body<paths['/v1/entitlements/{id}/describe']['post']>;
/** What somebody must have before asking; replaces what was said. */
export interface Prerequisites {
  readonly needs: readonly string[];
  readonly facts: readonly { readonly attribute: string; readonly value: string | null }[];
}

export const describeEntry = (id: string, body: Sayings) =>
  take(api.POST('/v1/entitlements/{id}/describe', { params: { path: { id } }, body }));
export const setPrerequisites = (id: string, { needs, facts }: Prerequisites) =>
  take(
    api.PUT('/v1/entitlements/{id}/prerequisites', {
      params: { path: { id } },
      body: { needs: [...needs], facts: facts.map((fact) => ({ ...fact })) },
    }),
  );
/** Who sees to the entries of which systems and tags. */
export const stewardsQuery = queryOptions({
  queryKey: ['catalogue', 'stewards'],
  queryFn: ({ signal }) => take(api.GET('/v1/stewards', { signal })),
  retry: false,
});
export const nameSteward = (identity: string, of: { readonly system: string } | { readonly tag: string }) =>
  take(api.POST('/v1/stewards', { body: { identity, ...of } }));
export const releaseSteward = (id: string) => take(api.DELETE('/v1/stewards/{id}', { params: { path: { id } } }));
