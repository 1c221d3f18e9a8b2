import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guardsOf } from '#govern/sod/acts/guards.ts';
import { LIBRARY } from '#govern/sod/library/read-library.ts';
import { ADMIN_ROLES, putEntitlement, registerSystem, type AdminRole } from '#spine/graph/index.ts';
import { peopledHouse, type Answer, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';

/** Every rule about who runs Reeve, run against for real over the API, and what the rule then shows of it. */

let house: PeopledHouse;
const callers: Record<string, Caller> = {};
const as = (name: string): Caller => {
  const found = callers[name];
  if (found === undefined) throw new Error(`nobody is called ${name}`);
  return found;
};
let root: string;
let later: string;
let rules: Map<string, { id: string; name: string; counts: string; mode: string; functions: { name: string }[] }>;

beforeAll(async () => {
  house = await peopledHouse();
  for (const [name, role] of [
    ['boss', 'administrator'],
    ['officer', 'security_officer'],
    ['auditor', 'auditor'],
    ['certifier', 'campaign_owner'],
    ['desk', 'helpdesk'],
  ] as const)
    callers[name] = await house.person(name, { department: 'it' }, [role]);
  callers['priya'] = await house.person('priya', { managerId: as('boss').id });
  root = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, { name: 'web1', kind: 'csv', ownerId: as('priya').id });
    const put = await putEntitlement(ctx, permit, {
      systemId: system.id,
      kind: 'group',
      nativeId: 'sudo:ALL',
      name: 'sudo:ALL',
      description: 'root',
      ownerId: as('priya').id,
      requestable: true,
      risk: 'high',
      markedPrivileged: true,
    });
    return put.id;
  });
  later = new Date(house.clock.now().getTime() + 86_400_000).toISOString();
  const { items } = must<{
    items: {
      id: string;
      libraryId: string;
      name: string;
      counts: string;
      mode: string;
      functions: { name: string }[];
    }[];
  }>(await as('officer').call('GET', '/v1/sod/rules'));
  rules = new Map(items.map((rule) => [rule.libraryId, rule]));
});
afterAll(() => house?.close());

const ABOUT_REEVE = LIBRARY.filter((rule) => rule.aboutReeve);
const ruleOf = (libraryId: string): string => rules.get(libraryId)?.id ?? '';

test('each of the twelve is a rule one can see: enforced, and by the name the library has for it', () => {
  expect(ABOUT_REEVE).toHaveLength(12);
  for (const { id, functions } of ABOUT_REEVE) {
    expect(rules.get(id), id).toMatchObject({
      mode: 'enforce',
      counts: guardsOf(id).length > 0 ? 'act' : 'held',
      name: functions.map((f) => f.name).join(' / '),
    });
    expect(rules.get(id)?.functions.map((f) => f.name)).toEqual(functions.map((f) => f.name));
  }
});

describe('the six about what is held', () => {
  test.each([
    ['IT-07', 'officer', 'administrator'],
    ['IT-09', 'auditor', 'administrator'],
    ['IT-12', 'officer', 'administrator'],
    ['IT-17', 'certifier', 'administrator'],
    ['IT-19', 'auditor', 'security_officer'],
    ['IT-21', 'desk', 'administrator'],
  ] as const)('%s: whoever is %s does not become %s', async (libraryId, name, role: AdminRole) => {
    const given = await as('boss').call('POST', '/v1/grants', {
      identity: name,
      entitlementId: ADMIN_ROLES[role],
      because: 'appointed',
    });
    expect([given.status, given.body['code']]).toEqual([409, 'sod.conflict']);
    expect(given.body['rules']).toContain(ruleOf(libraryId));
  });
});

let asked: string | undefined;
const requestOfPriya = async (): Promise<string> =>
  (asked ??= must<{ request: { id: string } }>(
    await as('priya').call('POST', '/v1/requests', { what: 'web1:sudo:ALL', for: '2h', reason: 'her own system' }),
  ).request.id);
const erased = (): Promise<Answer> =>
  as('boss').call('POST', `/v1/audit/subjects/${as('boss').id}/erase`, { case: 'case 7' });
const approved = async (): Promise<Answer> =>
  as('priya').call('POST', `/v1/requests/${await requestOfPriya()}/approve`);

describe('the six about what is done', () => {
  test.each<[string, string, string, string, () => Promise<Answer>]>([
    ['IT-08', 'priya', 'requests.nobody_decides_to_their_own_benefit', 'whoever asks does not approve', approved],
    [
      'IT-10',
      'boss',
      'grant.own_benefit',
      'an administrator gives themself nothing',
      () => as('boss').call('POST', '/v1/grants', { identity: 'boss', entitlementId: root, because: 'mine' }),
    ],
    [
      'IT-10',
      'boss',
      'birthright.own_benefit',
      'nor by a rule that fits them',
      () =>
        as('boss').call('POST', '/v1/birthrights', {
          name: 'it is root',
          condition: { department: ['it'] },
          entitlementId: root,
        }),
    ],
    ['IT-11', 'priya', 'requests.nobody_decides_to_their_own_benefit', 'nor for what is privileged', approved],
    ['IT-16', 'boss', 'audit.nobody_erases_or_holds_their_own', 'an administrator does not erase their trail', erased],
    [
      'IT-18',
      'officer',
      'sod.nobody_excepts_themself',
      'an officer does not except themself',
      () =>
        as('officer').call('POST', `/v1/sod/rules/${ruleOf('IT-07')}/exceptions`, {
          identity: 'officer',
          reason: 'because',
          control: 'none',
          validTo: later,
        }),
    ],
    [
      'IT-22',
      'boss',
      'audit.nobody_erases_or_holds_their_own',
      'nor lifts a hold about themself',
      () => as('boss').call('POST', `/v1/audit/subjects/${as('boss').id}/hold`, { held: false, case: 'case 7' }),
    ],
  ])('%s: %s is refused by %s: %s, and the rule shows it', async (libraryId, name, guard, _says, attempt) => {
    const answer = await attempt();
    expect(answer.status, answer.text).toBe(403);
    const shown = must<{
      guards: { name: string; inForce: boolean; kind: string; text: string | null; refused: number }[];
      refused: { whoId: string; guard: string }[];
    }>(await as('auditor').call('GET', `/v1/sod/rules/${ruleOf(libraryId)}/guards`));
    const own = shown.guards.find((g) => g.name === guard);
    expect(own?.refused, JSON.stringify(shown)).toBeGreaterThan(0);
    expect(shown.refused).toContainEqual(expect.objectContaining({ whoId: as(name).id, guard }));
  });

  test('every policy among their guards is in force as a forbid, and shows its text', async () => {
    for (const { id } of ABOUT_REEVE.filter((rule) => guardsOf(rule.id).length > 0)) {
      const { guards } = must<{ guards: { name: string; inForce: boolean; kind: string; text: string | null }[] }>(
        await as('auditor').call('GET', `/v1/sod/rules/${ruleOf(id)}/guards`),
      );
      expect(guards.map((g) => g.name)).toEqual(guardsOf(id).map((g) => g.name));
      for (const guard of guards) {
        expect(guard.inForce, guard.name).toBe(true);
        if (guard.kind === 'policy') expect(guard.text).toContain(`@id("${guard.name}")`);
      }
    }
  });

  test('no setting loosens them: not changed, not retired, nobody excepted', async () => {
    const rule = ruleOf('IT-08');
    const refusals = [
      await as('officer').call('PATCH', `/v1/sod/rules/${rule}`, { mode: 'record' }),
      await as('officer').call('DELETE', `/v1/sod/rules/${rule}`),
      await as('officer').call('POST', `/v1/sod/rules/${rule}/exceptions`, {
        identity: 'priya',
        reason: 'because',
        control: 'none',
        validTo: later,
      }),
    ];
    for (const refused of refusals)
      expect([refused.status, refused.body['code']]).toEqual([409, 'sod_rule.kept_by_reeve']);
  });

  test('who may not see violations does not see who ran against them', async () => {
    expect((await as('priya').call('GET', `/v1/sod/rules/${ruleOf('IT-08')}/guards`)).status).toBe(404);
  });
});
