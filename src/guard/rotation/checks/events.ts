import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

export const checkAsked = defineEvent('credential.check_asked', { secretId: pub(z.uuid()), name: pub(z.string()) });
export const reconcileAccountSet = defineEvent('reconcile_account.set', {
  systemId: pub(z.uuid()),
  secretId: pub(z.uuid()),
});
export const checkEvents = [checkAsked, reconcileAccountSet];
