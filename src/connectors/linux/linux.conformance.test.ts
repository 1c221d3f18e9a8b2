import { afterAll, describe, expect, it } from 'vitest';
import { makePassword, makeSshKey, startHosts, type LabHost } from '#lab/index.ts';
import { connectorConformance, type Rig } from '../conformance.ts';
import type { Change, Credential } from '../port.ts';
import { linuxConnector } from './index.ts';

/** One host for both ways of being root: a sudoer with a key, and root with a password. */
let hosts: Awaited<ReturnType<typeof startHosts>> | undefined;
async function host(): Promise<LabHost | { skip: string }> {
  hosts ??= await startHosts({ names: ['web1'] });
  const web1 = hosts.hosts.get('web1');
  return web1?.isolated === true ? web1 : { skip: hosts.skipped.join('; ') || 'no isolated lab host' };
}
afterAll(async () => hosts?.stop());

const rig = (credentialOf: (host: LabHost) => Credential) => async (): Promise<Rig | { skip: string }> => {
  const web1 = await host();
  if ('skip' in web1) return web1;
  const ask = async (command: string): Promise<string> => (await web1.exec(command, { limit: 10_000 })).stdout;
  return {
    target: {
      systemId: 'web1',
      kind: 'linux',
      host: web1.host,
      port: web1.port,
      settings: {},
      pinned: [web1.hostKeyFingerprint],
      credential: credentialOf(web1),
    },
    otherPin: makeSshKey('another host').fingerprint,
    impatient: { connectSeconds: 1, timeoutSeconds: 2 },
    privileged: ['root', 'svc-deploy', 'tomas', 'ruben', 'reeve'],
    ordinary: ['testuser', 'svc-metrics', 'nobody', 'daemon'],
    grantable: ['sudo:ALL', 'group:docker', 'group:webops'],
    keys: [makeSshKey('one'), makeSshKey('two')],
    loginAttempts: async () => web1.logs().match(/Accepted |Failed |authenticating user|invalid user/giu)?.length ?? 0,
    watch: () => {
      const ended = new AbortController();
      const look = `for i in $(seq 40); do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' ' '; done | grep -aoE '[[:print:]]+' | sort -u`;
      const loop = async (): Promise<string> => (ended.signal.aborted ? '' : `${await ask(look)}\n${await loop()}`);
      const seen = loop();
      return {
        stop: async () => {
          ended.abort();
          return `${await seen}${web1.logs()}${await ask('cat /var/log/* /root/.bash_history /home/*/.bash_history 2>/dev/null')}`;
        },
      };
    },
    unharmed: async () => {
      const left = await ask(
        'ls -d /tmp/pwned /tmp/*pwned* 2>/dev/null; visudo -c >/dev/null || echo sudoers are broken',
      );
      if (left !== '') throw new Error(`an injected command ran: ${left}`);
      return (await ask('cut -d: -f1 /etc/passwd')).trim().split('\n');
    },
    stop: async () => {},
  };
};

connectorConformance(
  'linux, as a sudoer with a key,',
  linuxConnector,
  rig(({ management }) => ({ kind: 'ssh_key', username: management.username, privateKey: management.privateKey })),
);
describe('root itself as the management account', () => {
  it(
    'needs no sudo: creates an account, proves its password, gives it sudo and takes all of it back',
    { timeout: 60_000 },
    async (context) => {
      const found = await rig(({ root }) => ({ kind: 'password', username: 'root', password: root.password }))();
      if ('skip' in found) return context.skip(found.skip);
      const { target } = found;
      const account = 'byroot';
      const login = { kind: 'password', username: account, password: makePassword() } as const;
      const changes: readonly Change[] = [
        { do: 'create_account', account, fullName: 'By Root' },
        { do: 'set_password', account, password: login.password },
        { do: 'grant', account, entitlement: 'sudo:ALL' },
      ];
      for (const change of changes) expect(await linuxConnector.apply(target, change)).toEqual({ changed: true });
      expect(await linuxConnector.verify(target, login)).toBe(true);
      expect((await linuxConnector.readAccount(target, account))?.holdings).toContain('sudo:ALL');
      expect(await linuxConnector.apply(target, { do: 'delete_account', account })).toEqual({ changed: true });
      expect(await linuxConnector.verify(target, login)).toBe(false);
      expect(
        (await linuxConnector.read(target)).entitlements.find((one) => one.nativeId === 'sudo:ALL')?.attributes[
          'places'
        ],
      ).not.toContain('/etc/sudoers.d/reeve-byroot:2');
    },
  );
});
