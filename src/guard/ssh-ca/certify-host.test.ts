import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { startHosts, type LabHosts } from '#lab/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { breakableRelay, type BreakableRelay } from '#test/harness/breakable-relay.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';

let house: GuardedHouse;
let hosts: LabHosts;
let relay: BreakableRelay;
let admin: string;
let systemId: string;

beforeAll(async () => {
  [house, hosts] = await Promise.all([guardedHouse(), startHosts({ names: ['web1'] })]);
  const web1 = hosts.get('web1');
  house.clock.set(new Date());
  relay = await breakableRelay(web1.port, web1.host);
  admin = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const { id } = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'Admin' } });
    await startGrant(ctx, permit, {
      identityId: id,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    return id;
  });
  ({ id: systemId } = await house.perform<{ id: string }>(
    'systems.connect',
    {
      name: 'web1',
      kind: 'linux',
      host: '127.0.0.1',
      port: relay.port,
      pinned: [web1.hostKeyFingerprint],
      username: web1.management.username,
      secret: { kind: 'ssh_key', value: web1.management.privateKey },
    },
    admin,
  ));
  await house.settle(60_000);
  // from here on jobs run when the tests say so
  await house.idle();
});
afterAll(async () => {
  await house?.close();
  await relay?.stop();
  await hosts?.stop();
});

const failures = async (): Promise<number> =>
  (
    await house.db.one<{ n: number }>(
      sql`select count(*)::int as n from audit_event where type in ('ssh_host.failed', 'ssh_trust.failed')`,
    )
  ).n;

test.each([
  {
    what: 'to be certified',
    ask: 'sshCa.certifyHost',
    job: 'ssh_ca.certify_host',
    show: 'sshCa.showHost',
    done: 'certified',
  },
  { what: 'to trust', ask: 'sshCa.setUp', job: 'ssh_ca.set_up', show: 'sshCa.showTrust', done: 'set_up' },
])(
  'a host that is asked $what again while the first try fails does so all the same',
  async ({ ask, job, show, done }) => {
    const before = await failures();
    const state = async (): Promise<unknown> => (await house.perform(show, { systemId }, admin))['state'];
    const work = async (): Promise<unknown> => house.tasks[job]?.({ systemId, check: false }, undefined as never);
    await relay.break('silent');
    relay.cutAt(0);
    await house.perform(ask, { systemId }, admin);
    const first = work();
    await until(() => relay.cutAt(0).pieces > 0, { timeoutMs: 10_000, what: 'the first try to be under way' });
    house.clock.advance(1_000);
    await house.perform(ask, { systemId }, admin);
    // what was swallowed is lost: the first try fails, and the host answers again
    await relay.mend();
    await first;
    expect([await failures(), await state()]).toEqual([before + 1, 'asked']);
    await work();
    expect([await failures(), await state()]).toEqual([before + 1, done]);
  },
  120_000,
);
