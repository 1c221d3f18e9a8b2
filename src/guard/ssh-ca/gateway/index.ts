import type { Clock } from '#kit/clock/index.ts';
import type { Keys } from '#kit/crypto/index.ts';
import type { Db } from '#kit/db/index.ts';
import type { AdmissionEdges } from '#guard/sessions/index.ts';
import { certifySession } from './certify-session.ts';
import { certificateHolds, identityOfCertificate } from './recognise-certificate.ts';

export { announceGateway, gateways, type GatewayPlace } from './announce-gateway.ts';
export { issueGatewayCertificate } from './issue-gateway-certificate.ts';
export { gatewayOperations } from './operations.ts';

/** What sessions ask of the SSH authority: whose a certificate is, whether it still counts, and one for the target. */
export const sessionCertificates = (by: {
  readonly db: Db;
  readonly clock: Clock;
  readonly keys: Keys;
}): Pick<AdmissionEdges, 'identityOfCertificate' | 'certificateHolds' | 'certifySession'> => ({
  identityOfCertificate: (proof) => identityOfCertificate(by.db, proof, by.clock.now()),
  certificateHolds,
  certifySession: (ctx, permit, input) => certifySession(by.keys, ctx, permit, input),
});
