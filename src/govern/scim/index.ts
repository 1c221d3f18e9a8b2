import { feedApplied, feedDeclined, sourceCaseResolved } from '#govern/lifecycle/index.ts';
import { defineReaction, type Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { operations } from './operations.ts';
import { policies } from './policies.ts';
import { applyHeld, dropHeld } from './resources/apply-held.ts';
import { matchAgain } from './resources/match-again.ts';
import { scimClientType } from './resource-types.ts';
export { runBulk } from './bulk/run-bulk.ts';
export { createClientAuthenticator, type ProvenClient } from './clients/authenticate-client.ts';
export { openPusher } from './clients/store.ts';
export { errorBody, noResource, refusal, scimErrorOf, type ScimError } from './errors.ts';
export { etagOf, type ResourceRow, type Scope, type Written } from './model.ts';
export { namesVersion } from './resources/condition.ts';
export { locationOf, renderRow, type Rendering } from './resources/render.ts';
export { searchResources, type Search } from './resources/search.ts';
export { findRow } from './resources/store.ts';
export { writeResource, type Change } from './resources/write-resource.ts';
export {
  findKindDocument,
  findSchemaDocument,
  kindDocuments,
  LIMITS,
  providerConfig,
  schemaDocuments,
} from './schema/discovery.ts';
export { isObject, type JsonObject } from './schema/json.ts';
export { KINDS, type ResourceKind } from './schema/resource-kind.ts';
export { readProjection } from './schema/shape-resource.ts';

/** Directories that push people and groups over SCIM 2.0; the protocol's own shapes are in surfaces/scim. */
export const scimModule: Module = {
  name: 'scim',
  operations,
  events,
  policies,
  resources: [scimClientType],
  actions: [
    { action: 'scim.query', resources: ['ScimClient'] },
    { action: 'scim.push', resources: ['ScimClient'] },
    { action: 'scim.apply' },
  ],
  reactions: [
    defineReaction({ on: feedApplied, name: 'scim.apply_held', run: applyHeld }),
    defineReaction({ on: feedApplied, name: 'scim.match_newcomers', run: matchAgain }),
    defineReaction({ on: sourceCaseResolved, name: 'scim.match_resolved', run: matchAgain }),
    defineReaction({ on: feedDeclined, name: 'scim.drop_held', run: dropHeld }),
  ],
};
