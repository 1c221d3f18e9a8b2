import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { runCommand, startPostgres, type LabPostgres } from '#lab/index.ts';
import { ADMIN_ROLES, createIdentity, endGrants, startGrant, startGrants } from '#spine/graph/index.ts';
import { breakableRelay, type BreakableRelay } from '#test/harness/breakable-relay.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';

/** What many people are given on one system, or lose there, is done for many at a time, and each thing once. */

const ROLES = ['team_a', 'team_b', 'team_c'];
let house: GuardedHouse;
let target: LabPostgres;
let relay: BreakableRelay;
let admin: string;
let systemId: string;
let entitlementIds: readonly string[];
/** So that a test that is tried again meets nobody it made before. */
let turn = 0;

beforeAll(async () => {
  const roles = ROLES.map((name) => ({ name }));
  [house, target] = await Promise.all([
    guardedHouse(),
    startPostgres({ plan: { name: 'crowd', roles, databases: [] } }),
  ]);
  relay = await breakableRelay(target.port);
  admin = (await people(['first-admin']))[0] ?? '';
  await house.as('boot').act({ action: 'enrolment.create' }, (ctx, permit) =>
    startGrant(ctx, permit, {
      identityId: admin,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    }),
  );
  const made = await house.perform<{ id: string }>(
    'systems.connect',
    {
      name: 'crowd',
      kind: 'postgres',
      host: '127.0.0.1',
      port: relay.port,
      settings: { database: 'postgres' },
      pinned: [target.tls === undefined ? 'tls:none' : `tls-sha256:${target.tls.fingerprint256}`],
      username: target.superuser.username,
      secret: { kind: 'password', value: target.superuser.password },
    },
    admin,
  );
  systemId = made.id;
  await house.perform('discovery.read', { id: systemId }, admin);
  await house.settle(60_000);
  entitlementIds = (
    await house.db.many<{ id: string }>(sql`
      select id from entitlement where system_id = ${systemId} and name = any(${sql.array(ROLES)}::text[]) order by name`)
  ).map(({ id }) => id);
});
afterAll(async () => {
  await house?.close();
  await relay?.stop();
  await target?.stop();
});

const people = (names: readonly string[]): Promise<string[]> =>
  house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const ids: string[] = [];
    for (const name of names) {
      const facts = { displayName: name, username: name };
      ids.push((await createIdentity(ctx, permit, { kind: 'person', facts })).id);
    }
    return ids;
  });
const crowd = (prefix: string, count: number): Promise<string[]> =>
  people(Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(3, '0')}`));

/** Each of them gets every role, in one transaction. */
const giveAll = (identityIds: readonly string[]): Promise<string[]> =>
  house.as('boot').act({ action: 'enrolment.create' }, (ctx, permit) =>
    startGrants(ctx, permit, {
      origin: 'admin',
      grants: identityIds.flatMap((identityId) =>
        entitlementIds.map((entitlementId) => ({
          identityId,
          entitlementId,
          roleId: null,
          originId: null,
          reason: 'test',
        })),
      ),
    }),
  );

/** Whatever they were given is over. */
const endAll = async (identityIds: readonly string[]): Promise<void> => {
  const grants = await house.db.many<{ id: string }>(sql`
    select id from access_grant where identity_id = any(${sql.array(identityIds)}::uuid[]) and ended_because is null`);
  await house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) =>
      endGrants(ctx, permit, { grants: grants.map(({ id }) => ({ grantId: id })), because: 'changed our mind' }),
    );
};

const areDone = async (identityIds: readonly string[]): Promise<boolean> => {
  const { open } = await house.db.one<{ open: number }>(sql`
    select (count(*) filter (where state <> 'done'))::int + ${identityIds.length * ROLES.length}::int - count(*)::int as open
      from provision_task where identity_id = any(${sql.array(identityIds)}::uuid[])`);
  return open === 0;
};
const allWanted = async (identityIds: readonly string[], wanted: string): Promise<boolean> =>
  (
    await house.db.many(sql`
    select from provision_task where identity_id = any(${sql.array(identityIds)}::uuid[]) and wanted <> ${wanted}`)
  ).length === 0;
const allDone = (identityIds: readonly string[], timeoutMs = 60_000): Promise<unknown> =>
  until(() => areDone(identityIds), { timeoutMs, what: 'everything to be done' }).catch(async (error: unknown) => {
    throw new Error(`open: ${JSON.stringify(await openTasks(identityIds))}`, { cause: error });
  });
/** What was over before anything was begun for it may have left nothing to do, so tasks are not counted here. */
const nothingOpen = async (identityIds: readonly string[]): Promise<void> => {
  await house.settle(60_000);
  await until(async () => (await openTasks(identityIds)).length === 0, {
    timeoutMs: 60_000,
    what: 'nothing to be open',
  });
};
/** What is open of these people, for whoever reads why a test failed. */
const openTasks = (identityIds: readonly string[]): Promise<unknown[]> =>
  house.db.many(sql`
    select wanted, state, tries, problem, not_before - clock_timestamp() as due_in, claimed_until - clock_timestamp() as claimed_for
      from provision_task left join provision_claim using (system_id, identity_id)
     where identity_id = any(${sql.array(identityIds)}::uuid[]) and state <> 'done' limit 5`);
const ask = async (statement: string): Promise<string> => {
  const { code, stdout, stderr } = await runCommand('psql', ['-XAtc', statement], {
    env: { PATH: '/usr/bin:/bin', ...target.env() },
  });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
};
/** Accounts, memberships, and accounts that may not log in, of people whose names begin so. */
const onTarget = (prefix: string): Promise<string> =>
  ask(`select count(distinct r.oid) || ' ' || count(a.*) || ' ' || count(distinct r.oid) filter (where not r.rolcanlogin)
         from pg_roles r left join pg_auth_members a on a.member = r.oid where r.rolname like '${prefix}%'`);
const LOG_INS = sql`type = 'secret.used' and data->>'purpose' = 'connection'`;
/** Counts, from now on, how often Reeve asked the vault for the system's credential. */
const countLogIns = async (): Promise<() => Promise<number>> => {
  const count = async (): Promise<number> =>
    (await house.db.one<{ n: number }>(sql`select count(*)::int as n from audit_event where ${LOG_INS}`)).n;
  const before = await count();
  return async () => (await count()) - before;
};
const complaints = (): readonly string[] =>
  target
    .logs()
    .split('\n')
    .filter((line) => /ERROR/.test(line) && /already|does not exist/.test(line));

test('sixty people with three roles each are given them with a few log-ins, and nothing is told the target twice', async () => {
  const logIns = await countLogIns();
  const ids = await crowd('many', 60);
  await giveAll(ids);
  await allDone(ids);
  expect(await onTarget('many')).toBe('60 180 0');
  expect(await logIns()).toBeLessThanOrEqual(20);
  expect(complaints()).toEqual([]);
  const events = await house.db.one<{ created: number; realised: number; grants: number }>(sql`
    select (count(*) filter (where type = 'account.created'))::int as created,
           (count(*) filter (where type = 'access.realised'))::int as realised,
           coalesce(sum(jsonb_array_length(data->'grants')) filter (where type = 'access.realised'), 0)::int as grants
      from audit_event where subject_id = any(${sql.array(ids)}::uuid[])`);
  expect(events).toMatchObject({ created: 60, grants: 180 });
});

test(
  'one whose name is taken by a stranger, and one role that is gone, keep nobody else',
  { timeout: 180_000 },
  async () => {
    turn += 1;
    const prefix = `taken${String(turn)}x`;
    const shortLived = `short_lived${String(turn)}`;
    await ask(`create role ${prefix}001 login`);
    await ask(`create role ${shortLived}`);
    await house.perform('discovery.read', { id: systemId }, admin);
    await house.settle(90_000);
    const gone = await house.db.one<{ id: string }>(
      sql`select id from entitlement where system_id = ${systemId} and name = ${shortLived} and valid_to is null`,
    );
    await ask(`drop role ${shortLived}`);
    const ids = await crowd(prefix, 4);
    await giveAll(ids);
    await house.as('boot').act({ action: 'enrolment.create' }, (ctx, permit) =>
      startGrants(ctx, permit, {
        origin: 'admin',
        grants: ids.map((identityId) => ({
          identityId,
          entitlementId: gone.id,
          roleId: null,
          originId: null,
          reason: 'test',
        })),
      }),
    );
    const statesNow = () =>
      house.db.many<{ username: string; state: string; n: number }>(sql`
      select f.username, t.state, count(*)::int as n from provision_task t
        join identity_facts f on f.identity_id = t.identity_id and f.valid_to is null
       where t.identity_id = any(${sql.array(ids)}::uuid[]) group by 1, 2 order by 1, 2`);
    await until(
      async () => {
        const states = await statesNow();
        return states.reduce((sum, { n }) => sum + n, 0) === 16 && states.every(({ state }) => state !== 'waiting');
      },
      { timeoutMs: 60_000, what: 'each thing to be given or left to a person' },
    );
    const states = await statesNow();
    expect(states).toEqual([
      { username: `${prefix}000`, state: 'done', n: 3 },
      { username: `${prefix}000`, state: 'stuck', n: 1 },
      { username: `${prefix}001`, state: 'stuck', n: 4 },
      { username: `${prefix}002`, state: 'done', n: 3 },
      { username: `${prefix}002`, state: 'stuck', n: 1 },
      { username: `${prefix}003`, state: 'done', n: 3 },
      { username: `${prefix}003`, state: 'stuck', n: 1 },
    ]);
  },
);

test('sixteen at once at the same people give each thing once', { timeout: 120_000 }, async () => {
  const ids = await crowd('race', 40);
  await giveAll(ids);
  const agree = async (): Promise<void> => {
    for (const lane of [0, 1, 2, 3]) await house.tasks['provisioning.agree']?.({ systemId, lane }, undefined as never);
  };
  await Promise.all(Array.from({ length: 16 }, agree));
  await allDone(ids);
  expect(await onTarget('race')).toBe('40 120 0');
  expect(complaints()).toEqual([]);
  const twice = await house.db.many(sql`
    select subject_id from audit_event where type = 'account.created' and subject_id = any(${sql.array(ids)}::uuid[])
     group by 1 having count(*) > 1`);
  expect(twice).toEqual([]);
});

test('cut off at any moment, what was half done is gone on with', { timeout: 180_000 }, async () => {
  turn += 1;
  for (const piece of [6, 12, 16, 20, 24, 30]) {
    const prefix = `cut${String(turn)}p${String(piece)}x`;
    const ids = await crowd(prefix, 8);
    relay.cutAt(piece);
    await giveAll(ids);
    await allDone(ids);
    relay.cutAt(0);
    expect(await onTarget(prefix)).toBe('8 24 0');
  }
  expect(complaints()).toEqual([]);
});

test(
  'cut off at any moment, and over before the system is back, nothing is left open of what was half done',
  { timeout: 180_000 },
  async () => {
    turn += 1;
    let made = 0;
    for (let piece = 40; ; piece += 7) {
      const prefix = `left${String(turn)}p${String(piece)}x`;
      const ids = await crowd(prefix, 1);
      relay.cutAt(piece);
      await giveAll(ids);
      await until(async () => relay.hasCut() || (await areDone(ids)), {
        timeoutMs: 10_000,
        everyMs: 2,
        what: 'the cut',
      });
      if (!relay.hasCut()) break;
      await relay.break('refused');
      made += Number((await onTarget(prefix)).split(' ')[0]);
      await endAll(ids);
      await until(() => allWanted(ids, 'absent'), { timeoutMs: 10_000, what: 'the end of their grants' });
      await relay.mend();
      await nothingOpen(ids);
      const [accounts, memberships, locked] = (await onTarget(prefix)).split(' ');
      expect([piece, memberships, locked]).toEqual([piece, '0', accounts]);
    }
    relay.cutAt(0);
    expect(made).toBeGreaterThan(0);
    // Whoever manages credentials hears of each account that was made, also of one that was locked at once.
    const { told } = await house.db.one<{ told: number }>(sql`
      select count(*)::int as told from audit_event e join account a on a.id::text = e.data->>'accountId'
       where e.type = 'account.created' and a.name like ${`left${String(turn)}p%`}`);
    const [accounts] = (await onTarget(`left${String(turn)}p`)).split(' ');
    expect(told).toBe(Number(accounts));
    expect(complaints()).toEqual([]);
  },
);

test(
  'while a system is away it is tried now and then, not once for everybody who waits for it',
  { timeout: 120_000 },
  async () => {
    const ids = await crowd('away', 120);
    await relay.break('refused');
    const logIns = await countLogIns();
    await giveAll(ids);
    await until(
      async () => {
        const { n } = await house.db.one<{ n: number }>(sql`
        select count(*)::int as n from provision_task where identity_id = any(${sql.array(ids)}::uuid[]) and tries >= 2`);
        return n === ids.length * ROLES.length;
      },
      { timeoutMs: 30_000, what: 'each to be tried twice' },
    );
    expect(await logIns()).toBeLessThanOrEqual(60);
    const dropped = ids.slice(0, 20);
    await endAll(dropped);
    await relay.mend();
    await allDone(ids, 90_000);
    expect(await onTarget('away')).toBe('100 300 0');
    expect(complaints()).toEqual([]);
  },
);

test('what many people lose at once is taken, and their accounts are locked', { timeout: 300_000 }, async () => {
  const grants = await house.db.many<{ id: string }>(sql`
    select g.id from access_grant g join identity_facts f on f.identity_id = g.identity_id and f.valid_to is null
     where f.username like 'many%' and g.ended_because is null`);
  await house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) =>
      endGrants(ctx, permit, { grants: grants.map(({ id }) => ({ grantId: id })), because: 'over' }),
    );
  await until(async () => (await onTarget('many')) === '60 0 60', { timeoutMs: 60_000, what: 'all to be taken' });
  await house.settle(240_000);
  expect(await onTarget('many')).toBe('60 0 60');
});
