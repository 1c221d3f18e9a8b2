import type { Module } from '#spine/operations/index.ts';
import { events } from './events.ts';
import { gatewayOperations } from './gateway/index.ts';
import type { IssueEdges } from './issue-certificate.ts';
import { jobs, reactions } from './jobs.ts';
import { operations } from './operations.ts';
import { hostOperations } from './operations-hosts.ts';
import { policies } from './policies.ts';
import type { SetUpEdges } from './set-up-system.ts';

export {
  announceGateway,
  gateways,
  issueGatewayCertificate,
  sessionCertificates,
  type GatewayPlace,
} from './gateway/index.ts';
export { authorities, getTrust } from './store.ts';

/** SSH certificates: signed for minutes on what is granted, ended with it, and trusted by targets that were set up. */
export const sshCaModule = (edges: IssueEdges & SetUpEdges): Module => ({
  name: 'ssh_ca',
  operations: [...operations(edges), ...gatewayOperations(edges), ...hostOperations(edges)],
  jobs: jobs(edges),
  reactions,
  events,
  policies,
  actions: [
    { action: 'ssh_ca.set_up', resources: ['System'] },
    { action: 'ssh_ca.certify_host', resources: ['System'] },
    { action: 'ssh_ca.sign_for_host' },
    { action: 'ssh_gateway.announce' },
  ],
});
