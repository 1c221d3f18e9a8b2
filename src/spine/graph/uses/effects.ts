import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const id = z.uuid();

/** Reeve made an account on a target, because of a grant. Whoever manages credentials gives it one. */
export const accountCreated = defineEvent('account.created', {
  accountId: pub(id),
  systemId: pub(id),
  identityId: pub(id),
  grantId: pub(id),
});

const effect = {
  identityId: pub(id),
  /** Absent where the grants lived in Reeve alone. */
  systemId: pub(id.optional()),
  accountId: pub(id.optional()),
  /** What became real, or is gone, at once: all of one person on one system. */
  grants: pub(
    z
      .array(
        z.object({
          grantId: id,
          /** Milliseconds from the decision (the grant's event) to the proof on the target. */
          elapsedMs: z.int(),
        }),
      )
      .min(1),
  ),
  /** True when a read-back saw it; false where the system cannot be read. */
  proven: pub(z.boolean()),
};
/** Grants are real on their target. */
export const accessRealised = defineEvent('access.realised', effect);
/** What ended grants gave is gone from its target. */
export const accessWithdrawn = defineEvent('access.withdrawn', effect);

const use = {
  useId: pub(id),
  identityId: pub(id),
  accountId: pub(id),
  systemId: pub(id),
  grantIds: pub(z.array(id)),
  protocol: pub(z.string()),
};
/** Somebody began to use an account through Reeve. */
export const useStarted = defineEvent('use.started', use);
/** That use ended. `commands` were seen; `recordingHead` is the digest its recording ends in, hex. */
export const useEnded = defineEvent('use.ended', {
  ...use,
  because: pub(z.string()),
  /** Why, where a person said it in their own words. */
  words: personal(z.string().optional()),
  commands: pub(z.int()),
  recordingHead: pub(z.string().optional()),
});

const level = z.enum(['low', 'medium', 'high', 'critical']);
/** Somebody came to a level of risk they were below, or rose by many points, within the days that are looked at. */
export const riskJumped = defineEvent('identity_risk.jumped', {
  identityId: pub(id),
  from: pub(z.int()),
  to: pub(z.int()),
  levelBefore: pub(level),
  level: pub(level),
  /** What counts, the most first. */
  factors: pub(z.array(z.string())),
});

export const effectEvents = [accountCreated, accessRealised, accessWithdrawn, useStarted, useEnded, riskJumped];
