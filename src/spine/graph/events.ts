import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const id = z.uuid();
const maybeId = z.uuid().optional();
const when = z.iso.datetime();
const facts = z.record(z.string(), z.unknown());

/**
 * A reason of an event. Why Reeve itself did something is public. What a person typed may tell of people: it is
 * personal, in `words`, and the public reason says how it came about instead.
 */
export const reasonOf = (reason: string, said: string | undefined): { reason: string; words: string | undefined } =>
  said === undefined ? { reason, words: undefined } : { reason: said, words: reason };
const words = personal(z.string().optional());

export const identityCreated = defineEvent('identity.created', {
  identityId: pub(id),
  kind: pub(z.string()),
  validFrom: pub(when),
  facts: personal(facts),
});
export const identityChanged = defineEvent('identity.changed', {
  identityId: pub(id),
  validFrom: pub(when),
  changed: pub(z.array(z.string())),
  before: personal(facts),
  after: personal(facts),
});
/** One a batch of a feed, never one a person: the rows and their history are in the graph. */
export const identityImported = defineEvent('identity.imported', {
  origin: pub(z.string()),
  created: pub(z.array(id)),
  changed: pub(z.array(z.object({ identityId: id, changed: z.array(z.string()) }))),
  unchanged: pub(z.number().int()),
});

export const systemRegistered = defineEvent('system.registered', {
  systemId: pub(id),
  name: pub(z.string()),
  kind: pub(z.string()),
});
export const systemChanged = defineEvent('system.changed', { systemId: pub(id), changed: pub(z.array(z.string())) });
export const systemPinned = defineEvent('system.pinned', { systemId: pub(id), pinned: pub(z.array(z.string())) });
export const systemRead = defineEvent('system.read', {
  systemId: pub(id),
  trusted: pub(z.boolean()),
  baseline: pub(z.boolean()),
  counts: pub(z.record(z.string(), z.number().int())),
  /** True where only what changed since a mark was read. */
  changes: pub(z.boolean().optional()),
});

const accountBatch = { systemId: pub(id), accountIds: pub(z.array(id)) };
export const accountAppeared = defineEvent('account.appeared', accountBatch);
export const accountGone = defineEvent('account.gone', accountBatch);
/** One account was read afresh on its target: the proof behind a change there. */
export const accountRead = defineEvent('account.read', {
  systemId: pub(id),
  accountId: pub(maybeId),
  present: pub(z.boolean()),
  holdings: pub(z.array(id)),
});
export const accountLinked = defineEvent('account.linked', {
  accountId: pub(id),
  systemId: pub(id),
  identityId: pub(id),
  because: pub(z.string()),
  words,
});
export const accountUnlinked = defineEvent('account.unlinked', {
  accountId: pub(id),
  systemId: pub(id),
  identityId: pub(id),
  because: pub(z.string()),
  words,
});
export const accountMarked = defineEvent('account.marked', {
  accountId: pub(id),
  systemId: pub(id),
  privileged: pub(z.boolean()),
  source: pub(z.string()),
  reasons: pub(z.array(z.string())),
});

const holdingBatch = {
  systemId: pub(id),
  holdings: pub(z.array(z.object({ accountId: id, entitlementId: id }))),
};
export const holdingAppeared = defineEvent('holding.appeared', holdingBatch);
export const holdingGone = defineEvent('holding.gone', holdingBatch);

export const entitlementPut = defineEvent('entitlement.put', {
  entitlementId: pub(id),
  systemId: pub(id),
  changed: pub(z.array(z.string())),
});
/** Things on a target have other names than before and are the same: by what the target keeps, or because somebody said so. */
export const entitlementsRenamed = defineEvent('entitlements.renamed', {
  systemId: pub(id),
  renamed: pub(z.array(z.object({ entitlementId: id, from: z.string(), to: z.string() }))),
});
/** Entitlements went at the source while something here still names them. */
export const entitlementsGone = defineEvent('entitlements.gone', {
  systemId: pub(id),
  entitlementIds: pub(z.array(id)),
});
/** What somebody must have before asking was said anew. */
export const entitlementPrerequisitesSet = defineEvent('entitlement.prerequisites_set', {
  entitlementId: pub(id),
  needs: pub(z.array(id)),
  facts: pub(z.array(z.object({ attribute: z.string(), value: z.string().nullable() }))),
});
export const entitlementNested = defineEvent('entitlement.nested', {
  parentId: pub(id),
  childId: pub(id),
  nested: pub(z.boolean()),
});

export const roleCreated = defineEvent('role.created', { roleId: pub(id), name: pub(z.string()) });
export const roleRetired = defineEvent('role.retired', { roleId: pub(id), name: pub(z.string()) });
export const roleChanged = defineEvent('role.changed', {
  roleId: pub(id),
  changed: pub(z.array(z.string())),
  added: pub(z.array(id)),
  removed: pub(z.array(id)),
});

const grantFields = {
  grantId: pub(id),
  identityId: pub(id),
  entitlementId: pub(maybeId),
  roleId: pub(maybeId),
  systemId: pub(maybeId),
  reason: pub(z.string()),
  words,
};
/** A grant was made that begins later; `grant.started` follows when its time comes. */
export const grantPlanned = defineEvent('grant.planned', { ...grantFields, validFrom: pub(when) });
export const grantStarted = defineEvent('grant.started', grantFields);
/** Several grants of one person started together, for one kind of cause: what `grant.started` says of one, without each one's reason. */
export const grantsStarted = defineEvent('grants.started', {
  identityId: pub(id),
  origin: pub(z.string()),
  grants: pub(z.array(z.object({ grantId: id, originId: maybeId, entitlementId: maybeId, roleId: maybeId }))),
});
export const grantShortened = defineEvent('grant.shortened', { ...grantFields, validTo: pub(when) });
export const grantEnded = defineEvent('grant.ended', grantFields);
/**
 * Whether a grant ended because its holder left: what follows for a person from `identity.left` need not follow from each
 * grant. Nobody's own words are taken for it.
 */
export const endedByLeaving = (data: { readonly reason: string; readonly words?: string | undefined }): boolean =>
  data.reason === 'left' && data.words === undefined;
/** What sessions that rest on a grant have to meet was added to: at its start, or because things became riskier. */
export const grantControlled = defineEvent('grant.controlled', {
  grantId: pub(id),
  identityId: pub(id),
  stepUpSeconds: pub(z.int().optional()),
  sessionSeconds: pub(z.int().optional()),
  oneSession: pub(z.boolean().optional()),
  idleSeconds: pub(z.int().optional()),
  observerSeconds: pub(z.int().optional()),
  because: pub(z.string()),
});

export const graphEvents = [
  identityCreated,
  identityChanged,
  identityImported,
  systemRegistered,
  systemChanged,
  systemPinned,
  systemRead,
  accountAppeared,
  accountGone,
  accountRead,
  accountLinked,
  accountUnlinked,
  accountMarked,
  holdingAppeared,
  holdingGone,
  entitlementPut,
  entitlementsRenamed,
  entitlementsGone,
  entitlementPrerequisitesSet,
  entitlementNested,
  roleCreated,
  roleChanged,
  roleRetired,
  grantPlanned,
  grantStarted,
  grantsStarted,
  grantShortened,
  grantEnded,
  grantControlled,
];
