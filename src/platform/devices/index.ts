import type { Module } from '#spine/operations/index.ts';
import { endWithMerge } from './end-with-merge.ts';
import { sshKeyAdded, sshKeyRemoved } from './events.ts';
import { operations } from './operations.ts';

export { identityOfSshKey } from './store.ts';
export { type SshPublicKey } from './ssh-public-key.ts';

/** The keys people prove themselves with at gateways. Its policies are in signin: whoever may sign in manages their own. */
export const devicesModule: Module = {
  name: 'devices',
  operations,
  reactions: [endWithMerge],
  events: [sshKeyAdded, sshKeyRemoved],
};
