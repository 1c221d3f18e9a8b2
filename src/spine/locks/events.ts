import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';
import { LOCK_SCOPES } from './model.ts';

const on = {
  lockId: pub(z.uuid()),
  scope: pub(z.enum(LOCK_SCOPES)),
  identityId: pub(z.uuid().optional()),
  accountId: pub(z.uuid().optional()),
  systemId: pub(z.uuid().optional()),
};

/** Somebody in charge stopped all access past this. */
export const lockPlaced = defineEvent('lock.placed', {
  ...on,
  endsAt: pub(z.string().optional()),
  reason: personal(z.string()),
});
/** Access past this may be had again, as far as no other lock holds. */
export const lockLifted = defineEvent('lock.lifted', { ...on, because: personal(z.string()) });

export const lockEvents = [lockPlaced, lockLifted];
