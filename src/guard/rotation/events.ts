import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';
import type { Rotation } from './model.ts';

const fields = {
  rotationId: pub(z.uuid()),
  accountId: pub(z.uuid()),
  secretId: pub(z.uuid()),
  systemId: pub(z.uuid()),
};

/** What every event of a rotation says of it. */
export const factsOf = (
  r: Rotation,
): { rotationId: string; accountId: string; secretId: string; systemId: string } => ({
  rotationId: r.id,
  accountId: r.accountId,
  secretId: r.secretId,
  systemId: r.systemId,
});

export const rotationPlanned = defineEvent('rotation.planned', {
  ...fields,
  because: pub(z.string()),
  cause: pub(z.string().optional()),
  /** Live sessions that were told to end, where it is for an incident. */
  sessionsEnding: pub(z.int().optional()),
  /** Why, in the words of whoever asked for it, the event's subject. */
  words: personal(z.string().optional()),
});
export const rotationApplied = defineEvent('rotation.applied', { ...fields, version: pub(z.int()) });
/** The new value logs in and is the current one. */
export const rotationProved = defineEvent('rotation.proved', { ...fields, version: pub(z.int()) });
/** Over: the new value logs in, the old one does not, unless `oldStillTaken` says so. */
export const rotationDone = defineEvent('rotation.done', {
  ...fields,
  version: pub(z.int()),
  oldStillTaken: pub(z.literal(true).optional()),
});
export const rotationFailed = defineEvent('rotation.failed', {
  ...fields,
  problem: pub(z.string()),
  staleDependants: pub(z.int().optional()),
});

/** Something that holds the value has followed, went back, or could do neither. */
export const dependantMoved = defineEvent('rotation.dependant_moved', {
  ...fields,
  dependantId: pub(z.uuid()),
  state: pub(z.string()),
  problem: pub(z.string().optional()),
});
/** A dependant could not follow: all of it goes back to the old value. */
export const rotationReturning = defineEvent('rotation.returning', { ...fields, problem: pub(z.string()) });

const credential = { secretId: pub(z.uuid()), systemId: pub(z.uuid()), accountId: pub(z.uuid().optional()) };
/** The current value is refused, though Reeve did not change it: somebody else did. */
export const credentialDrifted = defineEvent('credential.drifted', {
  ...credential,
  version: pub(z.int()),
  /** Whether a rotation follows; else a person has to see to it. */
  repair: pub(z.boolean()),
});
/** A credential that was refused or could not be tried logs in again. */
export const credentialWorks = defineEvent('credential.works', { ...credential, version: pub(z.int()) });
