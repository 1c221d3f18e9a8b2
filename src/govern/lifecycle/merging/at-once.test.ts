import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { mergingHouse, type MergingHouse } from '../testing/merging-house.ts';

let house: MergingHouse;
let wiki: string;
let mail: string;
beforeAll(async () => {
  house = await mergingHouse();
  wiki = await house.entitlement('wiki');
  mail = await house.entitlement('mail');
});
afterAll(async () => {
  await house?.settle(30_000);
  await house?.close();
});

let n = 0;
const pair = async (): Promise<readonly [stays: string, double: string]> => {
  n += 1;
  return [await house.person(`one${n}`), await house.person(`two${n}`)];
};
const codeOf = (doing: Promise<unknown>): Promise<string> =>
  doing.then(
    () => 'done',
    (error: { code: string }) => error.code,
  );
const grants = (of: string): Promise<{ id: string; origin: string; entitlementId: string }[]> =>
  house.db.many(
    sql`select id, origin, entitlement_id from access_grant where identity_id = ${of} and ended_because is null`,
  );

describe('at the same instant', () => {
  test('each being said to be the other ends as one of the two', async () => {
    for (let i = 0; i < 5; i += 1) {
      const [one, two] = await pair();
      const codes = await Promise.all([codeOf(house.merge(one, two)), codeOf(house.merge(two, one, house.second))]);
      expect(codes.sort()).toEqual(['done', 'identity.merged_already']);
      const { merges } = await house.db.one<{ merges: number }>(sql`
        select count(*)::int as merges from identity_merge where duplicate_id in (${one}, ${two}) and undone_at is null`);
      expect(merges).toBe(1);
    }
  });

  test('the same said ten times is done once, with one event', async () => {
    const [stays, double] = await pair();
    await house.grant(double, wiki);
    const ids = await Promise.all(Array.from({ length: 10 }, () => house.merge(double, stays)));
    expect(new Set(ids.map((m) => m.id)).size).toBe(1);
    expect(await grants(stays)).toHaveLength(1);
    const { events } = await house.db.one<{ events: number }>(sql`
      select count(*)::int as events from audit_event where type = 'identity.merged' and data->>'duplicateId' = ${double}`);
    expect(events).toBe(1);
  });

  test('what is given to the duplicate goes over, or is not given', async () => {
    for (let i = 0; i < 12; i += 1) {
      const [stays, double] = await pair();
      const giving = codeOf(house.grant(double, wiki));
      const merging = codeOf(house.merge(double, stays));
      const linking = codeOf(house.account(`acct${n}`, double));
      const [given, merged, linked] = await Promise.all([giving, merging, linking]);
      expect(merged).toBe('done');
      expect(['done', 'grant.to_leaver', 'graph.merged_identity_gets_nothing_new']).toContain(given);
      expect(await grants(double)).toEqual([]);
      expect((await grants(stays)).length).toBe(given === 'done' ? 1 : 0);
      const owners = await house.db.many<{ of: string | null }>(
        sql`select identity_id as of from account where name = ${`acct${n}`}`,
      );
      expect(owners.map((o) => o.of)).toEqual(linked === 'done' ? [stays] : []);
    }
  });
});

describe('what rules give', () => {
  test('goes over where it fits the survivor, ends where it does not, and comes back with who it was', async () => {
    const rule = (name: string, department: string, entitlementId: string) =>
      house.perform('birthrights.put', { name, condition: { department: [department] }, entitlementId }, house.admin);
    await rule('care reads', 'Care', wiki);
    await rule('lab writes', 'Lab', mail);
    await house.settle(30_000);
    const [stays, double] = [
      await house.person('care', { department: 'Care' }),
      await house.person('lab', { department: 'Lab' }),
    ];
    const twin = await house.person('twin', { department: 'Care' });
    await house.as('lifecycle').act({ action: 'lifecycle.apply' }, async (ctx) => {
      await ctx.tx.run(sql`
        select graphile_worker.add_job('lifecycle.follow_push', json_build_object('identityIds', array[${stays}::uuid, ${double}::uuid, ${twin}::uuid]))`);
    });
    await house.settle(30_000);
    const of = async (id: string) => (await grants(id)).map((g) => [g.origin, g.entitlementId]);
    expect([await of(stays), await of(double), await of(twin)]).toEqual([
      [['birthright', wiki]],
      [['birthright', mail]],
      [['birthright', wiki]],
    ]);
    await house.merge(twin, stays);
    await house.settle(30_000);
    expect(await of(stays)).toEqual([['birthright', wiki]]);
    await house.merge(double, stays);
    await house.settle(30_000);
    expect(await of(stays)).toEqual([['birthright', wiki]]);
    await house.unmerge(double);
    await house.unmerge(twin);
    await house.settle(30_000);
    expect([await of(stays), await of(double), await of(twin)]).toEqual([
      [['birthright', wiki]],
      [['birthright', mail]],
      [['birthright', wiki]],
    ]);
  });

  test('and a person took away from the survivor is not given again', async () => {
    const [stays, double] = [
      await house.person('stays-care', { department: 'Care' }),
      await house.person('double-care', { department: 'Care' }),
    ];
    const rule = await house.db.one<{ id: string }>(sql`select id from birthright_rule where name = 'care reads'`);
    const give = (to: string) =>
      house.db.run(sql`
        insert into access_grant (id, identity_id, entitlement_id, valid_from, origin, origin_id, started)
        values (gen_random_uuid(), ${to}, ${wiki}, ${house.clock.now()}, 'birthright', ${rule.id}, true)`);
    await give(stays);
    await give(double);
    await house.db.run(sql`
      update access_grant set valid_to = ${house.clock.now()}, ended_because = 'revoked in a review' where identity_id = ${stays}`);
    await house.merge(double, stays);
    await house.settle(30_000);
    expect(await grants(stays)).toEqual([]);
  });
});
