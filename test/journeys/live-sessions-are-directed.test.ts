import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { aSecondMs, until } from '#kit/testing/index.ts';
import { makeSshKey, startHosts, type LabHost, type LabHosts } from '#lab/index.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { makeHostKey, startSshGateway, type SshGateway } from '#gateways/ssh/index.ts';
import { gatewayPorts, LiveSessions, serveSessions } from '#guard/sessions/index.ts';
import {
  addGrantControls,
  ADMIN_ROLES,
  createIdentity,
  NO_CONTROLS,
  startGrant,
  type GrantControls,
} from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '../harness/guarded-house.ts';
import { registerKey } from '#test/harness/register-key.ts';

/** Real ssh through two real gateways to a real sshd; whoever is in charge works on one node, the sessions are on both. */
let house: GuardedHouse;
let hosts: LabHosts;
let web1: LabHost;
let here: SshUser;
let elsewhere: SshUser;
let second: { readonly gateway: SshGateway; readonly stop: () => Promise<void> };
let entitlementId: string;
let systemId: string;
const who: Record<string, string> = {};
const id = (name: string): string => who[name] ?? '';

type Running = ReturnType<SshUser['start']>;
const running: Running[] = [];
const start = (user: SshUser, command: string, tty = false): Running => {
  const it = user.start('lena@web1', command === '' ? [] : [command], { tty });
  running.push(it);
  return it;
};
const shows = (it: Running, words: string): Promise<unknown> =>
  until(() => it.output().includes(words), { timeoutMs: 10_000, what: `the client to show ${words}: ${it.output()}` });
const type = (it: Running, words: string): void => void it.process.stdin?.write(words);
const performAs = <T = Record<string, unknown>>(name: string, input: unknown, as = 'officer'): Promise<T> =>
  house.perform<T>(name, input, id(as));
const code = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
const liveSession = async (): Promise<string> =>
  (
    await until(
      () => house.db.maybe<{ id: string }>(sql`select id from session where state = 'live' order by id desc limit 1`),
      { timeoutMs: 10_000, what: 'a live session' },
    )
  ).id;
const nobodyLive = (): Promise<unknown> =>
  until(async () => (await house.db.maybe(sql`select id from session where state = 'live' limit 1`)) === undefined, {
    timeoutMs: 10_000,
    what: 'the last session to end',
  });
/** Half a second on the target: in it, what is not held back would have come. */
const timeFor = async (what: string): Promise<void> => {
  const uptime = async (): Promise<number> => Number((await web1.exec('cat /proc/uptime')).stdout.split(' ')[0]);
  const before = await uptime();
  await until(async () => (await uptime()) > before + 0.5, { timeoutMs: 5_000, what });
};
const give = async (controls: Partial<GrantControls> = {}): Promise<void> => {
  house.clock.advance(1000);
  const old = await house.db.many<{ id: string }>(
    sql`select id from access_grant where identity_id = ${id('lena')} and ended_because is null`,
  );
  for (const grant of old) await performAs('grants.end', { id: grant.id, because: 'test' }, 'admin');
  house.clock.advance(1000);
  const { id: grantId } = await performAs<{ id: string }>(
    'grants.give',
    { identity: 'lena', entitlementId, because: 'test' },
    'admin',
  );
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    await addGrantControls(ctx, permit, { grantId, controls: { ...NO_CONTROLS, ...controls }, because: 'test' });
  });
  await house.settle(30_000);
};
const prove = (action: string): Promise<unknown> =>
  house.db.run(sql`
    insert into step_up (id, identity_id, action, resource_id, asked_at, ends_at, method, proved_at)
    values (${newId()}, ${id('officer')}, ${action}, 'everything', ${house.clock.now()},
            ${new Date(house.clock.now().getTime() + 60_000)}, 'passkey', ${house.clock.now()})`);
const recorded = async (event: string): Promise<unknown[]> =>
  (await house.db.many<{ data: unknown }>(sql`select data from audit_event where type = ${event} order by at, id`)).map(
    ({ data }) => data,
  );

beforeAll(async () => {
  [house, hosts] = await Promise.all([guardedHouse(), startHosts({ names: ['web1'] })]);
  web1 = hosts.get('web1');
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    for (const [name, role] of [
      ['admin', 'administrator'],
      ['officer', 'security_officer'],
      ['other', 'security_officer'],
      ['auditor', 'auditor'],
      ['lena', undefined],
    ] as const) {
      const made = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: name, username: name } });
      who[name] = made.id;
      if (role !== undefined)
        await startGrant(ctx, permit, {
          identityId: made.id,
          entitlementId: ADMIN_ROLES[role],
          origin: 'admin',
          reason: 'test',
        });
    }
  });
  const key = await makeSshKey('lena@laptop');
  await registerKey(house, id('lena'), key.publicKey);
  const edges = { ...house.edges, live: new LiveSessions(), node: newId() };
  const stopSessions = await serveSessions(edges);
  const gateway = await startSshGateway({ hostKey: makeHostKey() }, gatewayPorts(edges));
  second = { gateway, stop: async () => void (await gateway.stop(0), await stopSessions()) };
  here = sshUser({ port: house.gateway.address.port }, key.privateKey);
  elsewhere = sshUser({ port: gateway.address.port }, key.privateKey);
  ({ id: systemId } = await performAs<{ id: string }>(
    'systems.connect',
    {
      name: 'web1',
      kind: 'linux',
      host: web1.host,
      port: web1.port,
      pinned: [web1.hostKeyFingerprint],
      username: web1.management.username,
      secret: { kind: 'ssh_key', value: web1.management.privateKey },
    },
    'admin',
  ));
  await performAs('discovery.read', { id: systemId }, 'admin');
  await house.settle(60_000);
  entitlementId = (
    await house.db.one<{ id: string }>(
      sql`select id from entitlement where system_id = ${systemId} and native_id = 'sudo:ALL'`,
    )
  ).id;
  await give();
});
afterAll(async () => {
  for (const it of running) it.process.kill('SIGKILL');
  here?.forget();
  elsewhere?.forget();
  await second?.stop();
  await house?.close();
  await hosts?.stop();
});

test.each([
  ['system', 'web1'],
  ['account', 'lena@web1'],
  ['identity', 'lena'],
  ['everything', undefined],
])(
  'a lock on %s ends all its sessions on every node within a second; nothing gets past it until it is lifted',
  async (scope, subject) => {
    const sessions = [start(here, 'echo in; sleep 600'), start(elsewhere, 'echo in; sleep 600', true)];
    await Promise.all(sessions.map((it) => shows(it, 'in')));
    if (scope === 'everything') {
      expect(await code(performAs('locks.place', { scope, reason: 'an incident' }))).toBe('step_up.required');
      await prove('lock.place');
    }
    const placed = performance.now();
    const lock = await performAs<{ id: string }>('locks.place', { scope, subject, reason: 'an incident' });
    const ended = await Promise.all(sessions.map((it) => it.ended));
    expect(Math.max(...ended.map((e) => e.at)) - placed).toBeLessThan(aSecondMs());
    expect(sessions[1]?.output()).toContain(`locked (lock ${lock.id})`);
    expect(sessions[1]?.output()).not.toContain('an incident');
    const refused = await here.run('lena@web1', ['id']);
    expect(refused.err).toContain('(access.locked)');
    expect(refused.err).not.toContain('an incident');
    if (scope === 'identity') {
      expect(await code(performAs('sessions.mine', {}, 'lena'))).toBe('policy.denied');
      expect(await code(performAs('locks.place', { scope, subject: 'officer', reason: 'x' }))).not.toBe('done');
    }
    await nobodyLive();
    if (scope === 'everything') {
      expect(await code(performAs('locks.lift', { id: lock.id, because: 'over' }))).toBe('step_up.required');
      await prove('lock.lift');
    }
    await performAs('locks.lift', { id: lock.id, because: 'over' });
    expect((await here.run('lena@web1', ['echo', 'in'])).out).toBe('in\n');
    await house.settle(30_000);
  },
  30_000,
);

test('whoever watches sees it within a second, on another node too, and that is on the record', async () => {
  const it = start(elsewhere, '', true);
  await shows(it, 'Reeve: recorded');
  const session = await liveSession();
  expect(await code(performAs('sessions.watch', { id: session }, 'lena'))).not.toBe('done');
  const { watchId } = await performAs<{ watchId: string }>('sessions.watch', { id: session }, 'auditor');
  expect(await code(performAs('sessions.follow', { id: watchId }))).toMatch(/not_found$/);
  type(it, 'echo seen-$((40+2))\n');
  await shows(it, 'seen-42');
  const began = performance.now();
  let seen = '';
  for (let after = 0; !seen.includes('seen-42') && performance.now() - began < 5_000;) {
    const got = await performAs<{ events: { code: string; data: string }[]; next: number }>(
      'sessions.follow',
      { id: watchId, after },
      'auditor',
    );
    seen += got.events.map(({ data }) => data).join('');
    after = got.next;
  }
  expect(seen).toContain('seen-42');
  expect(performance.now() - began).toBeLessThan(aSecondMs());
  await performAs('sessions.leave', { id: watchId }, 'auditor');
  expect(await code(performAs('sessions.follow', { id: watchId }, 'auditor'))).toBe('watch.over');
  expect(await recorded('session.watched')).toMatchObject([
    { sessionId: session, watcherId: id('auditor'), observes: false },
  ]);
  expect(await recorded('session.watch_ended')).toMatchObject([{ watchId, because: 'left' }]);
  type(it, 'exit\n');
  await it.ended;
  await nobodyLive();
});

test('paused, nothing flows either way and nothing typed runs; resumed, it goes on; the person is told each time', async () => {
  const it = start(elsewhere, '', true);
  await shows(it, 'Reeve: recorded');
  const session = await liveSession();
  type(it, 'i=0; while sleep 0.05; do i=$((i+1)); echo tick-$i; done &\n');
  await shows(it, 'tick-3');
  await performAs('sessions.message', { id: session, words: 'please finish by noon' });
  await shows(it, 'Reeve: please finish by noon');
  await performAs('sessions.pause', { id: session, because: 'we look at something' });
  await shows(it, 'Reeve: paused by who is in charge: we look at something');
  const shown = it.output();
  type(it, 'touch /tmp/typed-while-paused\n');
  await timeFor('what it would have done');
  expect(it.output()).toBe(shown);
  expect(await code(performAs('sessions.pause', { id: session, because: 'again' }))).toBe('session.paused');
  await performAs('sessions.resume', { id: session, because: 'all is well' });
  await shows(it, 'Reeve: the session goes on');
  const last = Number(/tick-(\d+)\s*$/.exec(shown.slice(0, shown.indexOf('Reeve: paused')))?.[1] ?? 3);
  await shows(it, `tick-${last + 10}`);
  type(it, 'kill %1; echo typed-$((1+1))\n');
  await shows(it, 'typed-2');
  expect((await web1.exec('ls /tmp/typed-while-paused')).code).not.toBe(0);
  expect(await recorded('session.paused')).toHaveLength(1);
  expect(await recorded('session.resumed')).toHaveLength(1);
  expect(await recorded('session.messaged')).toHaveLength(1);
  type(it, 'exit\n');
  await it.ended;
  await nobodyLive();
});

test('a paused session ends as fast as any other', async () => {
  const it = start(here, 'echo in; sleep 600');
  await shows(it, 'in');
  const session = await liveSession();
  await performAs('sessions.pause', { id: session, because: 'we look' });
  await shows(it, 'Reeve: paused');
  const asked = performance.now();
  await performAs('sessions.end', { id: session, because: 'enough seen' });
  expect((await it.ended).at - asked).toBeLessThan(aSecondMs());
  expect(it.output()).toContain('enough seen');
  await nobodyLive();
});

test('a session that needs an observer starts blocked, runs once one is there, pauses when they leave, and ends when nobody comes back', async () => {
  await give({ observerSeconds: 3 });
  const it = start(elsewhere, 'touch /tmp/observed; echo ran-$((40+2)); while read -r line; do echo got-$line; done');
  await shows(it, 'needs somebody who observes it, and waits 3 s for one');
  const session = await liveSession();
  const shown = await performAs<{ held: string; observerSeconds: number }>('sessions.show', { id: session });
  expect(shown).toMatchObject({ held: 'observer', observerSeconds: 3 });
  expect(await code(performAs('sessions.observe', { id: session }, 'lena'))).not.toBe('done');
  expect(await code(performAs('sessions.observe', { id: session }, 'auditor'))).not.toBe('done');
  const plain = await performAs<{ watchId: string }>('sessions.watch', { id: session });
  // It is logged in there by now, and nothing was begun.
  await until(async () => (await web1.exec("pgrep -f 'sshd: lena'")).code === 0, {
    timeoutMs: 5_000,
    what: 'the target to be reached',
  });
  await timeFor('what would have been begun');
  expect((await web1.exec('ls /tmp/observed')).code).not.toBe(0);
  expect(it.output()).not.toContain('ran-42');
  const first = await performAs<{ watchId: string }>('sessions.observe', { id: session });
  await shows(it, 'Reeve: officer observes; the session goes on');
  await shows(it, 'ran-42');
  await performAs('sessions.leave', { id: first.watchId });
  await until(() => it.output().split('needs somebody who observes it').length === 3, {
    timeoutMs: 1_000,
    what: 'the person to be told that nobody observes',
  });
  type(it, 'while-alone\n');
  const back = await performAs<{ watchId: string }>('sessions.observe', { id: session }, 'other');
  // no terminal: what was sent meanwhile is kept in its turn, and goes on now
  await shows(it, 'got-while-alone');
  // whoever fetches nothing has left, though they did not say so
  await house.db.run(sql`update session_watch set seen_at = seen_at - interval '9 seconds' where id = ${back.watchId}`);
  await until(() => it.output().split('needs somebody who observes it').length === 4, {
    timeoutMs: 3_000,
    what: 'the silent observer to be noticed',
  });
  await performAs('sessions.follow', { id: back.watchId, waitMs: 0 }, 'other');
  await until(() => it.output().split('other observes').length === 3, { timeoutMs: 3_000, what: 'it to go on' });
  await performAs('sessions.leave', { id: back.watchId }, 'other');
  await it.ended;
  expect(it.output()).toContain('nobody observed this session for 3 s');
  await performAs('sessions.leave', { id: plain.watchId });
  await nobodyLive();
  expect(await recorded('session.watched')).toHaveLength(4);
});

test('a session nobody uses ends, however much it shows; one that is used does not', async () => {
  await give({ idleSeconds: 2 });
  const quiet = start(here, 'while sleep 0.1; do echo tick; done', true);
  const used = start(elsewhere, 'cat', true);
  await shows(quiet, 'tick');
  const typing = setInterval(() => type(used, 'x\n'), 300);
  await quiet.ended;
  clearInterval(typing);
  expect(quiet.output()).toContain('not used for 2 s, as long as its access allows');
  expect(used.output()).not.toContain('not used for');
  await used.ended;
  await nobodyLive();
});
