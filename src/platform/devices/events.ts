import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

export const sshKeyAdded = defineEvent('ssh_key.added', {
  keyId: pub(z.uuid()),
  fingerprint: pub(z.string()),
  name: personal(z.string()),
  endsAt: pub(z.string().optional()),
});
