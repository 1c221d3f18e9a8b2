import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

/** The export of a system was taken as a reading; what it changed is in `system.read` beside it. */
export const systemImported = defineEvent('system.imported', {
  systemId: pub(z.uuid()),
  acceptLoss: pub(z.boolean()),
  described: pub(z.number().int()),
});

/** The catalogue followed a reading: who has what was counted, what went or may have another name was found. */
export const catalogueCounted = defineEvent('catalogue.counted', {
  systemId: pub(z.uuid()),
  entries: pub(z.number().int()),
  gone: pub(z.number().int()),
  renameCases: pub(z.number().int()),
});
/** Many entitlements were changed at once, or the plan to do so waits. Each change is an `entitlement.put` beside it. */
export const catalogueEdited = defineEvent('catalogue.edited', {
  by: pub(z.enum(['filter', 'csv', 'yaml'])),
  asked: pub(z.number().int()),
  changed: pub(z.number().int()),
  heldAs: pub(z.uuid().nullable()),
});
export const stewardNamed = defineEvent('entitlement_steward.named', {
  stewardId: pub(z.uuid()),
  identityId: pub(z.uuid()),
  systemId: pub(z.uuid().nullable()),
  tag: pub(z.string().nullable()),
  named: pub(z.boolean()),
});
export const renameCaseAnswered = defineEvent('rename_case.answered', {
  caseId: pub(z.uuid()),
  goneId: pub(z.uuid()),
  cameId: pub(z.uuid()),
  same: pub(z.boolean()),
});
export const stewardsReminded = defineEvent('entitlement_steward.reminded', { identityIds: pub(z.array(z.uuid())) });

export const events = [
  systemImported,
  catalogueCounted,
  catalogueEdited,
  stewardNamed,
  renameCaseAnswered,
  stewardsReminded,
];
