import { connectorConformance, type Rig } from '../conformance.ts';
import { scimConnector } from './index.ts';
import { labProvider, targetOf } from './lab-provider.fixture.ts';

async function rig(): Promise<Rig> {
  const scim = await labProvider();
  const nameOf = (one: Readonly<Record<string, unknown>>): string => String(one['userName']);
  const group = (name: string): string => `group:${scim.groups.find((one) => one['displayName'] === name)?.id ?? ''}`;
  return {
    target: targetOf(scim, { pageSize: 2 }),
    otherPin: `tls-sha256:${scim.tls.fingerprint256.replaceAll(/\w/gu, 'A')}`,
    impatient: { basePath: scim.basePath, connectSeconds: 1, timeoutSeconds: 2 },
    privileged: ['amara', 'tomas', 'ruben'],
    ordinary: ['priya', 'gone.soon'],
    grantable: [group('Sales'), group('Operators')],
    loginAttempts: async () => scim.attempts(),
    watch: () => {
      const from = scim.asked.length;
      return { stop: async () => scim.asked.slice(from).join('\n') };
    },
    unharmed: async () => {
      const known = ['Admins', 'Operators', 'Sales'];
      const groups = scim.groups.map((one) => String(one['displayName'])).toSorted();
      if (JSON.stringify(groups) !== JSON.stringify(known)) throw new Error(`groups are ${groups.join(', ')}`);
      return scim.users.map(nameOf);
    },
    stop: () => scim.stop(),
  };
}

connectorConformance('scim (SCIMMY)', scimConnector, rig, {
  account_logins: 'the service signs people in elsewhere',
});
