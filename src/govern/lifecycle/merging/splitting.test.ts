import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { mergingHouse, type MergingHouse, type PlanAnswer } from '../testing/merging-house.ts';

let house: MergingHouse;
let wiki: string;
let sudo: string;
let pay: string;
let make: string;
beforeAll(async () => {
  house = await mergingHouse();
  wiki = await house.entitlement('wiki');
  sudo = await house.entitlement('sudo');
  pay = await house.entitlement('pay vendors');
  make = await house.entitlement('make vendors');
  for (const [mode, id] of [
    ['enforce', pay],
    ['warn', sudo],
  ] as const)
    await house.perform(
      'sod.createRule',
      {
        name: `apart-${mode}`,
        severity: 'critical',
        mode,
        functions: [
          { name: 'makes', entitlementIds: [make] },
          { name: 'pays', entitlementIds: [id] },
        ],
      },
      house.officer,
    );
});
afterAll(async () => {
  await house?.settle(30_000);
  await house?.close();
});

const owner = async (account: string): Promise<string> =>
  (await house.db.one<{ id: string }>(sql`select identity_id as id from account where id = ${account}`)).id;
const names = async (of: string): Promise<string[]> => [...new Set((await house.reach(of)).map((r) => r.name))];
const split = (identity: string, more: object, as = house.admin): Promise<{ readonly otherId: string }> =>
  house.perform('identities.split', { identity, displayName: 'The Other', because: 'two faces', ...more }, as);

describe('a split', () => {
  test('gives a new identity what is named, and leaves everything else where it is', async () => {
    const both = await house.person('both');
    const until = new Date(house.clock.now().getTime() + 86_400_000);
    const kept = await house.grant(both, wiki);
    const given = await house.grant(both, sudo, { validTo: until, reason: 'their work' });
    const [mine, theirs] = [await house.account('both', both), await house.account('other', both, [wiki])];
    const ask = { identity: 'both', displayName: 'The Other', accountIds: [theirs], grantIds: [given] };
    const plan = await house.perform<PlanAnswer>('identities.splitPreview', ask, house.admin);
    expect(plan).toMatchObject({ refusals: [], accounts: [{ id: theirs }], grants: [{ id: given, what: 'moves' }] });
    const { otherId } = await split('both', ask);
    await house.settle();
    expect([await owner(mine), await owner(theirs)]).toEqual([both, otherId]);
    expect(
      await house.db.many(sql`
        select identity_id, entitlement_id, valid_to, reason, ended_because from access_grant
         where identity_id in (${both}, ${otherId}) and ended_because is null order by identity_id = ${otherId}`),
    ).toEqual([
      { identityId: both, entitlementId: wiki, validTo: null, reason: 'test', endedBecause: null },
      { identityId: otherId, entitlementId: sudo, validTo: until, reason: 'their work', endedBecause: null },
    ]);
    const ended = await house.db.one<{ endedBecause: string }>(
      sql`select ended_because from access_grant where id = ${given}`,
    );
    expect(ended.endedBecause).toBe('split');
    expect(
      (await house.db.one<{ n: string | null }>(sql`select ended_because as n from access_grant where id = ${kept}`)).n,
    ).toBeNull();
  });

  test('of what is not theirs, of nothing, or by whom it is about, is refused', async () => {
    const [one, two] = [await house.person('one'), await house.person('two')];
    const account = await house.account('two', two);
    await expect(split(one, { accountIds: [account] })).rejects.toMatchObject({ code: 'identity.split_not_theirs' });
    await expect(split(one, {})).rejects.toMatchObject({ code: 'input.invalid' });
    const own = await house.account('adm', house.admin);
    await expect(split(house.admin, { accountIds: [own] })).rejects.toMatchObject({ code: 'policy.denied' });
    await expect(split(house.admin, { accountIds: [own] }, house.officer)).rejects.toMatchObject({
      code: 'identity.runs_reeve',
    });
  });

  test('of a merge gives back nothing that was taken away meanwhile', async () => {
    const [stays, double] = [await house.person('stays'), await house.person('double')];
    await house.grant(double, wiki);
    await house.grant(double, sudo);
    await house.grant(stays, sudo);
    await house.merge(double, stays);
    for (const id of [wiki, sudo])
      await house.db.run(sql`
        update access_grant set valid_to = ${house.clock.now()}, ended_because = 'revoked'
         where identity_id = ${stays} and entitlement_id = ${id} and ended_because is null`);
    await house.unmerge(double);
    expect(await names(double)).toEqual([]);
    expect(await names(stays)).toEqual([]);
    await expect(house.unmerge(double)).rejects.toMatchObject({ code: 'identity.not_merged' });
  });
});

describe('duties that are kept apart', () => {
  test('keep two identities apart, by grant and by an account, until the rule is excepted', async () => {
    const [buyer, payer] = [await house.person('buyer'), await house.person('payer')];
    await house.grant(buyer, make);
    await house.account('payer', payer, [pay]);
    await expect(house.merge(payer, buyer)).rejects.toMatchObject({ code: 'sod.conflict' });
    const plan = await house.perform<PlanAnswer>(
      'identities.mergePreview',
      { identity: payer, into: buyer },
      house.admin,
    );
    expect(plan.refusals).toMatchObject([{ code: 'sod.conflict' }]);
    expect(plan.refusals[0]?.detail).toMatch(/makes \(make vendors\).*pays \(pay vendors\)/);
    expect(await owner((await house.db.one<{ id: string }>(sql`select id from account where name = 'payer'`)).id)).toBe(
      payer,
    );
    await except(buyer);
    await house.merge(payer, buyer);
    expect(await names(buyer)).toEqual(expect.arrayContaining(['make vendors', 'pay vendors']));
  });

  test('that only warn are named, and what either was in conflict with alone is no reason', async () => {
    const [calm, torn] = [await house.person('calm'), await house.person('torn')];
    await house.grant(calm, wiki);
    await house.grant(torn, make);
    await house.grant(torn, pay);
    await house.grant(calm, sudo);
    await except(torn);
    const plan = await house.perform<PlanAnswer>(
      'identities.mergePreview',
      { identity: torn, into: calm },
      house.admin,
    );
    expect(plan.refusals).toEqual([]);
    expect(plan.warnings).toHaveLength(1);
    expect(plan.warnings[0]).toContain('apart-warn');
    await house.merge(torn, calm);
    const { n } = await house.db.one<{ n: number }>(sql`
      select count(*)::int as n from sod_exception where identity_id = ${calm} and valid_to > ${house.clock.now()}`);
    expect(n).toBe(1);
  });

  const except = async (identity: string): Promise<void> => {
    const rule = await house.db.one<{ id: string }>(sql`select id from sod_rule where name = 'apart-enforce'`);
    await house.perform(
      'sod.grantException',
      {
        rule: rule.id,
        identity,
        reason: 'nobody else is there',
        control: 'read every Friday',
        validTo: new Date(house.clock.now().getTime() + 86_400_000).toISOString(),
      },
      house.officer,
    );
    house.clock.advance(1000);
  };
});
