import type { Module } from '#spine/operations/index.ts';
import { endWithMerge } from './end-with-merge.ts';
import { sshKeyAdded } from './events.ts';
import type { DeviceEdges } from './logins/edges.ts';
import { loginEvents } from './logins/events.ts';
import { loginOperations } from './logins/operations.ts';
import { keyOperations } from './operations.ts';
import { policies } from './policies.ts';

export { sshLogins } from './logins/gateway-logins.ts';
export { type SshPublicKey } from './ssh-public-key.ts';

/** The keys people prove themselves with at gateways, and the logins they agree to in a browser. */
export const devicesModule = (edges: DeviceEdges): Module => ({
  name: 'devices',
  operations: [...keyOperations(edges), ...loginOperations(edges)],
  reactions: [endWithMerge],
  events: [sshKeyAdded, ...loginEvents],
  policies,
  actions: [{ action: 'ssh_login.ask' }, { action: 'ssh_login.keep' }],
});
