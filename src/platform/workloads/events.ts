import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

export const issuerAdded = defineEvent('workload.issuer_added', {
  issuerId: pub(z.uuid()),
  name: pub(z.string()),
  issuer: pub(z.string()),
  keysUrl: pub(z.string()),
  audience: pub(z.string()),
});
export const issuerRemoved = defineEvent('workload.issuer_removed', { issuerId: pub(z.uuid()), name: pub(z.string()) });
const binding = { bindingId: pub(z.uuid()), issuerId: pub(z.uuid()), identityId: pub(z.uuid()) };
export const workloadBound = defineEvent('workload.bound', {
  ...binding,
  claims: pub(z.record(z.string(), z.string())),
  scopes: pub(z.array(z.string())),
  seconds: pub(z.int()),
});
export const workloadUnbound = defineEvent('workload.unbound', binding);
/** A program got a token for what its platform said of it. */
export const workloadLetIn = defineEvent('workload.let_in', {
  ...binding,
  tokenId: pub(z.uuid()),
  endsAt: pub(z.iso.datetime()),
});

export const events = [issuerAdded, issuerRemoved, workloadBound, workloadUnbound, workloadLetIn];
