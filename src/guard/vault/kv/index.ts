export { holdsNothing, type Fetched, type TokenHolder } from './fetch-values.ts';
export type { KvData, KvSettings, KvVersion } from './model.ts';
export { openKv, type Kv, type KvHistory } from './open-kv.ts';
