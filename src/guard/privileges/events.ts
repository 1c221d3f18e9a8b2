import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const at = { systemId: pub(z.uuid()) };
const finding = { findingId: pub(z.uuid()), systemId: pub(z.uuid()), kind: pub(z.string()) };

export const lookAsked = defineEvent('privilege.look_asked', { ...at, lookId: pub(z.uuid()) });
export const looked = defineEvent('privilege.looked', {
  ...at,
  lookId: pub(z.uuid()),
  seen: pub(z.int()),
  opened: pub(z.int()),
  gone: pub(z.int()),
});
export const lookFailed = defineEvent('privilege.look_failed', {
  ...at,
  lookId: pub(z.uuid()),
  problem: pub(z.string()),
});
/** A path that was not there before, or is there again: critical and high ones by themselves, the rest by number. */
export const privilegeFound = defineEvent('privilege.found', {
  ...finding,
  severity: pub(z.string()),
  account: pub(z.string()),
});
export const looksScheduled = defineEvent('privilege.looks_scheduled', { ...at, everySeconds: pub(z.int()) });
export const privilegeOwned = defineEvent('privilege.owned', {
  ...finding,
  ownerId: pub(z.uuid()),
  because: personal(z.string()),
});
export const privilegeAccepted = defineEvent('privilege.accepted', {
  ...finding,
  until: pub(z.iso.datetime()),
  because: personal(z.string()),
});
export const privilegeReopened = defineEvent('privilege.reopened', { ...finding });
export const privilegeVaulted = defineEvent('privilege.vaulted', { ...finding, rotationId: pub(z.uuid()) });
export const privilegeTimed = defineEvent('privilege.timed', {
  ...finding,
  grantId: pub(z.uuid()),
  until: pub(z.iso.datetime()),
});
export const privilegeRemovalAsked = defineEvent('privilege.removal_asked', {
  ...finding,
  because: personal(z.string()),
});
export const privilegeRemoved = defineEvent('privilege.removed', { ...finding, changed: pub(z.boolean()) });
export const privilegeRemovalFailed = defineEvent('privilege.removal_failed', { ...finding, problem: pub(z.string()) });
/** Somebody used a privileged account and no session of Reeve explains it. */
export const usedOutside = defineEvent('privilege.used_outside', {
  ...at,
  account: pub(z.string()),
  at: pub(z.iso.datetime()),
  how: pub(z.string()),
});
export const sweepAsked = defineEvent('privilege.sweep_asked', {
  sweepId: pub(z.uuid()),
  ranges: pub(z.array(z.string())),
  addresses: pub(z.int()),
});
export const swept = defineEvent('privilege.swept', {
  sweepId: pub(z.uuid()),
  found: pub(z.int()),
  unknown: pub(z.int()),
});

export const events = [
  lookAsked,
  looked,
  lookFailed,
  privilegeFound,
  looksScheduled,
  privilegeOwned,
  privilegeAccepted,
  privilegeReopened,
  privilegeVaulted,
  privilegeTimed,
  privilegeRemovalAsked,
  privilegeRemoved,
  privilegeRemovalFailed,
  usedOutside,
  sweepAsked,
  swept,
];
