import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const template = { templateId: pub(z.uuid()), name: pub(z.string()), systemId: pub(z.uuid()) };
const lease = { leaseId: pub(z.uuid()), templateId: pub(z.uuid()), systemId: pub(z.uuid()), account: pub(z.string()) };

export const templateMade = defineEvent('lease_template.made', {
  ...template,
  entitlements: pub(z.array(z.string())),
  longestSeconds: pub(z.int()),
});
export const templateRemoved = defineEvent('lease_template.removed', template);
export const leaseAsked = defineEvent('lease.asked', {
  ...lease,
  grantIds: pub(z.array(z.uuid())),
  endsAt: pub(z.iso.datetime()),
  reason: personal(z.string()),
});
/** The user is there, until the end of the lease. */
export const leaseMade = defineEvent('lease.made', lease);
/** Its holder was shown the password, once. */
export const leaseTaken = defineEvent('lease.taken', lease);
export const leaseRenewed = defineEvent('lease.renewed', { ...lease, endsAt: pub(z.iso.datetime()) });
export const leaseEnding = defineEvent('lease.ending', { ...lease, because: pub(z.string()) });
/** The target was seen without the user. */
export const leaseEnded = defineEvent('lease.ended', { ...lease, dropped: pub(z.boolean()) });
/** A user called like one of a lease was found with no lease, and dropped. */
export const strayDropped = defineEvent('lease.stray_dropped', { systemId: pub(z.uuid()), account: pub(z.string()) });

export const events = [
  templateMade,
  templateRemoved,
  leaseAsked,
  leaseMade,
  leaseTaken,
  leaseRenewed,
  leaseEnding,
  leaseEnded,
  strayDropped,
];
