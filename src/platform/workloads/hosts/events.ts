import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

const host = { hostId: pub(z.uuid()), systemId: pub(z.uuid()), identityId: pub(z.uuid()) };
export const hostBound = defineEvent('workload.host_bound', {
  ...host,
  scopes: pub(z.array(z.string())),
  seconds: pub(z.int()),
});
export const hostUnbound = defineEvent('workload.host_unbound', host);
/** A host got a token for a challenge it signed with its SSH host key. */
export const hostLetIn = defineEvent('workload.let_in_by_host_key', {
  ...host,
  fingerprint: pub(z.string()),
  tokenId: pub(z.uuid()),
  endsAt: pub(z.iso.datetime()),
});

export const hostEvents = [hostBound, hostUnbound, hostLetIn];
