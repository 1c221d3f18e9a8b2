import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const version = { versionId: pub(z.uuid()), roleId: pub(z.uuid()), number: pub(z.int()) };
const because = personal(z.string());

/** A version was drafted, or a draft was said anew. */
export const versionDrafted = defineEvent('role_version.drafted', {
  ...version,
  revision: pub(z.int()),
  entitlementIds: pub(z.array(z.uuid())),
  roleIds: pub(z.array(z.uuid())),
  patterns: pub(z.array(z.object({ systemId: z.uuid(), pattern: z.string() }))),
  personCondition: pub(z.string().optional()),
  graceDays: pub(z.int().optional()),
  exceptPeople: pub(z.array(z.uuid())),
  excludes: pub(z.array(z.object({ roleId: z.uuid(), kind: z.string(), severity: z.string(), mode: z.string() }))),
  because,
});
export const impactAsked = defineEvent('role_version.impact_asked', { ...version, revision: pub(z.int()) });
/** What publishing would do is known, as of one state of the data. */
export const impactReported = defineEvent('role_version.impact_reported', {
  ...version,
  revision: pub(z.int()),
  holders: pub(z.int()),
  gaining: pub(z.int()),
  losing: pub(z.int()),
  assigned: pub(z.int()),
  unassigned: pub(z.int()),
  blocked: pub(z.int()),
  sessions: pub(z.int()),
});
export const impactFailed = defineEvent('role_version.impact_failed', { ...version, problem: pub(z.string()) });
/** Somebody asked for a draft to be approved. */
export const versionAsked = defineEvent('role_version.asked', version);
/** Another person approved a version, and the role is made of it from now on. */
export const versionPublished = defineEvent('role_version.published', {
  ...version,
  gaining: pub(z.int()),
  losing: pub(z.int()),
  assigned: pub(z.int()),
  unassigned: pub(z.int()),
  blocked: pub(z.int()),
  sessions: pub(z.int()),
  bindings: pub(z.int()),
  acceptedLimits: pub(z.boolean()),
  because,
});
/** A version goes back to who drafted it. */
export const versionReturned = defineEvent('role_version.returned', { ...version, because });
export const versionWithdrawn = defineEvent('role_version.withdrawn', { ...version, because });

export const events = [
  versionDrafted,
  impactAsked,
  impactReported,
  impactFailed,
  versionAsked,
  versionPublished,
  versionReturned,
  versionWithdrawn,
];
