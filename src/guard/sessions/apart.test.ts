import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { aSecondMs, until } from '#kit/testing/index.ts';
import type { Ticket } from '#gateways/port.ts';
import { createIdentity, endGrant, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';
import { openAccount, type OpenAccount } from '#test/harness/open-account.ts';
import { closeSilentSessions } from './close-silent.ts';
import type { AdmissionEdges } from './edges.ts';
import { finishSession } from './finish-session.ts';
import { GatewayDoors } from './gateway-doors.ts';
import { gatewayPorts } from './index.ts';
import { LOOK_EVERY_MS } from './times.ts';

/** A gateway whose house runs no job, and a node beside it. */
let house: GuardedHouse;
let account: OpenAccount;
let lena: string;
beforeAll(async () => {
  house = await guardedHouse();
  await house.idle();
  lena = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const facts = { displayName: 'Lena', username: 'lena' };
    return (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
  });
  account = await openAccount(house, {
    system: 'web1',
    host: '127.0.0.1',
    port: 9,
    hostKeyFingerprint: 'SHA256:none',
    account: 'lena',
    privateKey: 'a key nobody uses',
    holder: lena,
  });
});
afterAll(() => house?.close());

const ask = {
  protocol: 'ssh',
  account: 'lena',
  system: 'web1',
  clientAddress: '127.0.0.1',
  clientVersion: 'test',
} as const;
const open = async (): Promise<Ticket> => {
  const admission = await gatewayPorts(house.edges).admit({ ...ask, identityId: lena });
  if (!admission.admitted) throw new Error(admission.message);
  return admission.ticket;
};
const give = (): Promise<string> =>
  house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const { entitlementId } = account;
    return (await startGrant(ctx, permit, { identityId: lena, entitlementId, origin: 'admin', reason: 'test' })).id;
  });
const end = (grantId: string): Promise<unknown> =>
  house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) => endGrant(ctx, permit, { grantId, because: 'moved team' }));
const endOf = (id: string): Promise<{ state: string; because: string | null; head: string | null }> =>
  house.db.one(sql`select state, ended_because as because, recording_head as head from session where id = ${id}`);

test('a session whose last grant ends is ended by its gateway, within a second and with no job run', async () => {
  const ticket = await open();
  const killed = new Promise<number>((done) => ticket.kill.addEventListener('abort', () => done(performance.now())));
  house.clock.advance(1000);
  const other = await give();
  house.clock.advance(1000);
  await end(account.grantId);
  const before = performance.now();
  await until(() => performance.now() > before + 700, { timeoutMs: 2_000, what: 'a look or two at what is left' });
  expect(ticket.kill.aborted).toBe(false);
  const asked = performance.now();
  await end(other);
  expect((await killed) - asked).toBeLessThan(aSecondMs());
  expect(ticket.kill.reason).toBe('access ended: moved team');
  await ticket.ended({ reason: 'killed', bytesIn: 0, bytesOut: 0 });
  house.clock.advance(1000);
  await give();
});

test('what a dead gateway left is closed once, by a node that is none, with the recording as far as it came', async () => {
  const ticket = await open();
  ticket.recorder.channel({ kind: 'exec', command: 'id' }).output(Buffer.from('uid=0'));
  const beside = { ...house.edges, node: 'beside' };
  const stops = [closeSilentSessions(beside), closeSilentSessions({ ...beside, node: 'another' })];
  // its house goes on saying that it lives, until the session is another's
  await house.db.run(sql`
    update session set node = 'dead', seen_at = clock_timestamp() - interval '6 seconds' where id = ${ticket.sessionId}`);
  expect((await endOf(ticket.sessionId)).state).toBe('live');
  await until(async () => (await endOf(ticket.sessionId)).state === 'ended', {
    timeoutMs: 5_000,
    what: 'its record to be closed',
  });
  for (const stop of stops) await stop();
  const { because, head } = await endOf(ticket.sessionId);
  expect(because).toBe('its gateway died');
  const checked = await house.edges.recordings.verify(ticket.sessionId, head ?? '');
  expect(checked).toMatchObject({ ok: true, cut: true, chunks: 1 });
  const ends = await house.db.many(
    sql`select id from audit_event where type = 'use.ended' and data->>'useId' = ${ticket.sessionId}`,
  );
  expect(ends).toHaveLength(1);
  await ticket.ended({ reason: 'too late', bytesIn: 0, bytesOut: 0 });
});

test('records that cannot be closed hold up no other, and are tried again', async () => {
  const tickets = [await open(), await open(), await open(), await open(), await open(), await open()];
  const ids = tickets.map(({ sessionId }) => sessionId);
  const failing = new Set(ids.slice(0, 4));
  let failed = 0;
  const { operator } = house.edges;
  const refusing: AdmissionEdges['operator'] = {
    ...operator,
    jobCtx: (component, id) => {
      const ctx = operator.jobCtx(component, id);
      if (id === undefined || !failing.has(id)) return ctx;
      failed += 1;
      return { ...ctx, act: () => Promise.reject(new Error('this record cannot be closed')) };
    },
  };
  await house.db.run(sql`
    update session set node = 'dead', seen_at = clock_timestamp() - interval '1 minute' where id = any(${sql.array(ids)}::uuid[])`);
  const stop = closeSilentSessions({ ...house.edges, operator: refusing, node: 'beside' });
  const states = async (): Promise<string[]> => await Promise.all(ids.map(async (id) => (await endOf(id)).state));
  await until(async () => (await states()).filter((state) => state === 'ended').length === 2, {
    timeoutMs: 8_000,
    what: 'those that can be closed to be closed',
  });
  expect(await states()).toEqual(['live', 'live', 'live', 'live', 'ended', 'ended']);
  const [before, from] = [failed, performance.now()];
  await until(() => performance.now() > from + 4 * LOOK_EVERY_MS, { timeoutMs: 5_000, what: 'some looks' });
  // all are tried again, each when its turn comes and not as fast as it fails
  const looks = (performance.now() - from) / LOOK_EVERY_MS;
  expect(failed - before).toBeGreaterThanOrEqual(4);
  expect(failed - before).toBeLessThan(4 * (looks + 2));
  failing.clear();
  await until(async () => (await states()).every((state) => state === 'ended'), {
    timeoutMs: 8_000,
    what: 'all to be closed',
  });
  await stop();
  for (const ticket of tickets) await ticket.ended({ reason: 'too late', bytesIn: 0, bytesOut: 0 });
});

test("a record that is still being closed is nobody else's, and hides none that others closed", async () => {
  const [closing, closed] = [await open(), await open()];
  const { live } = house.edges;
  const end = { at: house.clock.now(), because: 'test', bytesIn: 0, bytesOut: 0 };
  live.remove(closing.sessionId);
  let kept = (): void => undefined;
  live.closing(closing.sessionId, new Promise<void>((done) => (kept = done)));
  await finishSession(house.edges, { ...end, id: closed.sessionId });
  await until(() => closed.kill.aborted, { timeoutMs: 3_000, what: 'the session whose record is closed to end' });
  expect(closed.kill.reason).toContain('its record was closed');
  await closed.ended({ reason: 'killed', bytesIn: 0, bytesOut: 0 });
  // nobody is in any more, and the node still says that the other's record is its own
  const asOf = (): Promise<{ seen: number }> =>
    house.db.one(
      sql`select extract(epoch from clock_timestamp() - seen_at)::float8 as seen from session where id = ${closing.sessionId}`,
    );
  await house.db.run(sql`
    update session set seen_at = clock_timestamp() - interval '1 hour' where id = ${closing.sessionId}`);
  await until(async () => (await asOf()).seen < 60, { timeoutMs: 3_000, what: 'the node to say so' });
  kept();
  await finishSession(house.edges, { ...end, id: closing.sessionId });
});

test('a session whose opening was committed while the answer was lost is closed by its own node, busy as that is, and nobody else is', async () => {
  const stays = await open();
  const { operator } = house.edges;
  const lossy: AdmissionEdges['operator'] = {
    ...operator,
    act: async (...asked) => {
      await operator.act(...asked);
      throw new Error('the connection was cut between the commit and its answer');
    },
  };
  const refused = await gatewayPorts({ ...house.edges, operator: lossy }).admit({ ...ask, identityId: lena });
  expect(refused).toMatchObject({ admitted: false, code: 'session.failed' });
  const stray = await house.db.one<{ id: string }>(
    sql`select id from session where state = 'live' and id <> ${stays.sessionId}`,
  );
  const stop = closeSilentSessions(house.edges);
  await until(async () => (await endOf(stray.id)).state === 'ended', {
    timeoutMs: 6_000,
    what: 'the session nobody is in to be closed',
  });
  await stop();
  const { because, head } = await endOf(stray.id);
  expect(because).toBe('it never began: the answer of the database to its gateway was lost');
  expect(await house.edges.recordings.verify(stray.id, head ?? '')).toMatchObject({ ok: true, cut: false });
  expect(stays.kill.aborted).toBe(false);
  expect((await endOf(stays.sessionId)).state).toBe('live');
  await stays.ended({ reason: 'left', bytesIn: 0, bytesOut: 0 });
});

test('whoever comes while the gateways of a node drain is told to come again, and none is lost of those who are in', async () => {
  const ticket = await open();
  const told: string[] = [];
  ticket.orders?.(({ sentence }) => told.push(sentence));
  const stopped: number[] = [];
  const doors = new GatewayDoors({ live: house.edges.live, log: house.edges.log, now: () => house.clock.now() });
  doors.add({ stop: (drainMs) => Promise.resolve(void stopped.push(drainMs)) });
  let drained = false;
  const draining = doors.drain(3600).then(() => (drained = true));
  expect(doors.state).toBe('draining');
  expect(stopped).toEqual([3_600_000]);
  expect(told).toEqual([expect.stringContaining('this gateway is about to stop: the session ends at 10:0')]);
  const refused = await gatewayPorts(house.edges).admit({ ...ask, identityId: newId() });
  expect(refused).toMatchObject({ admitted: false, code: 'session.draining' });
  expect(drained).toBe(false);
  doors.endNow();
  expect(ticket.kill.aborted).toBe(true);
  await ticket.ended({ reason: 'killed', bytesIn: 0, bytesOut: 0 });
  await draining;
  expect([doors.state, (await endOf(ticket.sessionId)).state]).toEqual(['drained', 'ended']);
});
