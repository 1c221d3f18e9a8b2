import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql } from '#kit/db/index.ts';
import {
  addEdge,
  createRole,
  endGrant,
  graphModule,
  putEntitlement,
  registerSystem,
  setRoleContent,
  startGrant,
} from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import {
  decideModule,
  describeConflict,
  sodVerdict,
  standingConflicts,
  type ProposedAccess,
  type SodVerdict,
} from '../index.ts';
import { build, builderModule, eventTypes, person } from '../testing.ts';

let house: House;
let officer: string;
let mara: string;
let system: string;
/** Entitlements by name: `vendors` contains `create`; `ap_clerk` is a role with `pay` in it. */
const e: Record<string, string> = {};
const ent = (name: string): string => e[name] ?? '';

const HOUR = 3_600_000;
const hours = (n: number): Date => new Date(house.clock.now().getTime() + n * HOUR);

beforeAll(async () => {
  house = await testHouse(({ decide }) => [graphModule, decideModule({ decide }), builderModule]);
  officer = await person(house, 'Joaquin', ['security_officer']);
  await build(house, async (ctx, permit) => {
    const erp = await registerSystem(ctx, permit, { name: 'erp', kind: 'csv' });
    system = erp.id;
    for (const name of ['create', 'vendors', 'pay', 'other', 'deploy', 'approve']) {
      e[name] = (await putEntitlement(ctx, permit, { systemId: erp.id, kind: 'group', nativeId: name, name })).id;
    }
    await addEdge(ctx, permit, { parentId: ent('vendors'), childId: ent('create') });
    const role = await createRole(ctx, permit, { name: 'ap_clerk' });
    e['ap_clerk'] = role.id;
    await setRoleContent(ctx, permit, { roleId: role.id, entitlementIds: [ent('pay')], roleIds: [] });
  });
});
afterAll(() => house.close());
beforeEach(async () => {
  mara = await person(house, `Mara ${String(Math.random()).slice(2)}`);
});

const rule = async (mode: string, sides: readonly (readonly string[])[]): Promise<string> => {
  await house.db.run(
    sql`update sod_rule set valid_to = reeve_now() + interval '1 ms' where valid_to is null and library_id is null`,
  );
  house.clock.advance(10);
  const made = await house.perform<{ id: string }>(
    'sod.createRule',
    {
      name: 'Make vendors and pay them',
      severity: 'critical',
      mode,
      functions: sides.map((side, i) => ({ name: `f${i}`, entitlementIds: side.map(ent) })),
    },
    officer,
  );
  return made.id;
};
const grant = (what: string, validTo?: Date, validFrom?: Date): Promise<string> =>
  build(house, async (ctx, permit) => {
    const on = what === 'ap_clerk' ? { roleId: ent(what) } : { entitlementId: ent(what) };
    return (
      await startGrant(ctx, permit, { identityId: mara, ...on, validTo, validFrom, origin: 'admin', reason: 'test' })
    ).id;
  });
const verdict = (proposed: readonly ProposedAccess[], apart?: readonly string[]): Promise<SodVerdict> =>
  house.db.tx((tx) => sodVerdict(tx, mara, proposed, { apart: { grantIds: apart } }));
const get = (what: string, from = 0, to: number | null = null): ProposedAccess => ({
  ...(what === 'ap_clerk' ? { roleId: ent(what) } : { entitlementId: ent(what) }),
  validFrom: hours(from),
  validTo: to === null ? null : hours(to),
});

describe('the verdict on a proposal', () => {
  it('blocks what an enforced rule keeps apart, by whatever path either side comes, and shows both paths', async () => {
    await rule('enforce', [['create'], ['pay']]);
    await grant('ap_clerk');
    const direct = await verdict([get('create')]);
    const nested = await verdict([get('vendors')]);
    expect([direct.outcome, nested.outcome, (await verdict([get('other')])).outcome]).toEqual([
      'blocked',
      'blocked',
      'clear',
    ]);
    expect(nested.conflicts[0]?.sides.map((s) => s.access.map((a) => a.path.map((p) => p.name)))).toEqual([
      [['vendors', 'create']],
      [['admin', 'ap_clerk', 'pay']],
    ]);
    expect(nested.conflicts.map(describeConflict)[0]).toMatch(
      /"Make vendors and pay them" \(critical\) keeps apart f0 \(create\) and f1 \(pay\)/,
    );
  });

  it('is the same in whatever order the two sides come, and for both at once', async () => {
    await rule('enforce', [['create'], ['pay']]);
    expect((await verdict([get('ap_clerk'), get('vendors')])).outcome).toBe('blocked');
    await grant('vendors');
    expect((await verdict([get('ap_clerk')])).outcome).toBe('blocked');
    expect((await verdict([get('pay')])).outcome).toBe('blocked');
  });

  it('compares times: what ends before the other begins does not conflict, what is planned for later does', async () => {
    await rule('enforce', [['create'], ['pay']]);
    await grant('pay', hours(20), hours(10));
    expect((await verdict([get('create', 0, 10)])).outcome).toBe('clear');
    expect((await verdict([get('create', 20)])).outcome).toBe('clear');
    const late = await verdict([get('create', 15, 30)]);
    expect(late.outcome).toBe('blocked');
    expect([late.conflicts[0]?.validFrom, late.conflicts[0]?.validTo]).toEqual([hours(15), hours(20)]);
  });

  it('follows the mode of the rule', async () => {
    for (const [mode, outcome] of [
      ['record', 'recorded'],
      ['warn', 'warned'],
      ['enforce', 'blocked'],
    ] as const) {
      await rule(mode, [['create'], ['pay']]);
      if (mode === 'record') await grant('pay');
      expect((await verdict([get('create')])).outcome).toBe(outcome);
    }
  });

  it('lets those alone who violate a rule already and change something else', async () => {
    const id = await rule('record', [['create', 'other'], ['pay']]);
    await grant('pay');
    await grant('create', hours(8));
    await house.perform('sod.changeRule', { rule: id, mode: 'enforce' }, officer);
    expect(await verdict([get('deploy')])).toMatchObject({ outcome: 'clear', conflicts: [] });
    expect(await verdict([get('create', 0, 4)])).toMatchObject({ outcome: 'clear' });
    expect((await verdict([get('create', 0, 9)])).outcome).toBe('blocked');
    expect((await verdict([get('other', 0, 1)])).outcome).toBe('blocked');
  });

  it('judges a grant that is being used as if it came now', async () => {
    await rule('enforce', [['create'], ['pay']]);
    await grant('pay');
    const early = await grant('create');
    expect((await verdict([get('create')])).outcome).toBe('clear');
    expect((await verdict([get('create')], [early])).outcome).toBe('blocked');
  });

  it('needs no evaluation where no rule names what is asked for, or the rule was retired', async () => {
    const id = await rule('enforce', [['create'], ['pay']]);
    await grant('pay');
    await house.perform('sod.retireRule', { rule: id }, officer);
    house.clock.advance(10);
    expect((await verdict([get('create')])).outcome).toBe('clear');
  });
});

describe('exceptions', () => {
  const except = (id: string, validTo: Date, as = officer, who = mara): Promise<{ id: string }> =>
    house.perform(
      'sod.grantException',
      {
        rule: id,
        identity: who,
        reason: 'only one in the office',
        control: 'second signature',
        validTo: validTo.toISOString(),
      },
      as,
    );

  it('tolerate a conflict until they lapse; then it is open again and is announced once', async () => {
    const id = await rule('enforce', [['create'], ['pay']]);
    await grant('pay');
    await except(id, hours(10));
    expect(await verdict([get('create', 0, 5)])).toMatchObject({
      outcome: 'clear',
      conflicts: [],
      tolerated: [{ rule: { id } }],
    });
    const beyond = await verdict([get('create', 0, 12)]);
    expect(beyond).toMatchObject({ outcome: 'blocked', tolerated: [{ rule: { id } }] });
    expect([beyond.conflicts[0]?.validFrom, beyond.conflicts[0]?.validTo]).toEqual([hours(10), hours(12)]);

    await grant('create');
    house.clock.advance(10 * HOUR);
    expect(await house.db.tx((tx) => standingConflicts(tx, mara))).toHaveLength(1);
    for (let i = 0; i < 2; i += 1) {
      await house.registry.jobs.get('decide.announceLapsedExceptions')?.run(house.as('decide'), {});
    }
    expect((await eventTypes(house)).filter((t) => t === 'sod_exception.lapsed')).toHaveLength(1);
  });

  it('are not for oneself, and not for those who keep no rules', async () => {
    const id = await rule('enforce', [['create'], ['pay']]);
    await expect(except(id, hours(1), officer, officer)).rejects.toMatchObject({
      status: 403,
      extra: { policies: ['sod.nobody_excepts_themself'] },
    });
    await expect(except(id, hours(1), mara)).rejects.toMatchObject({ status: 404 });
    await expect(except(id, hours(-1))).rejects.toMatchObject({ status: 422 });
    await expect(except(id, hours(24 * 400))).rejects.toMatchObject({ status: 422 });
  });

  it('can be ended early, and the conflict counts again at once', async () => {
    const id = await rule('enforce', [['create'], ['pay']]);
    await grant('pay');
    const made = await except(id, hours(10));
    house.clock.advance(1_000);
    await house.perform('sod.endException', { exception: made.id }, officer);
    house.clock.advance(10);
    expect((await verdict([get('create')])).outcome).toBe('blocked');
  });
});

describe('rules', () => {
  it('cannot be loosened or retired by somebody they catch', async () => {
    const id = await rule('enforce', [['create'], ['pay']]);
    await build(house, async (ctx, permit) => {
      for (const what of ['create', 'pay'])
        await startGrant(ctx, permit, {
          identityId: officer,
          entitlementId: ent(what),
          origin: 'admin',
          reason: 'test',
        });
    });
    await expect(house.perform('sod.changeRule', { rule: id, mode: 'record' }, officer)).rejects.toMatchObject({
      code: 'sod_rule.own_benefit',
    });
    await expect(house.perform('sod.retireRule', { rule: id }, officer)).rejects.toMatchObject({
      code: 'sod_rule.own_benefit',
    });
    await build(house, async (ctx, permit) => {
      const grants = await ctx.tx.many<{ id: string }>(
        sql`select id from access_grant where identity_id = ${officer} and entitlement_id in (${ent('create')}, ${ent('pay')})`,
      );
      house.clock.advance(10);
      for (const { id: grantId } of grants) await endGrant(ctx, permit, { grantId, because: 'withdrawn' });
    });
    house.clock.advance(1_000);
    await expect(house.perform('sod.changeRule', { rule: id, mode: 'record' }, officer)).resolves.toMatchObject({
      mode: 'record',
    });
  });

  it('stay editable when an entitlement they name is gone at its source, and show that it is', async () => {
    const id = await rule('enforce', [['deploy'], ['approve']]);
    await house.db.run(sql`update entitlement set valid_to = reeve_now() where id = ${ent('approve')}`);
    house.clock.advance(1_000);
    const shown = await house.perform<{ functions: unknown }>('sod.changeRule', { rule: id, severity: 'low' }, officer);
    expect(shown.functions).toMatchObject([
      { entitlements: [{ name: 'deploy', gone: false }] },
      { entitlements: [{ name: 'approve', gone: true }] },
    ]);
  });

  it('name entitlements that exist, have two sides at least, and each name once', async () => {
    await rule('enforce', [['create'], ['pay']]);
    const input = {
      name: 'make vendors and PAY them',
      severity: 'low',
      functions: [
        { name: 'a', entitlementIds: [ent('create')] },
        { name: 'b', entitlementIds: [ent('pay')] },
      ],
    };
    await expect(house.perform('sod.createRule', input, officer)).rejects.toMatchObject({
      code: 'sod_rule.name_taken',
    });
    await expect(
      house.perform('sod.createRule', { ...input, functions: input.functions.slice(0, 1) }, officer),
    ).rejects.toMatchObject({ status: 422 });
    const unknown = [
      { name: 'a', entitlementIds: [system] },
      { name: 'b', entitlementIds: [ent('pay')] },
    ];
    await expect(
      house.perform('sod.createRule', { ...input, name: 'x', functions: unknown }, officer),
    ).rejects.toMatchObject({ status: 422 });
    await expect(house.perform('sod.createRule', input, mara)).rejects.toMatchObject({ status: 403 });
  });

  it('are checked for somebody by those who may see them', async () => {
    await rule('warn', [['create'], ['pay']]);
    await grant('pay');
    const input = { identity: mara, proposed: [{ entitlementId: ent('create') }] };
    expect(await house.perform('sod.check', input, mara)).toMatchObject({
      outcome: 'warned',
      conflicts: [{ mode: 'warn' }],
      standing: [],
    });
    expect(await house.perform('sod.check', input, officer)).toMatchObject({ outcome: 'warned' });
    await expect(house.perform('sod.check', input, await person(house, 'Nosy'))).rejects.toMatchObject({ status: 404 });
  });
});
