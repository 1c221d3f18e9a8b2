import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const ofClass = { name: pub(z.string()), days: pub(z.int().nullable()), countsFrom: pub(z.iso.datetime()) };

/** Somebody said how long recordings of a class are kept. */
export const recordingClassPut = defineEvent('recording_class.put', {
  ...ofClass,
  protocol: pub(z.string().nullable()),
  systemIds: pub(z.array(z.uuid())),
  place: pub(z.int()),
});
export const recordingClassRemoved = defineEvent('recording_class.removed', { name: pub(z.string()) });

const hold = { holdId: pub(z.uuid()), scope: pub(z.string()), on: pub(z.string()) };
/** Recordings of something are not purged from now on. */
export const recordingHoldPlaced = defineEvent('recording_hold.placed', { ...hold, reason: personal(z.string()) });
/** Somebody wants it lifted; somebody else has to agree. */
export const recordingHoldLiftAsked = defineEvent('recording_hold.lift_asked', {
  ...hold,
  because: personal(z.string()),
});
export const recordingHoldLifted = defineEvent('recording_hold.lifted', { ...hold, askedBy: pub(z.uuid()) });

/** A run would take away so many recordings that somebody has to say yes to it. */
export const recordingPurgeHeld = defineEvent('recording_purge.held', {
  purgeId: pub(z.uuid()),
  recordings: pub(z.int()),
});
export const recordingPurgeAccepted = defineEvent('recording_purge.accepted', {
  purgeId: pub(z.uuid()),
  recordings: pub(z.int()),
  because: personal(z.string()),
});
export const recordingPurgeDeclined = defineEvent('recording_purge.declined', {
  purgeId: pub(z.uuid()),
  because: personal(z.string()),
});
/** A recording, its key and what it was found by are taken away; it ended in `head`. */
export const recordingPurged = defineEvent('recording.purged', {
  sessionId: pub(z.uuid()),
  purgeId: pub(z.uuid()),
  class: pub(z.string()),
  days: pub(z.int()),
  head: pub(z.string().nullable()),
});

export const keepingEvents = [
  recordingClassPut,
  recordingClassRemoved,
  recordingHoldPlaced,
  recordingHoldLiftAsked,
  recordingHoldLifted,
  recordingPurgeHeld,
  recordingPurgeAccepted,
  recordingPurgeDeclined,
  recordingPurged,
];
