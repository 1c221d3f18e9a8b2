import type { Module } from '#spine/operations/index.ts';
import type { KeyEdges } from './edges.ts';
import { events } from './events.ts';
import { moveDataKeys, moveLeftBehind } from './move-data-keys.ts';
import { changeOperations } from './operations-change.ts';
import { sealOperations } from './operations.ts';
import { policies } from './policies.ts';
import { verifyNightly } from './verify-vault.ts';

export { recordLoss } from './record-loss.ts';

/** The keys of the vault and of the records: sealing, opening, changing the root key, and proving that all of it is right. */
export const keysModule = (edges: KeyEdges): Module => ({
  name: 'keys',
  operations: [...sealOperations(edges), ...changeOperations(edges)],
  jobs: [moveDataKeys(edges), moveLeftBehind(edges), verifyNightly(edges)],
  events,
  policies,
});
