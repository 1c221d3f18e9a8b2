import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const kit = { kitId: pub(z.uuid()), name: pub(z.string()) };

export const kitMade = defineEvent('break_glass_kit.made', {
  ...kit,
  secrets: pub(z.array(z.uuid())),
  holders: pub(z.array(z.uuid())),
  threshold: pub(z.int()),
});
export const kitEnvelopeTaken = defineEvent('break_glass_kit.envelope_taken', kit);
export const kitShareTaken = defineEvent('break_glass_kit.share_taken', {
  ...kit,
  holderId: pub(z.uuid()),
  number: pub(z.int()),
});
export const kitDrilled = defineEvent('break_glass_kit.drilled', {
  ...kit,
  number: pub(z.int()),
  opened: pub(z.boolean()),
  note: personal(z.string()),
});
export const kitRetired = defineEvent('break_glass_kit.retired', kit);

export const kitEvents = [kitMade, kitEnvelopeTaken, kitShareTaken, kitDrilled, kitRetired];
