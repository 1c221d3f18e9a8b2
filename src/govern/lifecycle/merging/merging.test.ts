import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES } from '#spine/graph/index.ts';
import { mergingHouse, type MergingHouse, type PlanAnswer } from '../testing/merging-house.ts';

let house: MergingHouse;
let wiki: string;
let sudo: string;
beforeAll(async () => {
  house = await mergingHouse();
  wiki = await house.entitlement('wiki');
  sudo = await house.entitlement('sudo');
});
afterAll(async () => {
  await house?.settle(30_000);
  await house?.close();
});

const later = (days: number): Date => new Date(house.clock.now().getTime() + days * 86_400_000);
const preview = (identity: string, into: string, as = house.admin): Promise<PlanAnswer> =>
  house.perform<PlanAnswer>('identities.mergePreview', { identity, into }, as);
const liveGrants = (of: string) =>
  house.db.many<{ entitlementId: string; origin: string; reason: string; validTo: Date | null }>(sql`
    select entitlement_id, origin, reason, valid_to from access_grant
     where identity_id = ${of} and ended_because is null order by entitlement_id, valid_to nulls last`);
const shown = (id: string) =>
  house.perform<{
    state: string;
    username: string | null;
    mergedInto: { identityId: string } | null;
    merged: readonly { identityId: string }[];
  }>('graph.showIdentity', { identity: id }, house.admin);

describe('a merge', () => {
  test('lets nobody in who is suspended', async () => {
    await house.person('shut1');
    await house.person('open1');
    await house.perform('identities.suspend', { identity: 'shut1', because: 'looked into' }, house.admin);
    await house.settle();
    expect((await preview('shut1', 'open1')).refusals.map((r) => r.code)).toEqual(['identity.is_suspended']);
    await expect(house.merge('shut1', 'open1')).rejects.toMatchObject({ code: 'identity.is_suspended' });
    await house.merge('open1', 'shut1');
    await house.settle();
    const { state } = await house.perform<{ state: string }>('graph.showIdentity', { identity: 'shut1' }, house.admin);
    expect(state).toBe('suspended');
  });

  test('moves accounts and grants from now on, never for longer and never twice, and says so of the duplicate', async () => {
    const [ada, double] = [await house.person('ada'), await house.person('ada2')];
    const until = later(30);
    await house.grant(ada, wiki);
    await house.grant(double, wiki, { validTo: later(5) });
    await house.grant(double, sudo, { validTo: until, origin: 'request', reason: 'for the migration' });
    const account = await house.account('ada2', double, [sudo]);
    const plan = await preview('ada2', 'ada');
    expect(plan.refusals).toEqual([]);
    expect(plan.accounts.map((a) => a.name)).toEqual(['ada2@web1']);
    expect(plan.grants.map((g) => [g.name, g.what]).sort()).toEqual([
      ['sudo on web1', 'moves'],
      ['wiki on web1', 'same'],
    ]);
    await house.merge('ada2', 'ada');
    await house.settle();
    expect(await liveGrants(double)).toEqual([]);
    expect(await liveGrants(ada)).toEqual(
      [
        { entitlementId: wiki, origin: 'admin', reason: 'test', validTo: null },
        { entitlementId: sudo, origin: 'request', reason: 'for the migration', validTo: until },
      ].sort((a, b) => a.entitlementId.localeCompare(b.entitlementId)),
    );
    const { owner } = await house.db.one<{ owner: string }>(
      sql`select identity_id as owner from account where id = ${account}`,
    );
    expect(owner).toBe(ada);
    expect(await shown(double)).toMatchObject({ state: 'leaver', username: 'ada2', mergedInto: { identityId: ada } });
    expect(await shown(ada)).toMatchObject({ state: 'active', merged: [{ identityId: double }] });
  });

  test('leaves the past as it was: the same rows, which say who that is now', async () => {
    const [bo, double] = [await house.person('bo'), await house.person('bo2')];
    await house.grant(double, sudo);
    await house.account('bo2', double, [wiki]);
    house.clock.advance(60_000);
    const then = house.clock.now();
    house.clock.advance(60_000);
    interface Row {
      identityId: string;
      nowIdentityId: string | null;
      [key: string]: unknown;
    }
    const ask = async (more: object = {}): Promise<Row[]> =>
      (
        await house.perform<{ items: Row[] }>(
          'graph.whoCouldReach',
          { system: 'web1', at: then.toISOString(), ...more },
          house.admin,
        )
      ).items;
    const before = await ask();
    const known = { knownAt: then.toISOString() };
    const knownThen = await ask(known);
    await house.merge('bo2', 'bo');
    await house.settle();
    house.clock.advance(60_000);
    const after = await ask();
    const plain = (rows: Row[]) => rows.map(({ nowIdentityId: _, nowIdentityName: __, validTo: ___, ...row }) => row);
    expect(plain(after)).toEqual(plain(before));
    // By what was known then, also how long it was to last is as it was.
    const asKnown = (rows: Row[]) => rows.map(({ nowIdentityId: _, nowIdentityName: __, ...row }) => row);
    expect(asKnown(await ask(known))).toEqual(asKnown(knownThen));
    expect(after.filter((r) => r.identityId === double)).toHaveLength(2);
    expect(after.filter((r) => r.identityId === double).every((r) => r.nowIdentityId === bo)).toBe(true);
    expect(after.filter((r) => r.identityId === bo)).toEqual([]);
    expect((await house.reach(bo)).map((r) => r.name)).toContain('sudo');
    expect(await house.reach(double)).toEqual([]);
  });

  test('makes people and things the duplicate answered for the survivor’s', async () => {
    const [cy, double] = [await house.person('cy'), await house.person('cy2')];
    const report = await house.person('report', { managerId: double });
    const robot = await house.person('robot', { ownerId: double }, 'service');
    await house.db.run(sql`update system set owner_id = ${double} where id = ${house.systemId}`);
    await house.merge('cy2', 'cy');
    const facts = await house.db.many(sql`
      select identity_id as id, manager_id, owner_id from identity_facts
       where identity_id in (${report}, ${robot}) and valid_to is null order by manager_id nulls last`);
    expect(facts).toEqual([
      { id: report, managerId: cy, ownerId: null },
      { id: robot, managerId: null, ownerId: cy },
    ]);
    const { owner } = await house.db.one<{ owner: string }>(
      sql`select owner_id as owner from system where id = ${house.systemId}`,
    );
    expect(owner).toBe(cy);
  });

  test('asked again it changes nothing, and whoever has nothing left gets nothing new', async () => {
    const [dee, double] = [await house.person('dee'), await house.person('dee2')];
    const first = await house.merge('dee2', 'dee');
    expect((await house.merge(double, dee)).id).toBe(first.id);
    const stray = await house.account('dee2', null);
    await expect(
      house.db.run(sql`update account set identity_id = ${double} where id = ${stray}`),
    ).rejects.toMatchObject({ constraint: 'merged_identity_gets_nothing_new' });
    await expect(house.grant(double, wiki)).rejects.toMatchObject({ code: 'grant.to_leaver' });
    await expect(
      house.db.run(sql`update identity_facts set state = 'active' where identity_id = ${double} and valid_to is null`),
    ).rejects.toMatchObject({ constraint: 'merged_identity_gets_nothing_new' });
  });

  test('who was merged and is merged on is the last one', async () => {
    const [a, b, c] = [await house.person('e1'), await house.person('e2'), await house.person('e3')];
    await house.merge(a, b);
    await house.merge(b, c);
    expect((await shown(a)).mergedInto?.identityId).toBe(c);
    expect((await shown(c)).merged.map((m) => m.identityId)).toEqual([a, b]);
    await expect(house.unmerge(a)).rejects.toMatchObject({ code: 'identity.merged_already' });
    await house.unmerge(b);
    expect((await shown(a)).mergedInto?.identityId).toBe(b);
    await house.unmerge(a);
    expect((await shown(a)).mergedInto).toBeNull();
  });
});

describe('a merge is refused', () => {
  test.each([
    ['of one with itself', () => ['fay', 'fay'], 'input.invalid'],
    ['of a person with a service', () => ['fay', 'engine'], 'identity.merge_kinds'],
    ['into somebody who has left', () => ['fay', 'gus'], 'identity.merge_into_leaver'],
    ['of whoever asks', () => ['first-admin', 'fay'], 'policy.denied'],
    ['into whoever asks', () => ['fay', 'first-admin'], 'identity.own_benefit'],
    ['of what is theirs', () => ['mine', 'engine'], 'identity.own_benefit'],
    ['of nobody', () => ['fay', 'nobody-at-all'], 'identity.not_found'],
  ])('%s', async (_, pair, code) => {
    await people();
    const [from = '', into = ''] = pair();
    const merging = house.merge(from, into).catch((error: { code: string }) => error.code);
    expect(await merging).toBe(code);
  });

  let made = false;
  const people = async (): Promise<void> => {
    if (made) return;
    made = true;
    await house.person('fay');
    await house.person('gus', { state: 'leaver' });
    await house.person('engine', {}, 'service');
    await house.person('mine', { ownerId: house.admin }, 'service');
  };

  test('by a security officer of whoever runs Reeve, and an administrator may', async () => {
    const [hal, double] = [await house.person('hal'), await house.person('hal2')];
    await house.grant(double, ADMIN_ROLES.auditor);
    await expect(house.merge('hal2', 'hal', house.officer)).rejects.toMatchObject({ code: 'identity.runs_reeve' });
    await house.merge('hal2', 'hal', house.admin);
    expect((await liveGrants(hal)).map((g) => g.entitlementId)).toEqual([ADMIN_ROLES.auditor]);
  });

  test('by whom it would give another manager', async () => {
    const [ivo, double] = [await house.person('ivo'), await house.person('ivo2')];
    await house.db.run(sql`update identity_facts set manager_id = ${double} where identity_id = ${house.second}`);
    await expect(house.merge(double, ivo, house.second)).rejects.toMatchObject({ code: 'identity.own_benefit' });
    await house.merge(double, ivo, house.admin);
    await expect(
      house.perform('identities.unmerge', { identity: double, because: 'no' }, house.second),
    ).rejects.toMatchObject({ code: 'identity.own_benefit' });
  });

  test('by somebody who runs nothing', async () => {
    await people();
    const nobody = await house.person('nobody');
    await expect(house.merge('gus', 'fay', nobody)).rejects.toMatchObject({ status: 404 });
  });

  test('when it is one already, and a preview says so', async () => {
    const [ida] = [await house.person('ida'), await house.person('ida2'), await house.person('ida3')];
    await house.merge('ida2', 'ida');
    await expect(house.merge('ida2', 'ida3')).rejects.toMatchObject({ code: 'identity.merged_already' });
    await expect(house.merge('ida3', 'ida2')).rejects.toMatchObject({ code: 'identity.merged_already' });
    const plan = await preview('ida3', 'ida2');
    expect(plan.refusals).toMatchObject([{ code: 'identity.merged_already' }, { code: 'identity.merge_into_leaver' }]);
    expect(plan.refusals[0]?.detail).toContain(ida);
  });
});
