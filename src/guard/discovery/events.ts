import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const run = { runId: pub(z.uuid()), systemId: pub(z.uuid()) };

export const systemConnected = defineEvent('system.connected', { systemId: pub(z.uuid()), name: pub(z.string()) });
export const systemScheduled = defineEvent('system.scheduled', {
  systemId: pub(z.uuid()),
  readEverySeconds: pub(z.int()),
  readChangesEverySeconds: pub(z.int()),
  maxLossPercent: pub(z.int()),
  maxLossFree: pub(z.int()),
});
export const readingAsked = defineEvent('discovery.asked', run);
export const readingFailed = defineEvent('discovery.failed', { ...run, problem: pub(z.string()) });
/** A reading would have taken too much away: it added what is new, and the rest waits for a named person. */
export const readingHeld = defineEvent('discovery.held', { ...run, because: pub(z.string()) });
export const readingAccepted = defineEvent('discovery.accepted', { ...run, because: pub(z.string()) });
export const findingsTold = defineEvent('finding.told', {
  systemId: pub(z.uuid()),
  opened: pub(z.int()),
  gone: pub(z.int()),
});

const system = { systemId: pub(z.uuid()) };
const finding = { findingId: pub(z.uuid()), systemId: pub(z.uuid()), kind: pub(z.string()) };

export const lookAsked = defineEvent('discovery.look_asked', { ...system, lookId: pub(z.uuid()) });
export const looked = defineEvent('discovery.looked', {
  ...system,
  lookId: pub(z.uuid()),
  /** Everything was looked at, also what had not changed since. */
  whole: pub(z.boolean()),
  seen: pub(z.int()),
  opened: pub(z.int()),
  gone: pub(z.int()),
});
export const lookFailed = defineEvent('discovery.look_failed', {
  ...system,
  lookId: pub(z.uuid()),
  problem: pub(z.string()),
});
/** A path that was not there before, or is there again: critical and high ones by themselves, the rest by number. */
export const findingOpened = defineEvent('finding.opened', {
  ...finding,
  severity: pub(z.string()),
  account: pub(z.string()),
});
export const looksScheduled = defineEvent('discovery.looks_scheduled', {
  ...system,
  everySeconds: pub(z.int()),
  wholeEverySeconds: pub(z.int()),
});
export const findingOwned = defineEvent('finding.owned', {
  ...finding,
  ownerId: pub(z.uuid()),
  because: personal(z.string()),
});
export const findingAccepted = defineEvent('finding.accepted', {
  ...finding,
  until: pub(z.iso.datetime()),
  because: personal(z.string()),
});
export const findingReopened = defineEvent('finding.reopened', { ...finding });
export const findingVaulted = defineEvent('finding.vaulted', { ...finding, rotationId: pub(z.uuid()) });
export const findingTimed = defineEvent('finding.timed', {
  ...finding,
  grantId: pub(z.uuid()),
  until: pub(z.iso.datetime()),
});
export const findingRemovalAsked = defineEvent('finding.removal_asked', {
  ...finding,
  because: personal(z.string()),
});
export const findingRemoved = defineEvent('finding.removed', { ...finding, changed: pub(z.boolean()) });
export const findingRemovalFailed = defineEvent('finding.removal_failed', { ...finding, problem: pub(z.string()) });
/** Somebody used a privileged account and no session of Reeve explains it. */
export const usedOutside = defineEvent('discovery.used_outside', {
  ...system,
  account: pub(z.string()),
  at: pub(z.iso.datetime()),
  how: pub(z.string()),
});
export const sweepAsked = defineEvent('discovery.sweep_asked', {
  sweepId: pub(z.uuid()),
  ranges: pub(z.array(z.string())),
  addresses: pub(z.int()),
});
export const swept = defineEvent('discovery.swept', {
  sweepId: pub(z.uuid()),
  found: pub(z.int()),
  unknown: pub(z.int()),
});

export const events = [
  systemConnected,
  systemScheduled,
  readingAsked,
  readingFailed,
  readingHeld,
  readingAccepted,
  findingsTold,
  lookAsked,
  looked,
  lookFailed,
  findingOpened,
  looksScheduled,
  findingOwned,
  findingAccepted,
  findingReopened,
  findingVaulted,
  findingTimed,
  findingRemovalAsked,
  findingRemoved,
  findingRemovalFailed,
  usedOutside,
  sweepAsked,
  swept,
];
