import { startHosts, startLdap, startMariadb, startPostgres, startSamba, whyNoSamba } from '#lab/index.ts';
import { findSlapd } from '#lab/ldap/find-slapd.ts';
import { findMariadb } from '#lab/index.ts';

/** A real target with accounts whose credentials Reeve keeps. */
export interface VaultedTarget {
  readonly name: string;
  /** As `systems.connect` takes it. */
  readonly connection: Readonly<Record<string, unknown>>;
  /** Names of accounts, and what each is given. */
  readonly accounts: readonly { readonly name: string; readonly kind: 'password' | 'ssh_key' }[];
  /** Cuts the power. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

export type TargetKind = 'postgres' | 'linux' | 'ldap' | 'mariadb' | 'ad';

const names = (count: number, prefix: string): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(2, '0')}`);
const password = (value: string): object => ({ kind: 'password', value });
const passwords = (of: readonly string[]): VaultedTarget['accounts'] =>
  of.map((name) => ({ name, kind: 'password' as const }));

const STARTS: Readonly<Record<TargetKind, (count: number) => Promise<VaultedTarget | undefined>>> = {
  postgres: async (count) => {
    const roles = names(count, 'app');
    const server = await startPostgres({
      plan: { name: 'orders', roles: roles.map((name) => ({ name, login: true })), databases: [] },
    });
    const { host, port, superuser } = server;
    return {
      name: 'orders',
      connection: {
        kind: 'postgres',
        host,
        port,
        settings: {},
        pinned: [server.tls === undefined ? 'tls:none' : `tls-sha256:${server.tls.fingerprint256}`],
        username: superuser.username,
        secret: password(superuser.password),
      },
      accounts: passwords(roles),
      down: () => server.kill9(),
      up: () => server.up(),
      stop: () => server.stop(),
    };
  },
  linux: async (count) => {
    const keyed = names(Math.floor(count / 2), 'key');
    const passworded = names(count - keyed.length, 'svc');
    const hosts = await startHosts({
      plans: [
        {
          name: 'web1',
          purpose: 'rotations',
          users: [
            ...keyed.map((name) => ({ name, fullName: name })),
            ...passworded.map((name) => ({ name, fullName: name, password: 'set' as const })),
          ],
        },
      ],
    });
    const host = hosts.hosts.get('web1');
    if (host?.isolated !== true) {
      await hosts.stop();
      return undefined;
    }
    return {
      name: 'web1',
      connection: {
        kind: 'linux',
        host: host.host,
        port: host.port,
        settings: {},
        pinned: [host.hostKeyFingerprint],
        username: host.management.username,
        secret: { kind: 'ssh_key', value: host.management.privateKey },
      },
      accounts: [...passwords(passworded), ...keyed.map((name) => ({ name, kind: 'ssh_key' as const }))],
      down: () => host.down(),
      up: () => host.up(),
      stop: () => hosts.stop(),
    };
  },
  ldap: async (count) => {
    if (findSlapd() === undefined) return undefined;
    const people = names(count, 'bind');
    const server = await startLdap({
      plan: {
        name: 'directory',
        suffix: 'dc=larkspur,dc=example',
        entries: people.map((name) => ({ name, fullName: name })),
        groups: [],
        accessRules: [],
      },
    });
    return {
      name: 'directory',
      connection: {
        kind: 'ldap',
        host: server.host,
        port: server.port,
        settings: {},
        pinned: [`tls-sha256:${server.tls.fingerprint256}`],
        username: server.management.username,
        secret: password(server.management.password),
      },
      accounts: passwords(people),
      down: () => server.kill9(),
      up: () => server.up(),
      stop: () => server.stop(),
    };
  },
  mariadb: async (count) => {
    if (findMariadb() === undefined) return undefined;
    const accounts = names(count, 'shop');
    const server = await startMariadb({
      plan: { name: 'billing', roles: [], accounts: accounts.map((name) => ({ name })), databases: [] },
    });
    return {
      name: 'billing',
      connection: {
        kind: 'mysql',
        host: server.host,
        port: server.port,
        settings: {},
        pinned: [`tls-sha256:${server.tls.fingerprint256}`],
        username: server.management.username,
        secret: password(server.management.password),
      },
      accounts: passwords(accounts),
      down: () => server.kill9(),
      up: () => server.up(),
      stop: () => server.stop(),
    };
  },
  ad: async (count) => {
    if (whyNoSamba() !== undefined) return undefined;
    const users = names(count, 'task');
    const server = await startSamba({
      plan: {
        name: 'corp',
        realm: 'CORP.LARKSPUR.EXAMPLE',
        netbios: 'LARKSPUR',
        units: ['Larkspur'],
        groups: [],
        users: users.map((name) => ({ name, fullName: name, unit: 'Larkspur' })),
        delegations: [],
      },
    });
    return {
      name: 'corp',
      connection: {
        kind: 'activedirectory',
        host: server.host,
        port: server.port,
        settings: {},
        pinned: [`tls-sha256:${server.tls.fingerprint256}`],
        username: server.administrator.username,
        secret: password(server.administrator.password),
      },
      accounts: passwords(users),
      down: () => server.kill9(),
      up: () => server.up(),
      stop: () => server.stop(),
    };
  },
};

/** Starts targets of these kinds; one this machine cannot run is left out, and said. */
export async function vaultedTargets(
  kinds: readonly TargetKind[],
  count: number,
  say: (line: string) => void,
): Promise<readonly VaultedTarget[]> {
  const started = await Promise.all(kinds.map((kind) => STARTS[kind](count)));
  for (const [n, kind] of kinds.entries())
    if (started[n] === undefined) say(`SKIP ${kind}: this machine cannot run one`);
  return started.flatMap((target) => target ?? []);
}
