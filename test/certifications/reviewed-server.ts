import { expect } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { runCommand, startPostgres } from '#lab/index.ts';
import { ADMIN_ROLES, changeSystem, createIdentity, startGrant, type AdminRole } from '#spine/graph/index.ts';
import { guardedHouse } from '#test/harness/guarded-house.ts';

const GROUPS = ['direct', 'by_role', 'by_rule', 'both', 'inner', 'for_all', 'sneaked', 'away', 'base'];

/** An item of a review, as operations answer it. */
export interface Item {
  readonly id: string;
  readonly what: string;
  readonly identityId: string | null;
  readonly grantId: string | null;
  readonly reviewerId: string;
  readonly state: string;
  readonly problem: string | null;
  readonly proven: boolean | null;
  readonly effectMs: number | null;
}

/** A company with a governed PostgreSQL server, where groups of the server are entitlements, and what reviews do in it. */
export async function reviewedServer() {
  const who: Record<string, string> = {};
  const id = (name: string): string => who[name] ?? '';
  const roles = [
    ...GROUPS.map((name) => ({ name })),
    { name: 'wrap', memberOf: ['inner'] },
    { name: 'forgotten', login: true },
    { name: 'kept_one', login: true },
  ];
  const [house, target] = await Promise.all([
    guardedHouse(),
    startPostgres({ plan: { name: 'ledger', roles, databases: [] } }),
  ]);
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const make = async (
      username: string,
      more: { managerId?: string; department?: string } = {},
      role?: AdminRole,
    ): Promise<void> => {
      const made = await createIdentity(ctx, permit, {
        kind: 'person',
        facts: { displayName: username, username, ...more },
      });
      who[username] = made.id;
      if (role !== undefined)
        await startGrant(ctx, permit, {
          identityId: made.id,
          entitlementId: ADMIN_ROLES[role],
          origin: 'admin',
          reason: 'test',
        });
    };
    await make('admin', {}, 'administrator');
    await make('officer', {}, 'security_officer');
    await make('boss');
    await make('owner');
    for (const name of ['lena', 'omar']) await make(name, { managerId: id('boss'), department: 'Finance' });
  });
  const made = await house.perform<{ id: string }>(
    'systems.connect',
    {
      name: 'ledger',
      kind: 'postgres',
      host: target.host,
      port: target.port,
      settings: { database: 'postgres' },
      pinned: [target.tls === undefined ? 'tls:none' : `tls-sha256:${target.tls.fingerprint256}`],
      username: target.superuser.username,
      secret: { kind: 'password', value: target.superuser.password },
    },
    id('admin'),
  );
  const systemId = made.id;
  await house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) =>
      changeSystem(ctx, permit, { systemId, ownerId: id('owner') }),
    );

  const read = async (): Promise<void> => {
    house.clock.advance(1_000);
    await house.perform('discovery.read', { id: systemId }, id('admin'));
    await house.settle(60_000);
  };
  const psql = async (statement: string): Promise<string> => {
    const { code, stdout, stderr } = await runCommand('psql', ['-XAtc', statement], {
      env: { PATH: '/usr/bin:/bin', ...target.env() },
    });
    if (code !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  /** What a login is in on the server, also through other groups. */
  const isIn = async (login: string, group: string): Promise<boolean> =>
    (await psql(`select pg_has_role('${login}', '${group}', 'member')`)) === 't';
  const thing = async (name: string): Promise<string> =>
    (
      await house.db.one<{ id: string }>(
        sql`select id from entitlement where system_id = ${systemId} and native_id = ${`role:${name}`}`,
      )
    ).id;
  async function give(name: string, group: string): Promise<string> {
    const made = await house.perform<{ id: string }>(
      'grants.give',
      { identity: name, entitlementId: await thing(group), because: 'test' },
      id('admin'),
    );
    await house.settle(60_000);
    return made.id;
  }

  const launch = async (input: object): Promise<string> => {
    house.clock.advance(1_000);
    const dueAt = new Date(house.clock.now().getTime() + 7 * 86_400_000).toISOString();
    const made = await house.perform<{ id: string }>(
      'campaigns.create',
      { name: 'review', dueAt, ...input },
      id('admin'),
    );
    await house.perform('campaigns.launch', { id: made.id }, id('admin'));
    await house.settle(60_000);
    return made.id;
  };
  const items = async (campaign: string): Promise<readonly Item[]> =>
    (await house.perform<{ items: Item[] }>('campaigns.items', { id: campaign, scope: 'all' }, id('admin'))).items;
  const item = async (campaign: string, fits: (of: Item) => boolean = () => true): Promise<Item> => {
    const found = (await items(campaign)).find(fits);
    if (found === undefined) throw new Error('no such item');
    return found;
  };
  /** Decides and signs as its reviewer, and lets everything follow. */
  const revoke = async (campaign: string, of: Item, action?: 'person' | 'role'): Promise<void> => {
    if (action !== undefined) await house.perform('items.choose', { id: of.id, action }, of.reviewerId);
    await house.perform('items.decide', { id: of.id, decision: 'revoke' }, of.reviewerId);
    await house.perform('campaigns.sign', { id: campaign }, of.reviewerId);
    await house.settle(60_000);
  };
  const closed = async (campaign: string, of: Item): Promise<void> => {
    const look = () => item(campaign, (one) => one.id === of.id);
    await until(async () => (await look()).state === 'revoked', { timeoutMs: 60_000, what: 'the item to close' });
    const now = await look();
    expect(now).toMatchObject({ state: 'revoked', proven: true, problem: null });
    expect(now.effectMs).toBeGreaterThanOrEqual(0);
  };
  const offered = async (of: Item): Promise<readonly { action: string; narrowest: boolean; does: string[] }[]> =>
    (
      await house.perform<{ actions: { action: string; narrowest: boolean; does: string[] }[] }>(
        'items.actions',
        { id: of.id },
        of.reviewerId,
      )
    ).actions;
  const role = async (name: string, groups: readonly string[]): Promise<string> => {
    const made = await house.perform<{ id: string }>(
      'roleVersions.createRole',
      { name, description: 'test', ownerId: id('owner') },
      id('admin'),
    );
    const entitlements = await Promise.all(groups.map(async (group) => ({ id: await thing(group) })));
    const draft = await house.perform<{ id: string }>(
      'roleVersions.draft',
      { role: made.id, kind: 'it', entitlements, reason: 'test' },
      id('admin'),
    );
    await publish(draft.id, id('admin'), id('officer'));
    return made.id;
  };
  const publish = async (version: string, asks: string, publishes: string): Promise<void> => {
    await house.perform('roleVersions.look', { id: version }, asks);
    await house.settle(60_000);
    await house.perform('roleVersions.ask', { id: version }, asks);
    await house.perform('roleVersions.publish', { id: version, because: 'looked at' }, publishes);
    await house.settle(60_000);
  };
  const giveRole = async (name: string, roleId: string): Promise<void> => {
    await house.perform('grants.give', { identity: name, roleId, because: 'test' }, id('admin'));
    await house.settle(60_000);
  };
  await read();
  // Everybody has an account there, whatever else is taken from them.
  for (const name of ['lena', 'omar']) await give(name, 'base');
  return {
    house,
    target,
    systemId,
    id,
    read,
    psql,
    isIn,
    thing,
    give,
    launch,
    items,
    item,
    revoke,
    closed,
    offered,
    role,
    publish,
    giveRole,
    close: async (): Promise<void> => {
      await house.close();
      await target.stop();
    },
  };
}
