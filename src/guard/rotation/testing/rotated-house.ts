import { Client } from 'pg';
import { expect } from 'vitest';
import { openVersion } from '#guard/rotation/open-version.ts';
import { secretOfAccount, type VersionState } from '#guard/vault/index.ts';
import { sql } from '#kit/db/index.ts';
import { startHosts, startPostgres, type LabHost, type LabHosts, type LabPostgres } from '#lab/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';
import { textOfCredential } from '../text-of-credential.ts';

/** The whole product over a PostgreSQL server and a Linux host that are real, both read, and somebody who may everything. */
export interface RotatedHouse {
  readonly house: GuardedHouse;
  readonly postgres: LabPostgres;
  /** Undefined where this machine cannot run one. */
  readonly host: LabHost | undefined;
  readonly boss: string;
  /** Somebody else who may everything. */
  readonly other: string;
  readonly systems: { readonly orders: string; readonly web1: string };
  account(system: 'orders' | 'web1', name: string): Promise<string>;
  perform<T = Record<string, unknown>>(operation: string, input: unknown, as?: string): Promise<T>;
  /** Rotates and waits; the rotation as it came out. */
  rotate(accountId: string, more?: object): Promise<{ id: string; state: string; problem: string | null }>;
  latest(
    accountId: string,
  ): Promise<{ id: string; state: string; cause: string; problem: string | null; through: string }>;
  /** What the vault holds. */
  value(accountId: string, state?: VersionState): Promise<string | undefined>;
  /** Whether PostgreSQL lets somebody in, asked without Reeve. */
  opens(role: string, password: string | undefined): Promise<boolean>;
  /** Says something to PostgreSQL as somebody else who administers it. */
  onPostgres(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  tick(): Promise<void>;
  settle(): Promise<void>;
  close(): Promise<void>;
}

const ROLES = ['app', 'batch', 'report', 'canary', 'wave_a', 'wave_b', 'wave_c', 'reeve_owner', 'mender'];

export async function rotatedHouse(parts: { readonly hosts?: boolean } = {}): Promise<RotatedHouse> {
  const [house, postgres, hosts] = await Promise.all([
    guardedHouse(),
    startPostgres({
      settings: ['wal_level = logical'],
      plan: {
        name: 'orders',
        roles: ROLES.map((name) => ({
          name,
          login: true,
          ...(name === 'reeve_owner' || name === 'mender' ? { attributes: ['superuser' as const] } : {}),
        })),
        databases: [],
      },
    }),
    startHosts({
      plans:
        parts.hosts === false
          ? []
          : [
              {
                name: 'web1',
                purpose: 'rotation',
                users: [
                  { name: 'deploy', fullName: 'deploy' },
                  { name: 'backup', fullName: 'backup', password: 'set' },
                ],
              },
            ],
    }),
  ]);
  const host = isolated(hosts);
  const [boss, other] = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const person = async (username: string): Promise<string> => {
      const { id } = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: username, username } });
      for (const role of ['administrator', 'security_officer'] as const)
        await startGrant(ctx, permit, {
          identityId: id,
          entitlementId: ADMIN_ROLES[role],
          origin: 'admin',
          reason: 'test',
        });
      return id;
    };
    return [await person('boss'), await person('other')] as const;
  });
  const connect = async (name: string, connection: object): Promise<string> => {
    const { id } = await house.perform<{ id: string }>('systems.connect', { name, ...connection }, boss);
    await house.perform('discovery.read', { id }, boss);
    return id;
  };
  const orders = await connect('orders', {
    kind: 'postgres',
    host: postgres.host,
    port: postgres.port,
    settings: {},
    pinned: [`tls-sha256:${postgres.tls?.fingerprint256}`],
    username: 'reeve_owner',
    secret: { kind: 'password', value: postgres.passwords.get('reeve_owner') },
  });
  const web1 =
    host === undefined
      ? ''
      : await connect('web1', {
          kind: 'linux',
          host: host.host,
          port: host.port,
          settings: {},
          pinned: [host.hostKeyFingerprint],
          username: host.management.username,
          secret: { kind: 'ssh_key', value: host.management.privateKey },
        });
  await house.settle(60_000);
  const systems = { orders, web1 };
  const settle = async (): Promise<void> => {
    await house.settle(20_000);
  };
  const connectTo = async (user: string, password: string): Promise<Client> => {
    const client = new Client({
      host: postgres.host,
      port: postgres.port,
      user,
      password,
      database: 'postgres',
      ssl: { rejectUnauthorized: false },
    });
    await client.connect();
    return client;
  };
  const latest: RotatedHouse['latest'] = (accountId) =>
    house.db.one(sql`
      select id, state, cause, problem, through from rotation where account_id = ${accountId} order by planned_at desc, id desc limit 1`);
  return {
    house,
    postgres,
    host,
    boss,
    other,
    systems,
    settle,
    latest,
    account: async (system, name) =>
      (
        await house.db.one<{ id: string }>(
          sql`select id from account where system_id = ${systems[system]} and name = ${name}`,
        )
      ).id,
    perform: (operation, input, as = boss) => house.perform(operation, input, as),
    rotate: async (accountId, more = {}) => {
      house.clock.advance(1_000);
      await house.perform('rotations.plan', { accountId, because: 'test', ...more }, boss);
      await settle();
      return await latest(accountId);
    },
    value: async (accountId, state = 'current') => {
      const secret = await house.db.tx((tx) => secretOfAccount(tx, accountId));
      expect(secret).toBeDefined();
      const place = { secretId: secret?.id ?? '', systemId: secret?.systemId ?? '', accountNativeId: '' };
      const opened = await openVersion(house.keys, house.as('rotation'), place, { state });
      if (opened === undefined) return undefined;
      return textOfCredential(opened.credential);
    },
    opens: async (role, password) => {
      if (password === undefined) return false;
      return await connectTo(role, password).then(
        async (client) => {
          await client.end();
          return true;
        },
        (error: unknown) => {
          if (['28P01', '28000'].includes((error as { code?: string }).code ?? '')) return false;
          throw error;
        },
      );
    },
    onPostgres: async (statement) => {
      const client = await connectTo(postgres.superuser.username, postgres.superuser.password);
      const { rows } = await client.query<Record<string, unknown>>(statement);
      await client.end();
      return rows;
    },
    tick: async () => {
      await house.tasks['rotation.tick']?.({}, undefined as never);
      await settle();
    },
    close: async () => {
      await house.close();
      await Promise.all([postgres.stop(), hosts.stop()]);
    },
  };
}

const isolated = (hosts: LabHosts): LabHost | undefined => {
  const host = hosts.hosts.get('web1');
  return host?.isolated === true ? host : undefined;
};
