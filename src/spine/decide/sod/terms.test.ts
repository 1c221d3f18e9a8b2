import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#kit/ids/index.ts';
import { sql } from '#kit/db/index.ts';
import {
  changeIdentityFacts,
  createIdentity,
  graphModule,
  putEntitlement,
  registerSystem,
  startGrant,
} from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { decideModule, sodVerdict, sodVerdictOnUse, type SodVerdict } from '../index.ts';
import { build, builderModule, eventTypes, person } from '../testing.ts';
import { compileCondition } from './person-condition.ts';

let house: House;
let officer: string;
let owner: string;
let account: string;
let system: string;
const e: Record<string, string> = {};
const ent = (name: string): string => e[name] ?? '';
const now = (): Date => house.clock.now();
const get = (name: string) => ({ entitlementId: ent(name), validFrom: now(), validTo: null });
let made = 0;

const rule = async (terms: Record<string, unknown>): Promise<string> => {
  await house.db.run(
    sql`update sod_rule set valid_to = reeve_now() + interval '1 ms' where valid_to is null and library_id is null`,
  );
  house.clock.advance(10);
  const input = {
    name: `rule ${(made += 1)}`,
    severity: 'high',
    mode: 'enforce',
    functions: [
      { name: 'make', entitlementIds: [ent('make')] },
      { name: 'pay', entitlementIds: [ent('pay')] },
    ],
    ...terms,
  };
  return (await house.perform<{ id: string }>('sod.createRule', input, officer)).id;
};
const somebody = async (facts: Record<string, unknown> = {}): Promise<string> =>
  build(house, async (ctx, permit) => {
    const displayName = `Somebody ${(made += 1)}`;
    return (await createIdentity(ctx, permit, { kind: 'person', facts: { displayName, ...facts } })).id;
  });
const holds = (identityId: string, name: string): Promise<string> =>
  build(
    house,
    async (ctx, permit) =>
      (await startGrant(ctx, permit, { identityId, entitlementId: ent(name), origin: 'admin', reason: 'test' })).id,
  );
const verdict = (identityId: string, name: string): Promise<SodVerdict> =>
  house.db.tx((tx) => sodVerdict(tx, identityId, [get(name)]));
const using = (identityId: string, names: readonly string[]): Promise<SodVerdict> =>
  house.db.tx((tx) => sodVerdictOnUse(tx, identityId, names.map(get)));
/** A session in the past that rested on a grant. */
const used = (identityId: string, grantId: string, fromSeconds: number, toSeconds: number | null): Promise<unknown> =>
  house.db.run(sql`
    insert into access_use (id, identity_id, account_id, system_id, grant_ids, protocol, started_at, ended_at, ended_because, recorded)
    values (${newId()}, ${identityId}, ${account}, ${system}, array[${grantId}]::uuid[], 'ssh',
            ${new Date(now().getTime() - fromSeconds * 1000)}, ${toSeconds === null ? null : new Date(now().getTime() - toSeconds * 1000)},
            ${toSeconds === null ? null : 'over'}, true)`);

beforeAll(async () => {
  house = await testHouse(({ decide }) => [graphModule, decideModule({ decide }), builderModule]);
  officer = await person(house, 'Joaquin', ['security_officer']);
  owner = await person(house, 'Olga', []);
  await build(house, async (ctx, permit) => {
    const erp = await registerSystem(ctx, permit, { name: 'erp', kind: 'csv' });
    system = erp.id;
    account = newId();
    for (const name of ['make', 'pay', 'other'])
      e[name] = (await putEntitlement(ctx, permit, { systemId: erp.id, kind: 'group', nativeId: name, name })).id;
  });
  await house.db.run(sql`
    insert into account (id, system_id, native_id, name, kind, state, valid_from) values (${account}, ${system}, 'a', 'a', 'shared', 'active', ${now()})`);
});
afterAll(() => house.close());

describe('a rule counts for the people it says', () => {
  it('of a unit and those below it, and not of one that only begins alike', async () => {
    await rule({ orgUnits: ['Finance'] });
    const outcomes = await Promise.all(
      ['Finance', 'finance/AP', 'Finance Training', 'Sales'].map(async (orgUnit) => {
        const who = await somebody({ orgUnit });
        await holds(who, 'make');
        return (await verdict(who, 'pay')).outcome;
      }),
    );
    expect(outcomes).toEqual(['blocked', 'blocked', 'clear', 'clear']);
  });

  it('of whom a condition is true, by facts and by attributes of a feed, and follows them when they move', async () => {
    await rule({ personCondition: 'person.department in ["Finance", "Audit"] && person.entity != "NL"' });
    const nl = await somebody({ department: 'Finance', attributes: { entity: 'NL' } });
    const de = await somebody({ department: 'Finance', attributes: { entity: 'DE' } });
    for (const who of [nl, de]) await holds(who, 'make');
    expect([(await verdict(nl, 'pay')).outcome, (await verdict(de, 'pay')).outcome]).toEqual(['clear', 'blocked']);
    house.clock.advance(1000);
    await build(house, (ctx, permit) =>
      changeIdentityFacts(ctx, permit, { identityId: de, change: { department: 'Sales' } }),
    );
    expect((await verdict(de, 'pay')).outcome).toBe('clear');
  });

  it('and where a condition asks for what nobody said, it counts', async () => {
    await rule({ personCondition: 'person.costCentre == "7"' });
    const who = await somebody();
    await holds(who, 'make');
    expect((await verdict(who, 'pay')).outcome).toBe('blocked');
  });

  it('a condition that is none is refused where it stands, and none repeats or computes', async () => {
    for (const personCondition of [
      'person.department',
      '1 + 1 == 2',
      'x == "y"',
      'person.department ==',
      '["a"].exists(x, x == "a")',
    ])
      await expect(rule({ personCondition }), personCondition).rejects.toMatchObject({
        errors: [{ pointer: '/personCondition' }],
      });
    expect(() => compileCondition(`person.a == "${'x'.repeat(2000)}"`)).toThrow(/longer/);
    expect(compileCondition('!(person.a.startsWith("b"))')({ a: 'abc' })).toBe(true);
  });
});

describe('a rule on use', () => {
  it('lets both sides be held, and not used in one session', async () => {
    await rule({ counts: 'same_session' });
    const who = await somebody();
    await holds(who, 'make');
    expect((await verdict(who, 'pay')).outcome).toBe('clear');
    expect((await using(who, ['make'])).outcome).toBe('clear');
    const both = await using(who, ['make', 'pay']);
    expect(both.outcome).toBe('blocked');
    expect(both.conflicts[0]?.sides.map((s) => s.function)).toEqual(['make', 'pay']);
  });

  it('keeps uses apart by a window: live, lately, and long ago', async () => {
    await rule({ counts: 'same_window', windowSeconds: 3600 });
    const outcomes = [];
    for (const [from, to] of [
      [7200, null],
      [7200, 3599],
      [7200, 3601],
    ] as const) {
      const who = await somebody();
      const grant = await holds(who, 'make');
      await holds(who, 'pay');
      await used(who, grant, from, to);
      outcomes.push([(await using(who, ['pay'])).outcome, (await using(who, ['make'])).outcome]);
    }
    expect(outcomes).toEqual([
      ['blocked', 'clear'],
      ['blocked', 'clear'],
      ['clear', 'clear'],
    ]);
  });

  it('is tolerated by an exception, and says how long its window is', async () => {
    const id = await rule({ counts: 'same_window', windowSeconds: 60, mode: 'warn' });
    const who = await somebody();
    const grant = await holds(who, 'make');
    await used(who, grant, 30, 10);
    expect((await using(who, ['pay'])).outcome).toBe('warned');
    house.clock.advance(1);
    const validTo = new Date(now().getTime() + 86_400_000).toISOString();
    await house.perform('sod.grantException', { rule: id, identity: who, reason: 'r', control: 'c', validTo }, officer);
    house.clock.advance(1);
    expect(await using(who, ['pay'])).toMatchObject({ outcome: 'clear', tolerated: [{ rule: { id } }] });
    await expect(rule({ counts: 'same_window' })).rejects.toMatchObject({ errors: [{ pointer: '/windowSeconds' }] });
    await expect(rule({ windowSeconds: 60 })).rejects.toMatchObject({ errors: [{ pointer: '/windowSeconds' }] });
  });
});

describe('a rule', () => {
  it('has as many functions of as many entitlements as it needs', async () => {
    const ids = Array.from({ length: 30_000 }, () => newId());
    await house.db.run(sql`
      insert into entitlement (id, system_id, kind, native_id, name, valid_from)
      select x.id, ${system}, 'group', x.id::text, x.id::text, ${now()} from unnest(${ids}::uuid[]) as x(id)`);
    const functions = [
      { name: 'many', entitlementIds: ids },
      ...Array.from({ length: 40 }, (_, i) => ({ name: `f${i}`, entitlementIds: [ids[i] ?? ''] })),
    ];
    const id = await rule({ functions });
    const shown = await house.perform<{ functions: unknown[] }>('sod.showRule', { rule: id }, officer);
    expect(shown.functions).toHaveLength(41);
    const who = await somebody();
    const began = performance.now();
    await verdict(who, 'make');
    const against = await house.db.tx((tx) =>
      sodVerdict(tx, who, [{ entitlementId: ids[0] ?? '', validFrom: now(), validTo: null }]),
    );
    expect(against.outcome).toBe('clear');
    console.log(`verdict beside a rule of 30,040 entitlements: ${(performance.now() - began).toFixed(0)} ms`);
  });
});

describe('a control', () => {
  it('is named at the rule, an exception rests on it, its runs are kept, and an overdue one is told once', async () => {
    const control = { name: 'Review of new vendors', ownerId: owner, everyDays: 30 };
    const id = await rule({ controls: [control], risk: 'Pays vendors that do not exist' });
    const shown = await house.perform<{ controls: { id: string; name: string }[]; risk: string }>(
      'sod.showRule',
      { rule: id },
      officer,
    );
    expect(shown).toMatchObject({ risk: 'Pays vendors that do not exist', controls: [control] });
    const who = await somebody();
    const validTo = new Date(now().getTime() + 200 * 86_400_000).toISOString();
    const except = { rule: id, identity: who, reason: 'two of us', controlId: shown.controls[0]?.id, validTo };
    const granted = await house.perform<{ id: string; evidenceDueAt: string }>('sod.grantException', except, officer);
    expect(granted).toMatchObject({
      control: control.name,
      controlOwnerId: owner,
      evidenceEveryDays: 30,
      lastRunAt: null,
    });
    const job = house.registry.jobs.get('decide.announceOverdueEvidence');
    const told = async (): Promise<number> => {
      await job?.run(house.as('decide'), {});
      return (await eventTypes(house)).filter((type) => type === 'sod_exception.evidence_overdue').length;
    };
    expect(await told()).toBe(0);
    house.clock.advance(31 * 86_400_000);
    expect([await told(), await told()]).toEqual([1, 1]);
    const run = { exception: granted.id, result: 'passed', reference: 'AUD-112' };
    await expect(house.perform('sod.recordControlRun', run, who)).rejects.toMatchObject({ status: 404 });
    await house.perform('sod.recordControlRun', run, owner);
    const { items } = await house.perform<{ items: object[] }>('sod.listControlRuns', { exception: granted.id }, owner);
    expect(items).toMatchObject([{ ranBy: owner, result: 'passed', reference: 'AUD-112' }]);
    expect(await house.perform('sod.showException', { exception: granted.id }, officer)).toMatchObject({
      lastResult: 'passed',
    });
    house.clock.advance(29 * 86_400_000);
    expect(await told()).toBe(1);
    house.clock.advance(2 * 86_400_000);
    expect(await told()).toBe(2);
  });

  it('is nobody’s own: neither its owner nor who proves it is whom the exception is for', async () => {
    const who = await somebody();
    const id = await rule({ controls: [{ name: 'Review', ownerId: who, everyDays: 7 }] });
    const { controls } = await house.perform<{ controls: { id: string }[] }>('sod.showRule', { rule: id }, officer);
    const validTo = new Date(now().getTime() + 86_400_000).toISOString();
    const except = { rule: id, identity: who, reason: 'r', controlId: controls[0]?.id, validTo };
    await expect(house.perform('sod.grantException', except, officer)).rejects.toMatchObject({
      errors: [{ pointer: '/controlOwnerId' }],
    });
  });
});
