import { sql } from '#kit/db/index.ts';
import { runCommand, startPostgres } from '#lab/index.ts';
import { ADMIN_ROLES, changeSystem, createIdentity, startGrant, type AdminRole } from '#spine/graph/index.ts';
import { guardedHouse } from '#test/harness/guarded-house.ts';
import { reviewsOf } from './reviews-of.ts';

const GROUPS = ['direct', 'by_role', 'by_rule', 'both', 'inner', 'for_all', 'sneaked', 'away', 'base'];

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

  const reviews = reviewsOf(house, id);
  const role = async (name: string, groups: readonly string[]): Promise<string> =>
    reviews.role(name, await Promise.all(groups.map(thing)));
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
    ...reviews,
    role,
    close: async (): Promise<void> => {
      await house.close();
      await target.stop();
    },
  };
}
