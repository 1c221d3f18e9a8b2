import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { carryOutDue } from '#guard/jit/index.ts';
import { makeEnrolmentLink, needsFirstAdministrator } from '#platform/signin/index.ts';
import { ADMIN_ROLES, putEntitlement, registerSystem } from '#spine/graph/index.ts';
import { callWith, peopledHouse, type Answer, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { send, withThings } from '../fuzz/send.ts';
import { must, oneOfEach, type OneOfEach } from '../one-of-each.ts';
import { smallestInput } from '../smallest-input.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
let house: PeopledHouse;
let world: OneOfEach;
let boss: Caller;
let officer: Caller;
let mara: Caller;
let reports: string;

beforeAll(async () => {
  house = await peopledHouse();
  boss = await house.person('boss', {}, ['administrator', 'security_officer', 'campaign_owner']);
  officer = await house.person('officer', {}, ['security_officer']);
  mara = await house.person('mara');
  const priya = await house.person('priya', { managerId: mara.id });
  const lena = await house.person('lena', { managerId: mara.id });
  world = await oneOfEach(house, { lena, priya, boss, officer });
  reports = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, { name: 'web1', kind: 'csv', ownerId: priya.id });
    const put = await putEntitlement(ctx, permit, {
      systemId: system.id,
      kind: 'group',
      nativeId: 'reports',
      name: 'reports',
      description: 'what it is for',
      ownerId: priya.id,
      requestable: true,
      risk: 'low',
    });
    return put.id;
  });
});
afterAll(() => house?.close());

let people = 0;
const newcomer = (): Promise<Caller> => house.person(`newcomer${(people += 1)}`, { managerId: mara.id });
const now = (): number => house.clock.now().getTime();
const at = (ms: number): string => new Date(ms).toISOString();
const give = (who: Caller, entitlementId: string, until?: number): Promise<Answer> =>
  boss.call('POST', '/v1/grants', {
    identity: who.id,
    entitlementId,
    because: 'for a while',
    ...(until === undefined ? {} : { until: at(until) }),
  });
/** What somebody reaches of web1, as Reeve answers it. */
const reaches = async (who: Caller): Promise<number> =>
  must<{ items: unknown[] }>(await boss.call('GET', `/v1/identities/${who.id}/access?entitlementId=${reports}`)).items
    .length;
const lists = async (who: Caller): Promise<number> => (await who.call('GET', '/v1/identities')).status;
const lapse = (): Promise<number> => carryOutDue(house.as('jit'));
const task = async (name: string): Promise<void> => {
  await house.tasks[name]?.({}, undefined as never);
  await house.settle(60_000);
};

test('what was given until an instant is gone at that instant, before any job has looked', async () => {
  const auditor = await newcomer();
  const end = now() + HOUR;
  must(await give(auditor, ADMIN_ROLES.auditor, end));
  must(await give(auditor, reports, end));
  house.clock.set(at(end - 1));
  expect([await lists(auditor), await reaches(auditor)]).toEqual([200, 1]);
  house.clock.set(at(end));
  expect([await lists(auditor), await reaches(auditor)]).toEqual([403, 0]);
});

test('what has ended does not come back with a clock set back: neither lapsed nor revoked', async () => {
  const [lapsed, revoked] = [await newcomer(), await newcomer()];
  const end = now() + HOUR;
  must(await give(lapsed, ADMIN_ROLES.auditor, end));
  const grant = must<{ id: string }>(await give(revoked, ADMIN_ROLES.auditor));
  const token = must<{ id: string; token: string }>(
    await revoked.call('POST', '/v1/tokens', { name: 'ci', scopes: ['read'], endsAt: at(now() + 30 * DAY) }),
  );
  house.clock.set(at(end));
  expect(await lapse()).toBeGreaterThan(0);
  must(await boss.call('POST', `/v1/grants/${grant.id}/end`, { because: 'enough' }));
  must(await revoked.call('DELETE', `/v1/tokens/${token.id}`));
  house.clock.set(at(end - HOUR / 2));
  expect([await lists(lapsed), await lists(revoked)]).toEqual([403, 403]);
  expect((await callWith(house.url, { authorization: `Bearer ${token.token}` })('GET', '/v1/me')).status).toBe(401);
  house.clock.set(at(end));
});

test('with a clock an hour back every change is met without a fault, and what is ended ends', async () => {
  const who = await newcomer();
  house.clock.advance(2 * HOUR);
  const grant = must<{ id: string }>(await give(who, reports));
  const secret = must<{ id: string }>(
    await officer.call('POST', '/v1/vault/secrets', { name: 'time/key', kind: 'api_key', value: 'v' }),
  );
  const out = must<{ checkoutId: string }>(
    await officer.call('POST', `/v1/vault/secrets/${secret.id}/checkout`, { reason: 'time' }),
  );
  house.clock.advance(-HOUR);
  must(await boss.call('POST', `/v1/grants/${grant.id}/end`, { because: 'before it began' }));
  must(await officer.call('POST', `/v1/vault/checkouts/${out.checkoutId}/checkin`));
  expect(await reaches(who)).toBe(0);
  const faults: string[] = [];
  let tried = 0;
  for (const operation of house.registry.operations.values()) {
    if (operation.kind !== 'write' || operation.audience === 'anyone' || operation.cookie !== undefined) continue;
    // Nothing could be opened after it, and letting it be opened again asks for a fresh proof.
    if (operation.name === 'keys.seal') continue;
    const input = withThings(operation, smallestInput(operation.input, house.clock.now()), world, '');
    const answer = await send(boss, operation, input);
    tried += 1;
    if (answer.status < 500) continue;
    const error: unknown = await house.perform(operation.name, input, boss.id).catch((e: unknown) => e);
    faults.push(`${operation.name}: ${String(error)}`);
  }
  expect(faults).toEqual([]);
  expect(tried).toBeGreaterThan(50);
  house.clock.advance(2 * HOUR);
  await lapse();
  expect(await reaches(who)).toBe(0);
});

test('a clock set back behind the first administrator makes nobody the first again', async () => {
  const now = house.clock.now();
  house.clock.set('2026-03-01T00:00:00Z');
  const first = await house
    .as('boot')
    .act({ action: 'enrolment.create' }, async (ctx, permit) => [
      await needsFirstAdministrator(ctx.tx),
      await makeEnrolmentLink(ctx, permit, { purpose: 'first_administrator', hours: 24 }),
    ]);
  const answer = await house.stranger.call('POST', '/v1/enrolment/begin', {
    token: first[1],
    person: { username: 'usurper', displayName: 'Usurper' },
  });
  house.clock.set(now.toISOString());
  expect([first[0], answer.status], answer.text).toEqual([false, 401]);
});

test('nothing begins that has ended: an end at the very instant, or one that came while it was decided', async () => {
  const who = await newcomer();
  expect((await give(who, reports, now())).status).toBe(422);
  expect((await give(who, reports, now() - 1)).status).toBe(422);
  const past = { what: 'web1:reports', until: at(now()), reason: 'now' };
  expect((await who.call('POST', '/v1/requests', past)).status).toBe(409);
  const end = now() + HOUR;
  const asked = must<{ request: { id: string } }>(
    await who.call('POST', '/v1/requests', { ...past, until: at(end), reason: 'an hour' }),
  );
  house.clock.set(at(end));
  must(await mara.call('POST', `/v1/requests/${asked.request.id}/approve`));
  const shown = must<{ state: string }>(await who.call('GET', `/v1/requests/${asked.request.id}`));
  expect([shown.state, await reaches(who)]).toEqual(['denied', 0]);
  must(await give(who, reports, now() + 1));
  house.clock.advance(1);
  expect(await reaches(who)).toBe(0);
  await lapse();
});

test('an end said with an offset is that instant, and a day is a day also when clocks change', async () => {
  house.clock.set('2026-03-28T12:00:00Z');
  const who = await newcomer();
  const given = must<{ validTo: string }>(
    await boss.call('POST', '/v1/grants', {
      identity: who.id,
      entitlementId: reports,
      because: 'across the change of clocks in Europe',
      until: '2026-03-29T14:00:00+02:00',
    }),
  );
  expect(given.validTo).toBe('2026-03-29T12:00:00.000Z');
  const asker = await newcomer();
  const { request } = must<{ request: { id: string } }>(
    await asker.call('POST', '/v1/requests', { what: 'web1:reports', for: '1d', reason: 'a day' }),
  );
  must(await mara.call('POST', `/v1/requests/${request.id}/approve`));
  const grant = await house.db.one<{ validTo: Date }>(
    sql`select valid_to from access_grant where identity_id = ${asker.id}`,
  );
  expect(grant.validTo.getTime() - now()).toBe(DAY);
  house.clock.set('2026-03-29T12:00:00Z');
  expect([await reaches(who), await reaches(asker)]).toEqual([0, 0]);
});

const ZONES = ['Europe/London', 'America/New_York', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Asia/Kathmandu'];
/** Days before clocks change, at the end of months and years, and around a leap day. */
const LAST_DAYS = ['2026-04-23', '2026-10-24', '2026-10-31', '2027-02-28', '2027-03-13', '2028-02-28', '2028-02-29'];

/** The first minute of the day after `day` in `zone`, found by looking at every quarter of an hour around it. */
function firstInstantAfter(day: string, zone: string): number {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
  let instant = Date.parse(`${day}T00:00:00Z`) - 15 * HOUR;
  while (shown.format(instant) <= day) instant += HOUR / 4;
  return instant;
}

test('a last day is over at its end where the person works, through changes of clocks, leap days and ends of months', async () => {
  const header =
    'employee_id,first_name,last_name,preferred_name,email,username,company,department,org_unit,job_title,' +
    'manager_employee_id,location,time_zone,employment_type,status,start_date,end_date,cost_centre';
  const ends: { username: string; end: number }[] = [];
  for (const [z, zone] of ZONES.entries()) {
    const rows = LAST_DAYS.map((day, d) => {
      const username = `z${z}d${d}`;
      ends.push({ username, end: firstInstantAfter(day, zone) });
      return `E${z}-${d},${username},Example,,${username}@example.com,${username},Example,it,Unit,Engineer,,Leith,${zone},employee,active,2014-12-01,${day},CC-1`;
    });
    must(await boss.call('PUT', `/v1/sources/zone-${z}`, { timeZone: zone }));
    const run = must(
      await boss.call('POST', `/v1/sources/zone-${z}/feeds`, { content: `${[header, ...rows].join('\n')}\n` }),
    );
    expect(run, JSON.stringify(run)).toMatchObject({ state: 'applying' });
  }
  await house.settle(60_000);
  const ids = new Map(
    (
      await house.db.many<{ username: string; id: string }>(
        sql`select username, identity_id as id from identity_facts where username ~ '^z[0-9]d[0-9]$'`,
      )
    ).map((r) => [r.username, r.id]),
  );
  expect(ids.size).toBe(ZONES.length * LAST_DAYS.length);
  for (const [username, id] of ids) must(await give({ ...boss, id, username }, reports));
  const stateOf = async (username: string): Promise<[string, number]> => {
    const row = await house.db.one<{ state: string; grants: number }>(sql`
      select f.state, (select count(*)::int from access_grant g where g.identity_id = f.identity_id and g.entitlement_id = ${reports} and g.ended_because is null) as grants
        from identity_facts f where f.username = ${username} and f.valid_from <= ${house.clock.now()}
         and (f.valid_to is null or f.valid_to > ${house.clock.now()})`);
    return [row.state, row.grants];
  };
  const wrong: string[] = [];
  for (const { username, end } of [...ends].sort((a, b) => a.end - b.end)) {
    house.clock.set(at(end - 1));
    await house.tasks['lifecycle.apply_dates']?.({}, undefined as never);
    const before = await stateOf(username);
    house.clock.set(at(end));
    await house.tasks['lifecycle.apply_dates']?.({}, undefined as never);
    const after = await stateOf(username);
    if (String([before, after]) !== 'active,1,leaver,0')
      wrong.push(`${username} at ${at(end)}: ${String([before, after])}`);
  }
  expect(wrong).toEqual([]);
});

test('a clock that jumps a decade ahead leaves nothing alive that had an end, and moves no end', async () => {
  const who = await newcomer();
  [boss, officer] = [await house.signIn(boss.id, 'boss'), await house.signIn(officer.id, 'officer')];
  const end = now() + DAY;
  const grant = must<{ id: string }>(await give(who, reports, end));
  const secret = must<{ id: string }>(
    await officer.call('POST', '/v1/vault/secrets', { name: 'time/jump', kind: 'api_key', value: 'v' }),
  );
  must(await officer.call('POST', `/v1/vault/secrets/${secret.id}/checkout`, { reason: 'time' }));
  const asked = must<{ request: { id: string } }>(
    await who.call('POST', '/v1/requests', { what: 'web1:reports', for: '3d', reason: 'more' }),
  );
  house.clock.advance(3653 * DAY);
  expect((await boss.call('GET', '/v1/me')).status).toBe(401);
  while ((await lapse()) > 0);
  for (const name of ['vault.end_overdue_checkouts', 'requests.keepMoving', 'decide.announceLapsedExceptions'])
    await task(name);
  const left = await house.db.one(sql`
    select (select count(*)::int from access_grant where valid_to <= ${house.clock.now()} and ended_because is null) as grants,
           (select count(*)::int from secret_checkout where ended_at is null) as checkouts,
           (select count(*)::int from sod_exception where lapse_recorded_at is null) as exceptions,
           (select count(*)::int from request where id = ${asked.request.id} and state = 'pending') as requests`);
  expect(left).toEqual({ grants: 0, checkouts: 0, exceptions: 0, requests: 0 });
  const row = await house.db.one<{ validTo: Date }>(sql`select valid_to from access_grant where id = ${grant.id}`);
  expect(row.validTo.toISOString()).toBe(at(end));
});
