import { queryOptions } from '@tanstack/react-query';
import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import { asQuery } from './query.ts';
import type { paths } from './schema.gen.ts';
import type { Item, Out } from './shapes/of-contract.ts';

export type Role = Item<'graph.listRoles'>;
export type RoleVersion = Item<'roleVersions.list'>;
export type ShownVersion = Out<'roleVersions.show'>;
export type Impact = ShownVersion['impact'];
export type Whom = ShownVersion['whom'];
export type DraftBody = NonNullable<
  paths['/v1/roles/{role}/draft']['post']['requestBody']
>['content']['application/json'];

const SOON_MS = 700;

export const roleList = () =>
  pagesOf(['roles', 'all'], (cursor, signal) =>
    take(api.GET('/v1/roles', { params: { query: asQuery<'graph.listRoles'>({ cursor }) }, signal })),
  );
export const roleQuery = (role: string) =>
  queryOptions({
    queryKey: ['roles', 'one', role],
    queryFn: ({ signal }) => take(api.GET('/v1/roles/{role}', { params: { path: { role } }, signal })),
  });
/** Who has it by rule, who is excepted and what it excludes, as it is in force. */
export const whomQuery = (role: string) =>
  queryOptions({
    queryKey: ['roles', 'whom', role],
    queryFn: ({ signal }) => take(api.GET('/v1/roles/{role}/whom', { params: { path: { role } }, signal })),
  });
export const createRole = (name: string) => take(api.POST('/v1/roles', { body: { name } }));
export const holderList = (role: string) =>
  pagesOf(['roles', 'holders', role], (cursor, signal) =>
    take(
      api.GET('/v1/roles/{role}/holders', {
        params: { path: { role }, query: asQuery<'roleVersions.holders'>({ cursor, limit: 50 }) },
        signal,
      }),
    ),
  );
export const versionList = (role: string) =>
  pagesOf(['roles', 'versions', role], (cursor, signal) =>
    take(
      api.GET('/v1/roles/{role}/versions', {
        params: { path: { role }, query: asQuery<'roleVersions.list'>({ cursor }) },
        signal,
      }),
    ),
  );
export const awaitingList = () =>
  pagesOf(['roles', 'awaiting'], (cursor, signal) =>
    take(
      api.GET('/v1/role-versions', {
        params: { query: asQuery<'roleVersions.listAwaiting'>({ state: 'awaiting', cursor }) },
        signal,
      }),
    ),
  );

const isUnderWay = (version: ShownVersion | undefined): boolean =>
  version?.impact.state === 'waiting' || version?.impact.state === 'running';

/** A version with what publishing it would do; asked again while that is being found out. */
export const versionQuery = (id: string) =>
  queryOptions({
    queryKey: ['roles', 'version', id],
    queryFn: ({ signal }) => take(api.GET('/v1/role-versions/{id}', { params: { path: { id } }, signal })),
    refetchInterval: (query) => (isUnderWay(query.state.data) ? SOON_MS : false),
  });
export const peopleList = (id: string, asOf: string | null) =>
  pagesOf(['roles', 'people', id, asOf ?? ''], (cursor, signal) =>
    take(
      api.GET('/v1/role-versions/{id}/people', {
        params: { path: { id }, query: asQuery<'roleVersions.people'>({ cursor, limit: 20 }) },
        signal,
      }),
    ),
  );
export const draftRole = (role: string, body: DraftBody) =>
  take(api.POST('/v1/roles/{role}/draft', { params: { path: { role } }, body }));
export const lookAtVersion = (id: string) =>
  take(api.POST('/v1/role-versions/{id}/look', { params: { path: { id } } }));
export const askApproval = (id: string) => take(api.POST('/v1/role-versions/{id}/ask', { params: { path: { id } } }));
export const publishVersion = (id: string, because: string, acceptLimits: boolean) =>
  take(api.POST('/v1/role-versions/{id}/publish', { params: { path: { id } }, body: { because, acceptLimits } }));
export const returnVersion = (id: string, because: string) =>
  take(api.POST('/v1/role-versions/{id}/return', { params: { path: { id } }, body: { because } }));
export const withdrawVersion = (id: string, because: string) =>
  take(api.POST('/v1/role-versions/{id}/withdraw', { params: { path: { id } }, body: { because } }));

export type Improvement = Item<'roleImprovements.list'>;

/** What could be better about roles there are. */
export const improvementsQuery = () =>
  queryOptions({
    queryKey: ['roles', 'improvements'],
    queryFn: ({ signal }) => take(api.GET('/v1/role-improvements', { signal })),
    refetchInterval: (query) => {
      const state = query.state.data?.run?.state;
      return state === 'waiting' || state === 'running' ? SOON_MS : false;
    },
  });
export const startImprovements = () => take(api.POST('/v1/role-improvements', { body: { days: 90 } }));
export const cancelImprovements = (id: string) =>
  take(api.POST('/v1/role-improvements/{id}/cancel', { params: { path: { id } } }));

/** Drafts the versions an improvement asks for. */
export const draftImprovement = ({ role, kind, other }: Improvement) =>
  take(
    api.POST('/v1/roles/{role}/improve', {
      params: { path: { role: role.id } },
      body: { kind, ...(other === null ? {} : { other: other.id }) },
    }),
  );
