import { existsSync } from 'node:fs';
import { whyNoGlewlwyd } from '#lab/index.ts';
import { connectorConformance, type Rig } from '../conformance.ts';
import { restConnector } from './index.ts';
import { IN_SMALL_PAGES, labServer, targetOf } from './lab-server.fixture.ts';

async function rig(): Promise<Rig | { readonly skip: string }> {
  const skip = whyNoGlewlwyd();
  if (skip !== undefined) return { skip };
  const server = await labServer();
  return {
    target: targetOf(server),
    otherPin: `tls-sha256:${server.tls.fingerprint256.replaceAll(/\w/gu, 'A')}`,
    impatient: { description: IN_SMALL_PAGES, connectSeconds: 1, timeoutSeconds: 2 },
    privileged: ['admin', 'amara'],
    ordinary: ['priya', 'gone.soon'],
    grantable: ['scope:wiki', 'scope:mail'],
    loginAttempts: () => server.attempts(),
    watch: () => ({ stop: () => server.wrote() }),
    unharmed: async () => {
      if (existsSync('/tmp/pwned')) throw new Error('a name was run as a command');
      const scopes = JSON.parse(await server.ask('GET', '/scope/')) as readonly { readonly name: string }[];
      const names = scopes.map(({ name }) => name).toSorted();
      if (names.join(' ') !== 'crm g_admin g_profile mail openid wiki')
        throw new Error(`scopes are ${names.join(', ')}`);
      return server.names();
    },
    stop: () => server.stop(),
  };
}

connectorConformance('rest (Glewlwyd)', restConnector, rig, {
  locked_passwords: 'a locked user is refused whatever the password is',
});
