import { api, take } from './client.ts';
import type { Out } from './shapes/of-contract.ts';

/** What making one of two identities, or two of one, would do. */
export type MergePlan = Out<'identities.mergePreview'>;

export const previewMerge = (identity: string, into: string) =>
  take(api.POST('/v1/identities/{identity}/merge/preview', { params: { path: { identity } }, body: { into } }));
export const merge = (identity: string, into: string, because: string) =>
  take(api.POST('/v1/identities/{identity}/merge', { params: { path: { identity } }, body: { into, because } }));
export const previewUnmerge = (identity: string) =>
  take(api.POST('/v1/identities/{identity}/unmerge/preview', { params: { path: { identity } } }));
export const unmerge = (identity: string, because: string) =>
  take(api.POST('/v1/identities/{identity}/unmerge', { params: { path: { identity } }, body: { because } }));
