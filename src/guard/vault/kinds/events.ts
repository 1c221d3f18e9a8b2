import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

/** A person got a one-time code; the seed stayed. */
export const secretCodeGiven = defineEvent('secret.code_given', {
  secretId: pub(z.uuid()),
  name: pub(z.string()),
  version: pub(z.int()),
  identityId: pub(z.uuid()),
  reason: personal(z.string().optional()),
  ticket: pub(z.string().optional()),
  approvedBy: pub(z.uuid().optional()),
});
/** What is said of a secret changed; its value did not. */
export const secretDescribed = defineEvent('secret.described', {
  secretId: pub(z.uuid()),
  name: pub(z.string()),
  labels: pub(z.array(z.string())),
  expiresAt: pub(z.iso.datetime().nullable()),
});

export const kindEvents = [secretCodeGiven, secretDescribed];
