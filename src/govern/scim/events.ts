import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

const id = z.uuid();
const client = { clientId: pub(id), sourceId: pub(id), name: pub(z.string()) };

export const scimClientCreated = defineEvent('scim_client.created', {
  ...client,
  identityId: pub(id),
  scopes: pub(z.array(z.string())),
  tokenEndsAt: pub(z.string()),
});
/** Another token; what was live before ends then. */
export const scimClientRotated = defineEvent('scim_client.rotated', {
  ...client,
  tokenEndsAt: pub(z.string()),
  othersEndAt: pub(z.string()),
});
export const scimClientRemoved = defineEvent('scim_client.removed', client);

const resource = { sourceId: pub(id), resourceId: pub(id) };
const what = z.enum(['created', 'changed', 'deleted', 'held']);

/** A directory pushed a user. `changed` are names of attributes, never their values. */
export const scimUserPushed = defineEvent('scim.user_pushed', {
  ...resource,
  what: pub(what),
  identityId: pub(id.optional()),
  changed: pub(z.array(z.string())),
});
/** A directory pushed a group; `affected` people are in other groups by it. */
export const scimGroupPushed = defineEvent('scim.group_pushed', {
  ...resource,
  what: pub(what),
  changed: pub(z.array(z.string())),
  affected: pub(z.number().int()),
});
/** What was held is so now, because a person accepted it. */
export const scimHeldApplied = defineEvent('scim.held_applied', {
  sourceId: pub(id),
  runId: pub(id),
  resources: pub(z.number().int()),
});

export const events = [
  scimClientCreated,
  scimClientRotated,
  scimClientRemoved,
  scimUserPushed,
  scimGroupPushed,
  scimHeldApplied,
];
