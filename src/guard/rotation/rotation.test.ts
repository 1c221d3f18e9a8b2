import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linuxConnector } from '#connectors/linux/index.ts';
import type { Target } from '#connectors/port.ts';
import { sshPublicKey } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { makeSshKey } from '#lab/index.ts';
import { rotatedHouse, type RotatedHouse } from './testing/rotated-house.ts';

let it: RotatedHouse;
beforeAll(async () => {
  it = await rotatedHouse();
});
afterAll(() => it?.close());

const stepsOf = async (id: string): Promise<string[]> =>
  (await it.perform<{ steps: { step: string; outcome: string }[] }>('rotations.show', { id })).steps.map(
    ({ step, outcome }) => `${step}: ${outcome}`,
  );
const secretOf = async (accountId: string): Promise<string> =>
  (await it.house.db.one<{ id: string }>(sql`select id from secret where account_id = ${accountId}`)).id;

describe('a rotation', () => {
  test('seals, sets, proves and withdraws, each on the board; the old value is refused', async () => {
    const app = await it.account('orders', 'app');
    await it.rotate(app);
    const first = await it.value(app);
    const rotation = await it.rotate(app);
    expect(rotation).toMatchObject({ state: 'done', problem: null });
    expect(await stepsOf(rotation.id)).toEqual([
      'seal: done',
      'set: done',
      'prove: done',
      'withdraw the old one: done',
    ]);
    expect([await it.opens('app', await it.value(app)), await it.opens('app', first)]).toEqual([true, false]);
  });

  test('of the connection itself leaves Reeve able to log in', async () => {
    const owner = await it.account('orders', 'reeve_owner');
    const before = it.postgres.passwords.get('reeve_owner');
    expect(await it.rotate(owner)).toMatchObject({ state: 'done' });
    expect(await it.opens('reeve_owner', before)).toBe(false);
    const app = await it.account('orders', 'app');
    expect(await it.rotate(app)).toMatchObject({ state: 'done' });
  });

  test('uses the rules of its policy', async () => {
    const report = await it.account('orders', 'report');
    await it.perform('rotationPolicies.set', {
      accountId: report,
      generator: { length: 20, upper: false, signs: '', without: 'aeiou' },
    });
    await it.rotate(report);
    expect(await it.value(report)).toMatch(/^[b-df-hj-np-tv-z0-9]{20}$/u);
  });

  test('of a key replaces what Reeve put there; a key added by hand stays', async (ctx) => {
    const { host } = it;
    if (host === undefined) return ctx.skip('no host can be run here');
    const byHand = await makeSshKey('by hand');
    await host.exec(
      `install -d -m 700 -o deploy -g deploy /home/deploy/.ssh; cat >/home/deploy/.ssh/authorized_keys; chown deploy /home/deploy/.ssh/authorized_keys`,
      { input: `${byHand.publicKey}\n` },
    );
    const deploy = await it.account('web1', 'deploy');
    expect(await it.rotate(deploy, { kind: 'ssh_key' })).toMatchObject({ state: 'done' });
    const first = (await it.value(deploy)) ?? '';
    expect(await it.rotate(deploy)).toMatchObject({ state: 'done', problem: null });
    const second = (await it.value(deploy)) ?? '';
    const opens = (privateKey: string): Promise<boolean> =>
      linuxConnector.verify(
        { host: host.host, port: host.port, settings: {}, pinned: [host.hostKeyFingerprint] } as unknown as Target,
        { kind: 'ssh_key', username: 'deploy', privateKey },
      );
    expect([await opens(first), await opens(second), await opens(byHand.privateKey)]).toEqual([false, true, true]);
    const keys = (await host.exec('cat /home/deploy/.ssh/authorized_keys')).stdout;
    expect(keys).toContain(sshPublicKey(Buffer.from(second)));
    expect(keys.trim().split('\n')).toHaveLength(2);
  });

  test('for an incident ends the live sessions on the account in the same commit', async () => {
    const batch = await it.account('orders', 'batch');
    const session = newId();
    const { house } = it;
    await house.db.run(sql`
      insert into session (id, identity_id, account_id, system_id, grant_ids, protocol, state, node, client_address, client_version, started_at, recorded, seen_at)
      values (${session}, ${it.other}, ${batch}, ${it.systems.orders}, array[${newId()}::uuid], 'ssh', 'live', ${newId()}, '127.0.0.1', 'x', ${house.clock.now()}, true, ${house.clock.now()})`);
    await it.perform('rotations.plan', { accountId: batch, because: 'INC-7', incident: true });
    const { because } = await house.db.one<{ because: string | null }>(
      sql`select ending_because as because from session where id = ${session}`,
    );
    expect(because).toBe('its credential is being changed');
    await it.settle();
    expect(await it.latest(batch)).toMatchObject({ state: 'done', cause: 'incident' });
  });
});

describe('what holds a credential elsewhere', () => {
  test('follows in its order, keeps its owner and mode, and goes back together where one cannot follow', async (ctx) => {
    const { host } = it;
    if (host === undefined) return ctx.skip('no host can be run here');
    const app = await it.account('orders', 'app');
    const id = await secretOf(app);
    const old = (await it.value(app)) ?? '';
    // Its owner has to be able to write beside it.
    await host.exec(
      `mkdir -p /srv/shop && printf 'A=1\\nDATABASE_URL=postgres://app:${old}@db/shop\\n' >/srv/shop/shop.env && chmod 640 /srv/shop/shop.env && chown -R backup /srv/shop`,
    );
    const place = { file: '/srv/shop/shop.env', format: 'url', key: 'DATABASE_URL' };
    await it.perform('dependants.add', { id, name: 'shop', systemId: it.systems.web1, place });
    const first = await it.rotate(app);
    expect(first).toMatchObject({ state: 'done', problem: null });
    const next = (await it.value(app)) ?? '';
    const read = async (): Promise<string> => (await host.exec('cat /srv/shop/shop.env')).stdout;
    expect(await read()).toBe(`A=1\nDATABASE_URL=postgres://app:${next}@db/shop\n`);
    expect((await host.exec('stat -c "%U %a" /srv/shop/shop.env')).stdout.trim()).toBe('backup 640');

    await it.perform('dependants.add', {
      id,
      name: 'reports',
      systemId: it.systems.web1,
      place: { file: '/srv/shop/shop.env', key: 'NOT_THERE' },
    });
    const second = await it.rotate(app);
    expect(second.state).toBe('failed');
    expect(second.problem).toContain('everything has the old value again');
    expect(await it.value(app)).toBe(next);
    expect(await it.opens('app', next)).toBe(true);
    expect(await read()).toBe(`A=1\nDATABASE_URL=postgres://app:${next}@db/shop\n`);
    const shown = await it.perform<{ dependants: { name: string; state: string }[] }>('rotations.show', {
      id: second.id,
    });
    expect(shown.dependants.map(({ name, state }) => `${name} ${state}`)).toEqual(['shop returned', 'reports stale']);
    expect(await it.value(app, 'pending')).toBeUndefined();
  });

  test('a place that is none is refused with its field', async () => {
    const id = await secretOf(await it.account('orders', 'app'));
    await expect(
      it.perform('dependants.add', { id, name: 'x', systemId: it.systems.web1, place: { file: '../x', key: 'A' } }),
    ).rejects.toMatchObject({ code: 'dependant.place_wrong', errors: [{ pointer: '/place/file' }, {}] });
  });
});

describe('a credential that was changed behind Reeve', () => {
  const check = async (accountId: string): Promise<void> => {
    await it.perform('credentialChecks.ask', { id: await secretOf(accountId) });
    await it.settle();
  };
  const stateOf = async (accountId: string): Promise<string> =>
    (
      await it.house.db.one<{ state: string }>(
        sql`select state from credential_check where secret_id = ${await secretOf(accountId)}`,
      )
    ).state;

  test('is found and repaired by a rotation', async () => {
    const batch = await it.account('orders', 'batch');
    await check(batch);
    expect(await stateOf(batch)).toBe('works');
    await it.onPostgres(`alter role batch password 'changed by hand 1'`);
    it.house.clock.advance(1_000);
    await check(batch);
    expect(await it.latest(batch)).toMatchObject({ state: 'done', cause: 'drift' });
    expect(await it.opens('batch', await it.value(batch))).toBe(true);
    expect(await stateOf(batch)).toBe('works');
    const events = await it.house.db.many(sql`select type from audit_event where type = 'credential.drifted'`);
    expect(events).toHaveLength(1);
  });

  test('is only reported where the policy says so', async () => {
    const report = await it.account('orders', 'report');
    await it.perform('rotationPolicies.set', { accountId: report, onDrift: 'report' });
    await it.onPostgres(`alter role report password 'changed by hand 2'`);
    const before = await it.latest(report);
    await check(report);
    expect(await stateOf(report)).toBe('refused');
    expect((await it.latest(report)).id).toBe(before.id);
    const { items } = await it.perform<{ items: { secretName: string }[] }>('credentialChecks.list', {
      state: 'refused',
    });
    expect(items.map(({ secretName }) => secretName)).toEqual(['systems/orders/report']);
  });

  test('is found by the clock, without being asked', async () => {
    const batch = await it.account('orders', 'batch');
    await it.onPostgres(`alter role batch password 'changed by hand 3'`);
    it.house.clock.advance(25 * 3_600_000);
    await it.tick();
    expect(await it.latest(batch)).toMatchObject({ state: 'done', cause: 'drift' });
    expect(await it.opens('batch', await it.value(batch))).toBe(true);
  });

  test('and is that of the connection: the reconcile account repairs it', async () => {
    const { house } = it;
    await it.perform('reconcileAccounts.set', {
      systemId: it.systems.orders,
      username: 'mender',
      value: it.postgres.passwords.get('mender'),
    });
    await it.onPostgres(`alter role reeve_owner password 'changed by hand 4'`);
    const { id } = await house.db.one<{ id: string }>(
      sql`select id from secret where purpose = 'connection' and name = 'connections/orders'`,
    );
    house.clock.advance(1_000);
    await it.perform('credentialChecks.ask', { id });
    await it.settle();
    const owner = await it.account('orders', 'reeve_owner');
    expect(await it.latest(owner)).toMatchObject({ state: 'done', cause: 'drift', through: 'reconcile' });
    expect(await it.rotate(await it.account('orders', 'app'), { because: 'after' })).toBeDefined();
  });
});

describe('a policy', () => {
  test('rotates by age, inside its window only, and by use', async () => {
    const batch = await it.account('orders', 'batch');
    const { clock, db } = it.house;
    const before = await it.latest(batch);
    await it.perform('rotationPolicies.set', {
      accountId: batch,
      maxAgeDays: 7,
      window: { from: '22:00', to: '23:00' },
    });
    clock.set(new Date(clock.now().getTime() + 9 * 86_400_000));
    clock.set(new Date(`${clock.now().toISOString().slice(0, 10)}T12:00:00Z`));
    await it.tick();
    expect((await it.latest(batch)).id).toBe(before.id);
    clock.set(new Date(`${clock.now().toISOString().slice(0, 10)}T22:30:00Z`));
    await it.tick();
    const aged = await it.latest(batch);
    expect(aged).toMatchObject({ state: 'done', cause: 'age' });

    await it.perform('rotationPolicies.set', { accountId: batch, maxUses: 2 });
    clock.advance(2 * 3_600_000);
    for (let n = 0; n < 2; n += 1) {
      await it.tick();
      expect((await it.latest(batch)).id).toBe(aged.id);
      await db.run(sql`insert into access_use (id, identity_id, account_id, system_id, grant_ids, protocol, started_at, recorded)
        values (${newId()}, ${it.boss}, ${batch}, ${it.systems.orders}, array[${newId()}::uuid], 'ssh', ${clock.now()}, true)`);
    }
    await it.tick();
    expect(await it.latest(batch)).toMatchObject({ state: 'done', cause: 'use' });
  });

  test('of an account stands before that of its system, and that before the house', async () => {
    const app = await it.account('orders', 'app');
    const { policyOf } = await import('./policies/find-policy.ts');
    const of = (): Promise<number> =>
      policyOf(it.house.db, { accountId: app, systemId: it.systems.orders }).then((p) => p.checkEveryHours);
    expect(await of()).toBe(24);
    await it.perform('rotationPolicies.set', { checkEveryHours: 12 });
    expect(await of()).toBe(12);
    await it.perform('rotationPolicies.set', { systemId: it.systems.orders, checkEveryHours: 6 });
    expect(await of()).toBe(6);
    const { id } = await it.perform<{ id: string }>('rotationPolicies.set', { accountId: app, checkEveryHours: 3 });
    expect(await of()).toBe(3);
    await it.perform('rotationPolicies.remove', { id });
    expect(await of()).toBe(6);
  });
});

describe('a rotation of many', () => {
  const NAMES = ['canary', 'wave_a', 'wave_b', 'wave_c'];
  let accountIds: string[];
  beforeAll(async () => {
    accountIds = [];
    for (const name of NAMES) {
      accountIds.push(await it.account('orders', name));
      await it.rotate(accountIds.at(-1) ?? '');
    }
  });
  interface Run {
    readonly id: string;
    readonly state: string;
    readonly done: number;
    readonly failed: number;
    readonly planned: number;
    readonly releasedTo: number;
    readonly cancelled: number;
  }
  const start = async (more: object): Promise<Run> => {
    it.house.clock.advance(1_000);
    const { id } = await it.perform<{ id: string }>('rotationRuns.start', {
      accountIds,
      because: 'test',
      canary: 1,
      waveSize: 2,
      ...more,
    });
    await it.settle();
    return await it.perform<Run>('rotationRuns.show', { id });
  };

  test('goes wave by wave to its end', async () => {
    const before = await Promise.all(accountIds.map((id) => it.value(id)));
    expect(await start({})).toMatchObject({ state: 'done', done: 4, failed: 0, releasedTo: 2 });
    const after = await Promise.all(accountIds.map((id) => it.value(id)));
    for (const [n, name] of NAMES.entries())
      expect([await it.opens(name, before[n]), await it.opens(name, after[n])]).toEqual([false, true]);
  });

  test('stops when its canary fails; a person lets it go on, or cancels what was not begun', async () => {
    // The oldest goes first.
    await it.onPostgres('alter role canary nologin');
    const stopped = await start({});
    expect(stopped).toMatchObject({ state: 'stopped', failed: 1, done: 0, planned: 3, releasedTo: 0 });
    await it.perform('rotationRuns.resume', { id: stopped.id });
    await it.settle();
    expect(await it.perform('rotationRuns.show', { id: stopped.id })).toMatchObject({
      state: 'done',
      done: 3,
      failed: 1,
    });

    const again = await start({});
    expect(again).toMatchObject({ state: 'stopped', planned: 3 });
    expect(await it.perform('rotationRuns.cancel', { id: again.id })).toMatchObject({ cancelled: 3 });
    await it.onPostgres('alter role canary login');
    expect(await it.rotate(accountIds[0] ?? '')).toMatchObject({ state: 'done' });
  });

  test('waits for its window', async () => {
    const { clock } = it.house;
    clock.set(new Date(`${clock.now().toISOString().slice(0, 10)}T23:30:00Z`));
    const waiting = await start({ window: { from: '02:00', to: '03:00' } });
    expect(waiting).toMatchObject({ state: 'running', planned: 4, releasedTo: -1 });
    clock.advance(3 * 3_600_000);
    await it.tick();
    expect(await it.perform('rotationRuns.show', { id: waiting.id })).toMatchObject({ state: 'done', done: 4 });
  });

  test('over the limits of the change guard waits whole for another person', async () => {
    await it.perform('changeLimits.put', {
      kind: 'rotation',
      limits: {
        create: { percent: 0, free: 0, most: null },
        update: { percent: 0, free: 1, most: null },
        delete: { percent: 0, free: 0, most: null },
      },
    });
    const held = await start({});
    expect(held).toMatchObject({ state: 'waiting', planned: 0 });
    const { massChangeId } = await it.house.db.one<{ massChangeId: string }>(
      sql`select id as mass_change_id from mass_change where key = ${held.id}`,
    );
    await it.perform('massChanges.accept', { id: massChangeId, because: 'wanted' }, it.other);
    await it.settle();
    expect(await it.perform('rotationRuns.show', { id: held.id })).toMatchObject({ state: 'done', done: 4 });
  });
});
