import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

const fields = {
  dependantId: pub(z.uuid()),
  secretId: pub(z.uuid()),
  systemId: pub(z.uuid()),
  name: pub(z.string()),
};
export const dependantAdded = defineEvent('dependant.added', fields);
export const dependantRemoved = defineEvent('dependant.removed', fields);
export const dependantEvents = [dependantAdded, dependantRemoved];
