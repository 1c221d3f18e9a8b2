import { api, take } from './client.ts';
import { pagesOf } from './pages.ts';
import type { Item } from './shapes/of-contract.ts';

export type Kit = Item<'kits.list'>;

export const kitList = () =>
  pagesOf(['kits'], async (_cursor, signal) => ({
    items: [...(await take(api.GET('/v1/vault/kits', { signal }))).items],
    nextCursor: null,
  }));
export const makeKit = (body: {
  name: string;
  secretIds: string[];
  holderIds: string[];
  threshold: number;
  drillEveryDays: number;
}) => take(api.POST('/v1/vault/kits', { body }));

const at = (id: string) => ({ params: { path: { id } } });
export const takeEnvelope = (id: string) => take(api.POST('/v1/vault/kits/{id}/envelope', at(id)));
export const takeKitShare = (id: string) => take(api.POST('/v1/vault/kits/{id}/share', at(id)));
export const recordDrill = (id: string, body: { code?: string; note: string }) =>
  take(api.POST('/v1/vault/kits/{id}/drills', { ...at(id), body }));
export const retireKit = (id: string) => take(api.DELETE('/v1/vault/kits/{id}', at(id)));
