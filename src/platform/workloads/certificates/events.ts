import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

const authority = { authorityId: pub(z.uuid()), name: pub(z.string()), fingerprint: pub(z.string()) };
export const authorityAdded = defineEvent('workload.authority_added', authority);
export const authorityRemoved = defineEvent('workload.authority_removed', authority);
export const listsUploaded = defineEvent('workload.revocation_lists_uploaded', {
  ...authority,
  revoked: pub(z.int()),
  nextUpdate: pub(z.iso.datetime()),
});
const rule = { ruleId: pub(z.uuid()), authorityId: pub(z.uuid()), identityId: pub(z.uuid()) };
export const certificateBound = defineEvent('workload.certificate_bound', {
  ...rule,
  kind: pub(z.string()),
  value: pub(z.string()),
  scopes: pub(z.array(z.string())),
  seconds: pub(z.int()),
});
export const certificateUnbound = defineEvent('workload.certificate_unbound', rule);
/** A program got a token for its certificate, whose key it proved to have. */
export const certificateLetIn = defineEvent('workload.let_in_by_certificate', {
  ...rule,
  serial: pub(z.string()),
  certificate: pub(z.string()),
  tokenId: pub(z.uuid()),
  endsAt: pub(z.iso.datetime()),
});

export const certificateEvents = [
  authorityAdded,
  authorityRemoved,
  listsUploaded,
  certificateBound,
  certificateUnbound,
  certificateLetIn,
];
