import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const id = z.uuid();
const when = z.iso.datetime();
const path = { pathId: pub(id), name: pub(z.string()) };
const use = { ...path, useId: pub(id), identityId: pub(id), grantId: pub(id) };

export const pathDefined = defineEvent('emergency_path.defined', {
  ...path,
  purpose: pub(z.string()),
  entitlementId: pub(id.optional()),
  roleId: pub(id.optional()),
  userIds: pub(z.array(id)),
  usersHoldId: pub(id.optional()),
  reviewerIds: pub(z.array(id)),
  longestSeconds: pub(z.int()),
  reviewSeconds: pub(z.int()),
});
export const pathClosed = defineEvent('emergency_path.closed', path);
/** Somebody took emergency access: at once, without approval, with a fresh proof that it was them. */
export const emergencyUsed = defineEvent('emergency.used', {
  ...use,
  endsAt: pub(when),
  reviewDueAt: pub(when),
  stepUp: pub(z.object({ method: z.enum(['passkey', 'totp']), at: when })),
  reason: personal(z.string()),
});
export const emergencyReviewed = defineEvent('emergency.reviewed', {
  ...use,
  verdict: pub(z.enum(['justified', 'not_justified'])),
  late: pub(z.boolean()),
  comment: personal(z.string()),
});
/** Nobody reviewed it in time: its access ends, and `emergency_path.locked` follows. */
export const emergencyOverdue = defineEvent('emergency.overdue', { ...use, reviewDueAt: pub(when) });
export const pathLocked = defineEvent('emergency_path.locked', {
  ...path,
  useId: pub(id),
  because: pub(z.string()),
  /** Of whom any two may open it again. */
  openedBy: pub(z.array(id)),
});
export const openingAsked = defineEvent('emergency_path.opening_asked', {
  ...path,
  openingId: pub(id),
  reason: pub(z.string()),
});
/** A second person agreed: the path is open again. */
export const pathOpened = defineEvent('emergency_path.opened', {
  ...path,
  openingId: pub(id),
  askedBy: pub(id),
  reason: pub(z.string()),
});

export const emergencyEvents = [
  pathDefined,
  pathClosed,
  emergencyUsed,
  emergencyReviewed,
  emergencyOverdue,
  pathLocked,
  openingAsked,
  pathOpened,
];
