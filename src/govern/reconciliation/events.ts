import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

/** What a look at a system found: `caseIds` were opened, `gone` are no longer so. */
export const driftFound = defineEvent('drift.found', {
  systemId: pub(z.uuid()),
  caseIds: pub(z.array(z.uuid())),
  gone: pub(z.int()),
});
/** A person said what should follow. */
export const driftDecided = defineEvent('drift_case.decided', {
  caseIds: pub(z.array(z.uuid())),
  reaction: pub(z.string()),
  because: personal(z.string()),
});
/** What follows was begun: `by` is the mass change it is part of. */
export const driftReacting = defineEvent('drift_case.reacting', { caseIds: pub(z.array(z.uuid())) });
/** It was carried out, and read back where a target is involved; or it was put back. */
export const driftSettled = defineEvent('drift_case.settled', {
  caseId: pub(z.uuid()),
  systemId: pub(z.uuid()),
  state: pub(z.string()),
});
/** It could not be carried out; a person has to look. */
export const driftStuck = defineEvent('drift_case.stuck', { caseId: pub(z.uuid()), problem: pub(z.string()) });
export const driftLookAsked = defineEvent('drift.look_asked', { systemId: pub(z.uuid()) });
export const driftReactionPut = defineEvent('drift_reaction.put', {
  systemId: pub(z.uuid().optional()),
  situation: pub(z.string()),
  reaction: pub(z.string()),
  privilegedReaction: pub(z.string()),
});

export const events = [
  driftFound,
  driftDecided,
  driftReacting,
  driftSettled,
  driftStuck,
  driftLookAsked,
  driftReactionPut,
];
