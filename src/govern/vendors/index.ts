import type { Decide } from '#spine/decide/index.ts';
import type { Module } from '#spine/operations/index.ts';
import { vendorAdmitted, vendorAsked, vendorDropped, vendorEnded } from './events.ts';
import { reactions } from './follow-requests.ts';
import { vendorOperations } from './operations.ts';
import { policies } from './policies.ts';

/** People from outside, let in for a while by a sponsor who answers for them. */
export const vendorsModule = (edges: { readonly decide: Decide }): Module => ({
  name: 'vendors',
  operations: vendorOperations(edges),
  reactions,
  events: [vendorAsked, vendorAdmitted, vendorDropped, vendorEnded],
  policies,
});
