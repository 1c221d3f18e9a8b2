import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const id = z.uuid();
const vendor = { identityId: pub(id), requestId: pub(id) };

/** A sponsor asked for access of somebody from outside. */
export const vendorAsked = defineEvent('vendor.asked', {
  ...vendor,
  sponsorId: pub(id),
  /** They were not known before. */
  made: pub(z.boolean()),
  employer: personal(z.string()),
  until: pub(z.iso.datetime()),
});
/** Access for them was approved and begins: they are let in. */
export const vendorAdmitted = defineEvent('vendor.admitted', vendor);
/** They were ended before their time. */
export const vendorEnded = defineEvent('vendor.ended', { identityId: pub(id), because: personal(z.string()) });
/** All that was asked for them is over unapproved. */
export const vendorDropped = defineEvent('vendor.dropped', vendor);
