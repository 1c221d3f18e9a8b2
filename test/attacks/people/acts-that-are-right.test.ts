import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findActs } from '#govern/sod/acts/find-acts.ts';
import { FOUND } from '#govern/sod/acts/done-acts.ts';
import { guardsOf } from '#govern/sod/acts/guards.ts';
import { LIBRARY } from '#govern/sod/library/read-library.ts';
import { sql, type Sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { ADMIN_ROLES, createIdentity, putEntitlement, registerSystem } from '#spine/graph/index.ts';
import { peopledHouse, type Answer, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';

/**
 * What the guards of Reeve's own rules refuse is tried in `acts-of-reeve.test.ts`. Here: what they let be, since it is
 * another who does it; and what was done all the same, past Reeve, which is found and told.
 */

let house: PeopledHouse;
const callers: Record<string, Caller> = {};
const as = (name: string): Caller => {
  const found = callers[name];
  if (found === undefined) throw new Error(`nobody is called ${name}`);
  return found;
};
let root: string;
let account: string;
let exception: string;
let robot: string;
const ruleOf = new Map<string, string>();
const later = (): string => new Date(house.clock.now().getTime() + 86_400_000).toISOString();

beforeAll(async () => {
  house = await peopledHouse();
  for (const [name, role] of [
    ['boss', 'administrator'],
    ['officer', 'security_officer'],
    ['second', 'security_officer'],
    ['auditor', 'auditor'],
  ] as const)
    callers[name] = await house.person(name, { department: 'it' }, [role]);
  callers['priya'] = await house.person('priya', {});
  callers['omar'] = await house.person('omar', { managerId: as('boss').id });
  callers['lena'] = await house.person('lena', { managerId: as('boss').id, department: 'sales' });
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
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
    root = put.id;
    const facts = { displayName: 'robot', username: 'robot', ownerId: as('lena').id };
    robot = (await createIdentity(ctx, permit, { kind: 'service', facts })).id;
    account = newId();
    await ctx.tx.run(sql`
      insert into account (id, system_id, native_id, name, kind, valid_from) values (${account}, ${system.id}, 'lost', 'lost', 'personal', ${ctx.now})`);
  });
  const { items } = must<{ items: { id: string; libraryId: string }[] }>(
    await as('officer').call('GET', '/v1/sod/rules'),
  );
  for (const { id, libraryId } of items) ruleOf.set(libraryId, id);
});
afterAll(() => house?.close());

const did = (answer: Answer): void => expect(answer.status, answer.text).toBeLessThan(300);
const made: Record<string, string> = {};
const ask = async (name: string): Promise<string> =>
  must<{ request: { id: string } }>(
    await as(name).call('POST', '/v1/requests', { what: 'web1:sudo:ALL', for: '2h', reason: 'the incident' }),
  ).request.id;

/** Who does it for another, by the guard that does not mind. */
const RIGHT: Readonly<Record<string, () => Promise<Answer>>> = {
  'requests.nobody_decides_to_their_own_benefit': async () => {
    made['request'] = await ask('lena');
    return await as('boss').call('POST', `/v1/requests/${made['request']}/approve`);
  },
  'requests.each_step_is_decided_by_another': () =>
    as('priya').call('POST', `/v1/requests/${made['request'] ?? ''}/approve`),
  'request.own_benefit': async () =>
    await as('boss').call('POST', `/v1/requests/${await ask('omar')}/deny`, { reason: 'no' }),
  'grant.own_benefit': () =>
    as('boss').call('POST', '/v1/grants', { identity: 'robot', entitlementId: root, because: 'the incident' }),
  'birthright.own_benefit': () =>
    as('boss').call('POST', '/v1/birthrights', {
      name: 'sales is root',
      condition: { department: ['nobody is there'] },
      entitlementId: root,
    }),
  'account.own_benefit': () =>
    as('boss').call('POST', `/v1/accounts/${account}/assign`, { identityId: as('lena').id, because: 'hers' }),
  'audit.nobody_erases_or_holds_their_own': () =>
    as('boss').call('POST', `/v1/audit/subjects/${robot}/hold`, { held: true, case: 'case 7' }),
  'sod.nobody_excepts_themself': async () => {
    const rule = must<{ id: string }>(
      await as('officer').call('POST', '/v1/sod/rules', {
        name: 'root and administration',
        severity: 'high',
        mode: 'record',
        functions: [
          { name: 'root', entitlementIds: [root] },
          { name: 'administration', entitlementIds: [ADMIN_ROLES.administrator] },
        ],
      }),
    );
    made['rule'] = rule.id;
    const input = { identity: 'lena', reason: 'because', control: 'a second look', validTo: later() };
    const answer = await as('officer').call('POST', `/v1/sod/rules/${rule.id}/exceptions`, {
      ...input,
      controlOwnerId: as('second').id,
      evidenceEveryDays: 7,
    });
    exception = String(answer.body['id']);
    return answer;
  },
  'sod_exception.own_benefit': () =>
    as('officer').call('POST', `/v1/sod/rules/${made['rule'] ?? ''}/exceptions`, {
      identity: 'robot',
      reason: 'because',
      control: 'a second look',
      validTo: later(),
    }),
  'sod_rule.own_benefit': () => as('officer').call('PATCH', `/v1/sod/rules/${made['rule'] ?? ''}`, { mode: 'warn' }),
  'sod.nobody_proves_their_own_exception': () =>
    as('second').call('POST', `/v1/sod/exceptions/${exception}/runs`, { result: 'passed', reference: 'CHG-1' }),
};

/** What was done against each, as only somebody with the database in their hands can: after what was right was done. */
const again = (type: string, actor: string): Sql => sql`
  insert into audit_event
  select gen_random_uuid(), pg_current_xact_id(), at, type, actor_kind, ${as(actor).id}, via, signin_id, address, subject_id, trace, decision_id,
         policies, data, sealed, leaf, stamp from audit_event where type = ${type} order by id desc limit 1`;
const WRONG: Readonly<Record<string, { readonly who: string; readonly steps: () => readonly Sql[] }>> = {
  'requests.nobody_decides_to_their_own_benefit': {
    who: 'boss',
    steps: () => [sql`update request set requester_id = ${as('boss').id} where id = ${made['request']}`],
  },
  'requests.each_step_is_decided_by_another': {
    who: 'boss',
    steps: () => [
      sql`drop index approval_step_decider_is_another_each_time`,
      sql`alter table approval_step disable trigger user`,
      sql`update approval_step set decided_by = ${as('boss').id}, candidates = candidates || ${as('boss').id}::uuid
           where request_id = ${made['request']} and decided_by is not null`,
    ],
  },
  'request.own_benefit': {
    who: 'boss',
    steps: () => [
      sql`update request set requester_id = ${as('priya').id} where id = ${made['request']}`,
      sql`update approval_step set decided_for = ${as('priya').id}, candidates = candidates || ${as('priya').id}::uuid
           where request_id = ${made['request']} and decided_by is not null`,
    ],
  },
  'grant.own_benefit': {
    who: 'boss',
    steps: () => [sql`update identity_facts set owner_id = ${as('boss').id} where identity_id = ${robot}`],
  },
  'birthright.own_benefit': {
    who: 'boss',
    steps: () => [
      sql`insert into access_grant (id, identity_id, entitlement_id, valid_from, origin, origin_id, reason)
          select gen_random_uuid(), ${as('boss').id}, ${root}, reeve_now(), 'birthright', (data ->> 'ruleId')::uuid, 'x'
            from audit_event where type = 'birthright.put'`,
    ],
  },
  'account.own_benefit': { who: 'lena', steps: () => [again('account.linked', 'lena')] },
  'audit.nobody_erases_or_holds_their_own': { who: 'boss', steps: () => [] },
  'sod.nobody_excepts_themself': {
    who: 'officer',
    steps: () => [sql`update sod_exception set identity_id = ${as('officer').id} where id = ${exception}`],
  },
  'sod_exception.own_benefit': {
    who: 'officer',
    steps: () => [sql`update identity_facts set owner_id = ${as('officer').id} where identity_id = ${robot}`],
  },
  'sod_rule.own_benefit': {
    who: 'officer',
    steps: () => [
      sql`insert into sod_violation (id, rule_id, identity_id, opened_at, sides, looked_at)
          values (gen_random_uuid(), ${made['rule']}, ${as('officer').id}, reeve_now() - interval '1 day', '[]', reeve_now())`,
    ],
  },
  'sod.nobody_proves_their_own_exception': {
    who: 'second',
    steps: () => [sql`update sod_exception set identity_id = ${as('second').id} where id = ${exception}`],
  },
};
/** Each guard with a rule it keeps. */
const GUARDS = [
  ...new Map(LIBRARY.flatMap(({ id }) => guardsOf(id).map(({ name }) => [name, id] as const))).entries(),
].toSorted(([a], [b]) => Object.keys(RIGHT).indexOf(a) - Object.keys(RIGHT).indexOf(b));
interface Shown {
  readonly done: readonly { readonly whoId: string; readonly guard: string; readonly resourceId: string }[];
}
const shown = async (libraryId: string): Promise<Shown['done']> =>
  must<Shown>(await as('auditor').call('GET', `/v1/sod/rules/${ruleOf.get(libraryId) ?? ''}/guards`)).done;

test('what goes against a guard can be found for every guard there is', () => {
  expect([...FOUND].toSorted()).toEqual(GUARDS.map(([name]) => name).toSorted());
});

describe('done by another, it is let be, and nothing is found', () => {
  test.each(GUARDS)('%s (%s)', async (guard, libraryId) => {
    did((await RIGHT[guard]?.()) ?? ({ status: 500, text: 'nothing is tried' } as Answer));
    expect(await shown(libraryId)).toEqual([]);
  });
});

describe('done all the same, past Reeve, it is found with who did it', () => {
  test.each(GUARDS)('%s (%s)', async (guard, libraryId) => {
    for (const step of WRONG[guard]?.steps() ?? []) await house.db.run(step);
    expect(await shown(libraryId)).toContainEqual(
      expect.objectContaining({ guard, whoId: as(WRONG[guard]?.who ?? '').id }),
    );
    await findActs(house.as('sod'));
  });

  test('security officers are told of each once, and the log has it', async () => {
    const found = () =>
      house.db.many<{ guard: string }>(
        sql`select distinct data ->> 'guard' as guard from audit_event where type = 'sod_act.found' order by 1`,
      );
    expect((await found()).map(({ guard }) => guard)).toEqual(GUARDS.map(([name]) => name).toSorted());
    const count = () =>
      house.db.one<{ n: number }>(sql`
        select count(*)::int as n from audit_event where type = 'notice.wanted' and data ->> 'template' = 'sod.act_found'`);
    const once = await count();
    expect(once.n).toBeGreaterThanOrEqual(GUARDS.length);
    await findActs(house.as('sod'));
    expect(await count()).toEqual(once);
    const mine = await house.db.many(sql`
      select 1 from audit_event f join audit_event n on n.trace = f.trace and n.type = 'notice.wanted' and n.subject_id = f.subject_id
       where f.type = 'sod_act.found' and n.data -> 'to' ? (f.data ->> 'identityId')`);
    expect(mine).toEqual([]);
  });
});
