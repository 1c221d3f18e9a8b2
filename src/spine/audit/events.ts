import { z } from 'zod';
import { defineEvent, pub } from './event-type.ts';

/** A row was found in the log's table that Reeve did not write. */
export const rowRefused = defineEvent('audit.row_refused', { eventId: pub(z.uuid()) });

/** Somebody took a copy of the log. */
export const logExported = defineEvent('audit.exported', {
  fromSize: pub(z.int()),
  toSize: pub(z.int()),
});

/** Somebody had the log verified; `first` is the kind of the first thing wrong. */
export const logVerified = defineEvent('audit.verified', {
  size: pub(z.int()),
  ok: pub(z.boolean()),
  first: pub(z.string().optional()),
});

/** Somebody looked at personal fields of an event. */
export const personalOpened = defineEvent('audit.opened', {
  eventId: pub(z.uuid()),
  fields: pub(z.array(z.string())),
});

/** A subject's key was erased: every personal field sealed under it is unreadable for ever. `case` names the case, never the person. */
export const subjectErased = defineEvent('audit.subject_erased', {
  subjectId: pub(z.uuid()),
  case: pub(z.string()),
});

/** A subject's key was locked against erasure, or freed again. */
export const legalHoldSet = defineEvent('audit.legal_hold_set', {
  subjectId: pub(z.uuid()),
  held: pub(z.boolean()),
  case: pub(z.string()),
});
