import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { ADMIN_ROLES, putEntitlement, registerSystem } from '#spine/graph/index.ts';
import { peopledHouse, type Answer, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';

let house: PeopledHouse;
let boss: Caller;
let second: Caller;
let officer: Caller;
let helpdesk: Caller;
let priya: Caller;
let tomas: Caller;
let lena: Caller;
let sudo: string;
let wiki: string;
let systemId: string;

beforeAll(async () => {
  house = await peopledHouse();
  boss = await house.person('boss', { department: 'it' }, ['administrator']);
  second = await house.person('second', {}, ['administrator']);
  officer = await house.person('officer', {}, ['security_officer']);
  helpdesk = await house.person('helpdesk', {}, ['helpdesk']);
  priya = await house.person('priya', { managerId: boss.id });
  tomas = await house.person('tomas', { managerId: boss.id });
  lena = await house.person('lena', { managerId: tomas.id });
  [systemId, sudo, wiki] = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, { name: 'web1', kind: 'csv', ownerId: priya.id });
    const put = async (name: string, risk: 'low' | 'high', markedPrivileged: boolean): Promise<string> =>
      (
        await putEntitlement(ctx, permit, {
          systemId: system.id,
          kind: 'group',
          nativeId: name,
          name,
          description: 'what it is for',
          ownerId: priya.id,
          requestable: true,
          risk,
          markedPrivileged,
        })
      ).id;
    return [system.id, await put('sudo:ALL', 'high', true), await put('wiki', 'low', false)] as const;
  });
});
afterAll(() => house?.close());

/** Refused for what it is, and not for something beside it. */
const refusedAs = (answer: Answer, status: number, code: string): void =>
  expect([answer.status, answer.body['code']], answer.text).toEqual([status, code]);
const liveGrants = async (identityId: string): Promise<number> =>
  (
    await house.db.one<{ n: number }>(
      sql`select count(*)::int as n from access_grant where identity_id = ${identityId} and ended_because is null`,
    )
  ).n;
const later = (): string => new Date(house.clock.now().getTime() + 86_400_000).toISOString();

test('somebody who asks does not approve, not as manager nor as owner either', async () => {
  const { request } = must<{ request: { id: string } }>(
    await priya.call('POST', '/v1/requests', { what: 'web1:sudo:ALL', for: '2h', reason: 'her own system' }),
  );
  const shown = must<{ steps: { approvers: { id: string }[] }[] }>(
    await priya.call('GET', `/v1/requests/${request.id}`),
  );
  expect(shown.steps.flatMap((s) => s.approvers.map((a) => a.id))).not.toContain(priya.id);
  expect((await priya.call('POST', `/v1/requests/${request.id}/approve`)).status).toBe(403);
  expect(await liveGrants(priya.id)).toBe(0);
});

test('an administrator gives nothing to themself, nor to a service that is theirs', async () => {
  const service = await house.person('svc-boss', { kind: 'service', ownerId: boss.id });
  for (const identity of [boss.id, 'boss', service.id])
    refusedAs(
      await boss.call('POST', '/v1/grants', { identity, entitlementId: sudo, because: 'because' }),
      403,
      'grant.own_benefit',
    );
  expect(await liveGrants(service.id)).toBe(0);
  must(await second.call('POST', '/v1/grants', { identity: service.id, entitlementId: sudo, because: 'because' }));
});

test('a rule that gives privileged access is not made by somebody it fits', async () => {
  const rule = { name: 'it is root', condition: { department: ['it'] }, entitlementId: sudo };
  refusedAs(await boss.call('POST', '/v1/birthrights', rule), 403, 'birthright.own_benefit');
  const harmless = must<{ id: string }>(
    await boss.call('POST', '/v1/birthrights', { ...rule, name: 'it reads', entitlementId: wiki }),
  );
  await house.settle(30_000); // a rule is in force with its plan
  must(await boss.call('DELETE', `/v1/birthrights/${harmless.id}`));
  must(await boss.call('POST', '/v1/birthrights', { ...rule, name: 'hr is root', condition: { department: ['hr'] } }));
  await house.settle(30_000);
  refusedAs(await boss.call('POST', '/v1/birthrights', { ...rule, name: 'hr is root' }), 403, 'birthright.own_benefit');
});

test('nobody excepts themself from separated duties, nor a service that is theirs', async () => {
  const service = await house.person('svc-officer', { kind: 'service', ownerId: officer.id });
  const rule = must<{ id: string }>(
    await officer.call('POST', '/v1/sod/rules', {
      name: 'apart',
      severity: 'high',
      functions: [
        { name: 'one', entitlementIds: [sudo] },
        { name: 'two', entitlementIds: [wiki] },
      ],
    }),
  );
  for (const identity of [officer.id, 'officer', service.id, 'svc-officer'])
    expect(
      (
        await officer.call('POST', `/v1/sod/rules/${rule.id}/exceptions`, {
          identity,
          reason: 'because',
          control: 'none',
          validTo: later(),
        })
      ).status,
    ).toBe(403);
});

test('nobody links an account to themself', async () => {
  const account = newId();
  const mine = newId();
  await house.db.run(sql`insert into account (id, system_id, native_id, name, valid_from)
    values (${account}, ${systemId}, 'sysmaint', 'sysmaint', ${house.clock.now()})`);
  await house.db.run(sql`insert into correlation_case (id, account_id, system_id, state, candidates, opened_at)
    values (${mine}, ${account}, ${systemId}, 'open', '[]', ${house.clock.now()})`);
  refusedAs(
    await boss.call('POST', `/v1/correlation/cases/${mine}/resolve`, { identityId: boss.id, because: 'it is mine' }),
    403,
    'account.own_benefit',
  );
  must(
    await second.call('POST', `/v1/correlation/cases/${mine}/resolve`, { identityId: boss.id, because: 'it is his' }),
  );
});

test('the help desk lets nobody in who runs Reeve: whoever makes the link could use it', async () => {
  for (const whom of [boss, officer, helpdesk]) {
    const answer = await helpdesk.call('POST', `/v1/identities/${whom.id}/enrolment`);
    expect([answer.status, answer.text.includes('rve_')]).toEqual([403, false]);
  }
  must(await helpdesk.call('POST', `/v1/identities/${lena.id}/enrolment`));
  must(await boss.call('POST', `/v1/identities/${helpdesk.id}/enrolment`));
});

const HEADER =
  'employee_id,first_name,last_name,preferred_name,email,username,company,department,org_unit,job_title,' +
  'manager_employee_id,location,time_zone,employment_type,status,start_date,end_date,cost_centre';
const row = (n: string, name: string, manager: string): string =>
  `${n},${name},Example,,${name}@example.com,${name},Example,it,Unit,Engineer,${manager},Leith,Europe/London,employee,active,2014-12-01,,CC-1`;
const people = (managerOfHrboss: string): string =>
  `${[HEADER, row('E1', 'first', ''), row('E2', 'hrboss', managerOfHrboss), row('E3', 'accomplice', 'E1')].join('\n')}\n`;

test('an administrator who delivers a feed does not change their own row with it, nor accepts it when it is held', async () => {
  must(await boss.call('PUT', '/v1/sources/hr', { timeZone: 'Europe/London' }));
  const run = must(await boss.call('POST', '/v1/sources/hr/feeds', { content: people('E1') }));
  expect(run, JSON.stringify(run)).toMatchObject({ state: 'applying' });
  await house.settle();
  const hrboss = await signedIn('hrboss');
  const appointed = { identity: 'hrboss', entitlementId: ADMIN_ROLES.administrator, because: 'appointed' };
  must(await boss.call('POST', '/v1/grants', appointed));
  const held = must<{ id: string; state: string; heldBecause: { code: string }[] }>(
    await hrboss.call('POST', '/v1/sources/hr/feeds', { content: people('E3') }),
  );
  expect(held).toMatchObject({ state: 'held', heldBecause: [{ code: 'limit.own_row' }] });
  const accept = `/v1/runs/${held.id}/accept`;
  refusedAs(await hrboss.call('POST', accept, { because: 'it is right' }), 403, 'feed.own_row');
  must(await second.call('POST', accept, { because: 'it is right' }));
});

test('nor by saying how the feed is read, and waiting until somebody else delivers it', async () => {
  await house.settle();
  const hrboss = await signedIn('hrboss');
  const mine = 'row.employee_id == "E2" ? "Board" : row.department';
  must(await hrboss.call('PUT', '/v1/sources/hr', { mapping: { expressions: { department: mine } } }));
  const held = must<{ id: string; state: string; heldBecause: { code: string }[] }>(
    await second.call('POST', '/v1/sources/hr/feeds', { content: people('E3') }),
  );
  expect(held).toMatchObject({ state: 'held', heldBecause: [{ code: 'limit.own_row' }] });
  const accept = `/v1/runs/${held.id}/accept`;
  refusedAs(await hrboss.call('POST', accept, { because: 'it is right' }), 403, 'feed.own_row');
  must(await second.call('POST', `/v1/runs/${held.id}/decline`, { because: 'it is not' }));
});

test('nor by a source of their own that goes before HR', async () => {
  const hrboss = await signedIn('hrboss');
  must(
    await hrboss.call('PUT', '/v1/sources/shadow', {
      mapping: {
        columns: {
          preferredName: null,
          username: null,
          orgUnit: null,
          jobTitle: null,
          manager: null,
          employmentType: null,
          status: null,
          startDate: null,
          endDate: null,
        },
        attributes: {},
      },
      terms: { lifecycle: false, rank: 1, join: [{ fact: 'email', with: 'email' }] },
    }),
  );
  const held = must<{ id: string; state: string; heldBecause: { code: string }[] }>(
    await second.call('POST', '/v1/sources/shadow/feeds', {
      content: 'employee_id,first_name,last_name,email,department\nx,hrboss,Example,hrboss@example.com,Board\n',
    }),
  );
  expect(held).toMatchObject({ state: 'held', heldBecause: [{ code: 'limit.own_row' }] });
  refusedAs(await hrboss.call('POST', `/v1/runs/${held.id}/accept`, { because: 'mine' }), 403, 'feed.own_row');
});

/** Somebody who came with a feed, signed in. */
async function signedIn(username: string): Promise<Caller> {
  const { id } = await house.db.one<{ id: string }>(
    sql`select identity_id as id from identity_facts where username = ${username} and valid_to is null`,
  );
  return await house.signIn(id, username);
}

test('nobody reviews their own access, also where they launched the review and named themself', async () => {
  must(await boss.call('POST', '/v1/grants', { identity: 'tomas', entitlementId: sudo, because: 'because' }));
  must(
    await boss.call('POST', '/v1/grants', {
      identity: 'tomas',
      entitlementId: ADMIN_ROLES.campaign_owner,
      because: 'because',
    }),
  );
  const campaign = must<{ id: string }>(
    await tomas.call('POST', '/v1/campaigns', {
      name: 'mine',
      scope: { identityId: tomas.id, reviewerId: tomas.id },
      reviewerRule: 'named',
      dueAt: later(),
    }),
  );
  const launched = await tomas.call('POST', `/v1/campaigns/${campaign.id}/launch`);
  const { items } = must<{ items: { id: string; reviewerId: string }[] }>(
    await tomas.call('GET', `/v1/campaigns/${campaign.id}/items?scope=all`),
  );
  expect(
    items.every((i) => i.reviewerId !== tomas.id),
    launched.text,
  ).toBe(true);
  for (const item of items)
    expect((await tomas.call('POST', `/v1/items/${item.id}/decide`, { decision: 'keep' })).status).toBe(403);
});

test('who drafts a policy does not publish it', async () => {
  const draft = must<{ name: string }>(
    await boss.call('POST', '/v1/policies/versions', {
      text: '@id("custom.mine") permit (principal, action == Reeve::Action::"secret.checkout", resource);',
      note: 'mine',
    }),
  );
  must(await boss.call('POST', `/v1/policies/versions/${draft.name}/dry-run`));
  const own = await boss.call('POST', `/v1/policies/versions/${draft.name}/publish`);
  expect(own.status, own.text).toBe(403);
  must(await second.call('POST', `/v1/policies/versions/${draft.name}/publish`));
});

test('nobody erases the traces of what they did', async () => {
  expect((await boss.call('POST', `/v1/audit/subjects/${boss.id}/erase`, { case: 'GDPR-1' })).status).toBe(403);
});
