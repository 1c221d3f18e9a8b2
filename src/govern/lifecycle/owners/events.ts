import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const id = z.uuid();
const handover = { handoverId: pub(id), identityId: pub(id) };
const because = personal(z.string());

/** Whoever answered for an identity cannot any more; somebody answers for the time being and is asked to accept it. */
export const handoverOpened = defineEvent('handover.opened', {
  ...handover,
  fromId: pub(id),
  actingId: pub(id.optional()),
  cause: pub(z.string()),
  dueAt: pub(z.iso.datetime()),
});
/** Somebody else is asked: whoever was is gone too, or named them. */
export const handoverPassed = defineEvent('handover.passed', { ...handover, actingId: pub(id.optional()), because });
export const handoverAccepted = defineEvent('handover.accepted', { ...handover, ownerId: pub(id) });
/** Whoever answered before can again, or what it was about has left. */
export const handoverWithdrawn = defineEvent('handover.withdrawn', handover);
/** Another owner was named meanwhile. */
export const handoverReplaced = defineEvent('handover.replaced', { ...handover, ownerId: pub(id) });
/** Nobody accepted in time: what it was about is suspended until somebody does. */
export const handoverLapsed = defineEvent('handover.lapsed', handover);

export const identityRenewed = defineEvent('identity.renewed', {
  identityId: pub(id),
  from: pub(z.iso.datetime().optional()),
  until: pub(z.iso.datetime()),
  because,
});
export const identityOwnerSet = defineEvent('identity.owner_set', {
  identityId: pub(id),
  from: pub(id.optional()),
  ownerId: pub(id),
  because,
});
export const identitySuspended = defineEvent('identity.suspended', { identityId: pub(id), because });
export const identityResumed = defineEvent('identity.resumed', { identityId: pub(id), because });
export const ownerReminded = defineEvent('identity.owner_reminded', {
  identityId: pub(id),
  about: pub(z.string()),
  daysBefore: pub(z.number().int()),
});
export const ownerTermsPut = defineEvent('owner_terms.put', { changed: pub(z.array(z.string())) });

export const ownerEvents = [
  handoverOpened,
  handoverPassed,
  handoverAccepted,
  handoverWithdrawn,
  handoverReplaced,
  handoverLapsed,
  identityRenewed,
  identityOwnerSet,
  identitySuspended,
  identityResumed,
  ownerReminded,
  ownerTermsPut,
];
