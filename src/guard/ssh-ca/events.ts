import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

const authority = { authorityId: pub(z.uuid()), purpose: pub(z.string()), fingerprint: pub(z.string()) };
const certificate = { certificateId: pub(z.uuid()), serial: pub(z.string()), systemId: pub(z.uuid().nullable()) };
const system = { systemId: pub(z.uuid()) };

export const authorityMade = defineEvent('ssh_authority.made', { ...authority, generation: pub(z.int()) });
/** Nothing trusts it any more, and all it signed is over. */
export const authorityEnded = defineEvent('ssh_authority.ended', authority);
export const certificateIssued = defineEvent('ssh_certificate.issued', {
  ...certificate,
  kind: pub(z.string()),
  principals: pub(z.array(z.string())),
  grantIds: pub(z.array(z.uuid())),
  keyFingerprint: pub(z.string()),
  validTo: pub(z.iso.datetime()),
});
export const certificateRevoked = defineEvent('ssh_certificate.revoked', { ...certificate, because: pub(z.string()) });
export const trustAsked = defineEvent('ssh_trust.asked', {
  ...system,
  scope: pub(z.string()),
  check: pub(z.boolean()),
});
/** The target trusts Reeve's authorities; a log-on with a fresh certificate proved it. */
export const trustSetUp = defineEvent('ssh_trust.set_up', {
  ...system,
  changed: pub(z.boolean()),
  checked: pub(z.boolean()),
});
export const trustFailed = defineEvent('ssh_trust.failed', { ...system, problem: pub(z.string()) });
/** The target has the revocation list of this number, and trusts these authorities. */
export const trustRefreshed = defineEvent('ssh_trust.refreshed', { ...system, number: pub(z.string()) });

/** Where a gateway is reached, and which host key it shows there. */
export const gatewayAnnounced = defineEvent('ssh_gateway.announced', {
  address: pub(z.string()),
  port: pub(z.int()),
  fingerprint: pub(z.string()),
});
const host = { ...system, names: pub(z.array(z.string())) };
export const hostAsked = defineEvent('ssh_host.asked', host);
/** A connection showed it, signed with the key it certifies. */
export const hostCertified = defineEvent('ssh_host.certified', {
  ...host,
  certificateId: pub(z.uuid()),
  validTo: pub(z.iso.datetime()),
});
export const hostFailed = defineEvent('ssh_host.failed', { ...system, problem: pub(z.string()) });

export const events = [
  hostAsked,
  hostCertified,
  hostFailed,
  authorityMade,
  authorityEnded,
  certificateIssued,
  certificateRevoked,
  trustAsked,
  trustSetUp,
  trustFailed,
  trustRefreshed,
  gatewayAnnounced,
];
