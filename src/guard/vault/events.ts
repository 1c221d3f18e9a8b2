import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const secret = { secretId: pub(z.uuid()), name: pub(z.string()) };
const version = { ...secret, version: pub(z.int()) };
const versions = { ...secret, versions: pub(z.array(z.int())) };

export const secretCreated = defineEvent('secret.created', {
  ...secret,
  kind: pub(z.string()),
  purpose: pub(z.string()),
});
export const secretSealed = defineEvent('secret.version_sealed', { ...version, state: pub(z.string()) });
export const secretPromoted = defineEvent('secret.version_promoted', version);
export const secretAbandoned = defineEvent('secret.version_abandoned', { ...version, because: pub(z.string()) });
export const secretRemoved = defineEvent('secret.removed', secret);
/** Reeve used the value itself: a gateway logged in, a connector connected. Nobody saw it. */
export const secretUsed = defineEvent('secret.used', {
  ...version,
  purpose: pub(z.string()),
  sessionId: pub(z.uuid().optional()),
});
/** A person saw the value. */
export const checkoutStarted = defineEvent('checkout.started', {
  ...version,
  checkoutId: pub(z.uuid()),
  identityId: pub(z.uuid()),
  accountId: pub(z.uuid().optional()),
  reason: personal(z.string().optional()),
  ticket: pub(z.string().optional()),
  /** The second person who agreed to it. */
  approvedBy: pub(z.uuid().optional()),
  endsAt: pub(z.iso.datetime()),
});
/** The value is back. It names an account where what was seen is now to be rotated. */
export const checkoutEnded = defineEvent('checkout.ended', {
  ...version,
  checkoutId: pub(z.uuid()),
  identityId: pub(z.uuid()),
  accountId: pub(z.uuid().optional()),
  because: pub(z.string()),
});

/** A program or person took the value over the API, as a folder lets them. */
export const secretFetched = defineEvent('secret.fetched', version);
/** A value was written by path; it is the current one at once. */
export const secretWritten = defineEvent('secret.written', version);
export const secretVersionsDeleted = defineEvent('secret.versions_deleted', versions);
export const secretVersionsRestored = defineEvent('secret.versions_restored', versions);
/** Their keys and values are gone for good. */
export const secretVersionsDestroyed = defineEvent('secret.versions_destroyed', versions);
export const secretSettingsChanged = defineEvent('secret.settings_changed', {
  ...secret,
  maxVersions: pub(z.int()),
  casRequired: pub(z.boolean()),
  deleteAfterSeconds: pub(z.int().nullable()),
  labels: pub(z.array(z.string())),
});
export const folderCreated = defineEvent('secret_folder.created', {
  folderId: pub(z.uuid()),
  path: pub(z.string()),
  ownerId: pub(z.uuid()),
  secrets: pub(z.int()),
});
export const folderRemoved = defineEvent('secret_folder.removed', { folderId: pub(z.uuid()), path: pub(z.string()) });

export const events = [
  secretCreated,
  secretSealed,
  secretPromoted,
  secretAbandoned,
  secretRemoved,
  secretUsed,
  secretFetched,
  secretWritten,
  secretVersionsDeleted,
  secretVersionsRestored,
  secretVersionsDestroyed,
  secretSettingsChanged,
  folderCreated,
  folderRemoved,
  checkoutStarted,
  checkoutEnded,
];
