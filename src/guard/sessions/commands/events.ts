import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

/** A command of a session matched a rule. What was typed may hold a secret: it is kept as what is personal is. */
export const commandMatched = defineEvent('session.command_matched', {
  sessionId: pub(z.uuid()),
  pattern: pub(z.string()),
  does: pub(z.enum(['alert', 'ask', 'end'])),
  command: personal(z.string()),
});
/** One that waits: whoever may decides it under this id, until then. */
export const commandHeld = defineEvent('session.command_held', {
  sessionId: pub(z.uuid()),
  heldId: pub(z.uuid()),
  until: pub(z.iso.datetime()),
});
export const commandDecided = defineEvent('session.command_decided', {
  sessionId: pub(z.uuid()),
  heldId: pub(z.uuid()),
  decision: pub(z.enum(['allowed', 'refused', 'lapsed'])),
});

export const commandEvents = [commandMatched, commandHeld, commandDecided];
