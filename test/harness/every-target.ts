import { connectors } from '#connectors/index.ts';
import type { Connector, Credential, Target } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { startLab, startScim, type Lab, type LabScim } from '#lab/index.ts';
import type { GuardedHouse } from './guarded-house.ts';

/** A real system people are given access on, as Reeve is connected to it and as it is looked at from outside. */
export interface GovernedTarget {
  readonly name: TargetName;
  readonly systemId: string;
  /** What a test grants there. */
  readonly entitlementId: string;
  /** Another thing it may grant there. */
  readonly secondId: string;
  /** The account of that name as the system says, asked outside of anything Reeve's. */
  look(account: string): Promise<{ readonly state: 'active' | 'locked'; readonly holds: boolean } | undefined>;
  /** Locks or opens an account there, as somebody else who administers the system would. */
  change(what: 'lock_account' | 'unlock_account', account: string): Promise<unknown>;
}

export interface EveryTarget {
  readonly lab: Lab;
  readonly scim: LabScim;
  readonly targets: readonly GovernedTarget[];
  stop(): Promise<void>;
}

interface Described {
  readonly kind: string;
  readonly host: string;
  readonly port: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly pinned: string;
  readonly credential: Exclude<Credential, { kind: 'none' }>;
  /** What they are called there. */
  readonly entitlements: readonly [string, string];
}

/** What is granted on each system, as it is called there. */
export const GRANTED_ON = {
  web1: ['webops', 'staff'],
  orders: ['shop_read', 'reporting'],
  billing: ['billing_read', 'support'],
  directory: ['projects', 'platform'],
  corp: ['Analysts', 'All-Staff'],
  crm: ['Field', 'Desk'],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;
export type TargetName = keyof typeof GRANTED_ON;

const secretOf = (credential: Described['credential']): { kind: string; value: string } =>
  credential.kind === 'password'
    ? { kind: 'password', value: credential.password }
    : credential.kind === 'ssh_key' || credential.kind === 'ssh_certificate'
      ? { kind: 'ssh_key', value: credential.privateKey }
      : { kind: 'api_key', value: credential.token };

/**
 * One of each kind of system there is, real and running, connected to a house and read: a Linux host, PostgreSQL,
 * MariaDB, OpenLDAP, a Windows domain, and a SCIM server. Undefined, with the reason printed, where this machine lacks one.
 */
export async function everyTarget(house: GuardedHouse, admin: string): Promise<EveryTarget | undefined> {
  const [lab, scim] = await Promise.all([
    startLab({ hosts: ['web1'], postgres: true, mail: false, ldap: true, mariadb: true, binaryLog: true, ad: true }),
    startScim(),
  ]);
  const stop = async (): Promise<void> => {
    await Promise.all([lab.stop(), scim.stop()]);
  };
  const { postgres, ldap, mariadb, ad } = lab;
  const web1 = lab.hosts.hosts.get('web1');
  if (!postgres || !ldap || !mariadb || !ad || !web1?.isolated) {
    console.log(`SKIP one of each system: ${[...lab.skipped, ...lab.hosts.skipped].join('; ')}`);
    await stop();
    return undefined;
  }
  for (const displayName of GRANTED_ON.crm) scim.plant('groups', { displayName });
  const described: Readonly<Record<TargetName, Described>> = {
    web1: {
      kind: 'linux',
      host: web1.host,
      port: web1.port,
      pinned: web1.hostKeyFingerprint,
      credential: { kind: 'ssh_key', username: web1.management.username, privateKey: web1.management.privateKey },
      entitlements: GRANTED_ON.web1,
    },
    orders: {
      kind: 'postgres',
      host: postgres.host,
      port: postgres.port,
      pinned: postgres.tls === undefined ? 'tls:none' : `tls-sha256:${postgres.tls.fingerprint256}`,
      credential: { kind: 'password', ...postgres.superuser },
      entitlements: GRANTED_ON.orders,
    },
    billing: {
      kind: 'mysql',
      host: mariadb.host,
      port: mariadb.port,
      pinned: `tls-sha256:${mariadb.tls.fingerprint256}`,
      credential: { kind: 'password', ...mariadb.management },
      entitlements: GRANTED_ON.billing,
    },
    directory: {
      kind: 'ldap',
      host: ldap.host,
      port: ldap.port,
      pinned: `tls-sha256:${ldap.tls.fingerprint256}`,
      credential: { kind: 'password', ...ldap.management },
      entitlements: GRANTED_ON.directory,
    },
    corp: {
      kind: 'activedirectory',
      host: ad.host,
      port: ad.port,
      settings: { createIn: `OU=People,OU=Larkspur,${ad.base}` },
      pinned: `tls-sha256:${ad.tls.fingerprint256}`,
      credential: { kind: 'password', ...ad.administrator },
      entitlements: GRANTED_ON.corp,
    },
    crm: {
      kind: 'scim',
      host: scim.host,
      port: scim.port,
      settings: { basePath: scim.basePath },
      pinned: `tls-sha256:${scim.tls.fingerprint256}`,
      credential: { kind: 'token', username: 'reeve', token: scim.token },
      entitlements: GRANTED_ON.crm,
    },
  };
  const registry = connectors({ exchangeDir: house.exchangeDir });
  const ids = new Map<string, string>();
  const each = Object.entries(described) as [TargetName, Described][];
  for (const [name, one] of each) ids.set(name, await connect(house, admin, name, one));
  await house.settle(120_000);
  const targets = await Promise.all(
    each.map(async ([name, one]) => {
      const connector = registry.get(one.kind);
      if (connector === undefined) throw new Error(`there is no connector ${one.kind}`);
      return await governed(house, connector, { name, systemId: ids.get(name) ?? '' }, one);
    }),
  );
  return { lab, scim, targets, stop };
}

async function connect(house: GuardedHouse, admin: string, name: string, one: Described): Promise<string> {
  const { kind, host, port, settings = {}, pinned, credential } = one;
  const { id } = await house.perform<{ id: string }>(
    'systems.connect',
    { name, kind, host, port, settings, pinned: [pinned], username: credential.username, secret: secretOf(credential) },
    admin,
  );
  await house.perform('discovery.read', { id }, admin);
  return id;
}

async function governed(
  house: GuardedHouse,
  connector: Connector,
  system: Pick<GovernedTarget, 'name' | 'systemId'>,
  { kind, host, port, settings = {}, pinned, credential, entitlements }: Described,
): Promise<GovernedTarget> {
  const called = (name: string): Promise<{ id: string; nativeId: string }> =>
    house.db.one(sql`
      select id, native_id from entitlement
       where system_id = ${system.systemId} and name = ${name} and valid_to is null`);
  const [{ id, nativeId }, second] = await Promise.all([called(entitlements[0]), called(entitlements[1])]);
  const target: Target = { systemId: 'outside', kind, host, port, settings, pinned: [pinned], credential };
  return {
    ...system,
    entitlementId: id,
    secondId: second.id,
    look: async (account) => {
      const found = await connector.readAccount(target, account);
      return found && { state: found.account.state, holds: found.holdings.includes(nativeId) };
    },
    change: (what, account) => connector.apply(target, { do: what, account }),
  };
}
