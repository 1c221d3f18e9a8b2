import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

const version = { versionId: pub(z.uuid()), number: pub(z.int()) };

export const policyDrafted = defineEvent('policy.drafted', { ...version, note: pub(z.string()) });
export const policyDryRun = defineEvent('policy.dry_run', {
  ...version,
  dryRunId: pub(z.uuid()),
  replayed: pub(z.int()),
  gained: pub(z.int()),
  lost: pub(z.int()),
});
export const policyPublished = defineEvent('policy.published', {
  ...version,
  replacesId: pub(z.uuid().optional()),
  dryRunId: pub(z.uuid()),
});

export const policyEvents = [policyDrafted, policyDryRun, policyPublished];
