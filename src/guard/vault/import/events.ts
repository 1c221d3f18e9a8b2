import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

/** Secrets were brought in from a file, or it was tried what would come of it. Each that was made has its own event. */
export const secretsImported = defineEvent('secret.imported', {
  format: pub(z.string()),
  from: pub(z.string().optional()),
  below: pub(z.string()),
  dryRun: pub(z.boolean()),
  made: pub(z.int()),
  there: pub(z.int()),
  wrong: pub(z.int()),
});

export const importEvents = [secretsImported];
