import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const change = { massChangeId: pub(z.uuid()), kind: pub(z.string()) };
const because = personal(z.string());

/** A plan within its limits; it is being applied. */
export const massChangePlanned = defineEvent('mass_change.planned', {
  ...change,
  key: pub(z.string()),
  items: pub(z.int()),
});
/** A plan over a limit: nothing of it is applied until a person says so. */
export const massChangeHeld = defineEvent('mass_change.held', {
  ...change,
  key: pub(z.string()),
  items: pub(z.int()),
  over: pub(z.array(z.string())),
});
/** Somebody took it upon them, for this plan and once; up to item `releasedTo` of `items`. */
export const massChangeAccepted = defineEvent('mass_change.accepted', {
  ...change,
  releasedTo: pub(z.int()),
  items: pub(z.int()),
  because,
});
export const massChangeDeclined = defineEvent('mass_change.declined', { ...change, because });
export const massChangeSuperseded = defineEvent('mass_change.superseded', change);
/** Some items were carried out, from one position to another. */
export const massChangeAdvanced = defineEvent('mass_change.advanced', {
  ...change,
  from: pub(z.int()),
  to: pub(z.int()),
  skipped: pub(z.int()),
});
export const massChangeApplied = defineEvent('mass_change.applied', {
  ...change,
  done: pub(z.int()),
  skipped: pub(z.int()),
});
export const massChangeUndoAsked = defineEvent('mass_change.undo_asked', { ...change, because });
export const massChangeUndone = defineEvent('mass_change.undone', {
  ...change,
  done: pub(z.int()),
  skipped: pub(z.int()),
});
export const changeLimitsPut = defineEvent('change_limits.put', {
  kind: pub(z.string()),
  systemId: pub(z.uuid().optional()),
});

export const events = [
  massChangePlanned,
  massChangeHeld,
  massChangeAccepted,
  massChangeDeclined,
  massChangeSuperseded,
  massChangeAdvanced,
  massChangeApplied,
  massChangeUndoAsked,
  massChangeUndone,
  changeLimitsPut,
];
