import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import type { Item } from './shapes/of-contract.ts';

export type Issuer = Item<'workloads.issuers'>;
export type Binding = Item<'workloads.bindings'>;
export type Authority = Item<'workloads.authorities'>;
export type CertificateRule = Item<'workloads.certificateRules'>;
export type WorkloadHost = Item<'workloads.hosts'>;

const whole = async <T>(answer: Promise<{ readonly items: readonly T[] }>) => ({
  items: [...(await answer).items],
  nextCursor: null,
});
export const issuerList = () =>
  pagesOf(['workloads', 'issuers'], (_c, signal) => whole(take(api.GET('/v1/workloads/issuers', { signal }))));
export const bindingList = () =>
  pagesOf(['workloads', 'bindings'], (_c, signal) => whole(take(api.GET('/v1/workloads/bindings', { signal }))));
export const authorityList = () =>
  pagesOf(['workloads', 'authorities'], (_c, signal) => whole(take(api.GET('/v1/workloads/authorities', { signal }))));
export const certificateRuleList = () =>
  pagesOf(['workloads', 'certificates'], (_c, signal) =>
    whole(take(api.GET('/v1/workloads/certificates', { signal }))),
  );
export const hostList = () =>
  pagesOf(['workloads', 'hosts'], (_c, signal) => whole(take(api.GET('/v1/workloads/hosts', { signal }))));

/** What every binding gives: to whom, within which scopes, for how long. */
export interface Given {
  identityId: string;
  scopes: string[];
  seconds: number;
}
const at = (id: string) => ({ params: { path: { id } } });
export const addIssuer = (body: { name: string; issuer: string; keysUrl: string; audience: string }) =>
  take(api.POST('/v1/workloads/issuers', { body }));
export const removeIssuer = (id: string) => take(api.DELETE('/v1/workloads/issuers/{id}', at(id)));
export const bindClaims = (body: Given & { issuerId: string; claims: Record<string, string> }) =>
  take(api.POST('/v1/workloads/bindings', { body }));
export const unbindClaims = (id: string) => take(api.DELETE('/v1/workloads/bindings/{id}', at(id)));
export const addAuthority = (body: { name: string; certificate: string }) =>
  take(api.POST('/v1/workloads/authorities', { body }));
export const removeAuthority = (id: string) => take(api.DELETE('/v1/workloads/authorities/{id}', at(id)));
export const uploadLists = (id: string, lists: string) =>
  take(api.PUT('/v1/workloads/authorities/{id}/revocation-lists', { ...at(id), body: { lists } }));
export const bindCertificate = (body: Given & { authorityId: string; kind: CertificateRule['kind']; value: string }) =>
  take(api.POST('/v1/workloads/certificates', { body }));
export const unbindCertificate = (id: string) => take(api.DELETE('/v1/workloads/certificates/{id}', at(id)));
export const bindHost = (body: Given & { systemId: string }) => take(api.POST('/v1/workloads/hosts', { body }));
export const unbindHost = (id: string) => take(api.DELETE('/v1/workloads/hosts/{id}', at(id)));
