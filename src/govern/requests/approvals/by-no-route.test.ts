import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { changeIdentityFacts, createRole, describeRole, setRoleContent, startGrant } from '#spine/graph/index.ts';
import { appoint, approve, ask, deny, grantsOf, inbox, outcome, setRules, show } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

let c: SmallCompany;
let n = 0;
beforeAll(async () => {
  c = await smallCompany();
});
afterAll(() => c.house.close());

const fresh = (managerId = c.who.tomas): Promise<string> => {
  n += 1;
  c.house.clock.advance(60_000);
  return c.person(`walker${n}`, { managerId });
};
const startAt = (identityId: string, what: { entitlementId?: string; roleId?: string }) =>
  c.build((ctx, permit) => startGrant(ctx, permit, { identityId, ...what, origin: 'admin', reason: 'test' }));

/** A way by which somebody comes to be asked about what benefits them: the request, and who tries to decide it. */
interface Route {
  readonly route: string;
  readonly walk: () => Promise<{ id: string; by: string; beneficiary: string }>;
}
/** Here nothing has followed yet: the inbox still shows it. */
const MERGED = 'as whoever who asked turned out to be, before the request has followed';
const ROUTES: readonly Route[] = [
  {
    route: 'as who asked',
    walk: async () => {
      const by = await fresh();
      return { id: (await ask(c, by, { what: 'web1:reports', for: '1h' })).id, by, beneficiary: by };
    },
  },
  {
    route: 'as the deputy of who is asked',
    walk: async () => {
      const by = await fresh();
      await appoint(c, c.who.tomas, by);
      return { id: (await ask(c, by, { what: 'web1:reports', for: '1h' })).id, by, beneficiary: by };
    },
  },
  {
    route: 'as the deputy appointed after it was asked',
    walk: async () => {
      const by = await fresh();
      const { id } = await ask(c, by, { what: 'web1:reports', for: '1h' });
      await appoint(c, c.who.tomas, by);
      return { id, by, beneficiary: by };
    },
  },
  {
    route: 'as one of a group that is asked',
    walk: async () => {
      const by = await fresh();
      const group = await c.entitlement('git', `group${n}`, { requestable: false });
      for (const member of [by, c.who.mara]) await startAt(member, { entitlementId: group });
      await setRules(c, [{ when: {}, steps: [{ holdersOf: group }] }]);
      return { id: (await ask(c, by, { what: 'web1:reports', for: '1h' })).id, by, beneficiary: by };
    },
  },
  {
    route: 'as one who joins the group that is asked after asking',
    walk: async () => {
      const by = await fresh();
      const group = await c.entitlement('git', `group${n}`, { requestable: false });
      await startAt(c.who.mara, { entitlementId: group });
      await setRules(c, [{ when: {}, steps: [{ holdersOf: group }] }]);
      const { id } = await ask(c, by, { what: 'web1:reports', for: '1h' });
      await startAt(by, { entitlementId: group });
      await c.house.settle();
      return { id, by, beneficiary: by };
    },
  },
  {
    route: 'as the owner of the role, having become it after asking',
    walk: async () => {
      const by = await fresh();
      const role = await c.build(async (ctx, permit) => {
        const more = { description: 'bundle', ownerId: c.who.omar, requestable: true };
        const made = await createRole(ctx, permit, { name: `Role ${n}`, ...more });
        await setRoleContent(ctx, permit, { roleId: made.id, entitlementIds: [c.what.reports], roleIds: [] });
        return made.id;
      });
      await setRules(c, [{ when: {}, steps: ['owner'] }]);
      const { id } = await ask(c, by, { what: role, for: '1h' });
      await c.build(async (ctx, permit) => void (await describeRole(ctx, permit, { roleId: role, ownerId: by })));
      await c.house.settle();
      return { id, by, beneficiary: by };
    },
  },
  {
    route: 'as the manager, having become it after asking for another',
    walk: async () => {
      const by = await fresh();
      const report = await c.person(`report${n}`, { managerId: by });
      const { id } = await ask(c, by, { what: 'web1:reports', for: '1h', forIdentity: report });
      return { id, by, beneficiary: report };
    },
  },
  {
    route: 'as who answers for the service it is for, asked by another',
    walk: async () => {
      const by = await fresh();
      const service = await c.person(`svc${n}`, { ownerId: by }, [], 'service');
      const { id } = await ask(c, c.who.dana, { what: 'web1:reports', for: '1h', forIdentity: service });
      return { id, by, beneficiary: service };
    },
  },
  {
    route: 'as who comes to answer for the service after it was asked',
    walk: async () => {
      const by = await fresh();
      const service = await c.person(`svc${n}`, { ownerId: c.who.omar }, [], 'service');
      await setRules(c, [{ when: {}, steps: [{ named: [by, c.who.mara] }] }]);
      const { id } = await ask(c, c.who.omar, { what: 'web1:reports', for: '1h', forIdentity: service });
      await c.build(
        async (ctx, permit) =>
          void (await changeIdentityFacts(ctx, permit, { identityId: service, change: { ownerId: by } })),
      );
      await c.house.settle();
      return { id, by, beneficiary: service };
    },
  },
  {
    route: MERGED,
    walk: async () => {
      const by = await fresh();
      const duplicate = await c.person(`twin${n}`, { managerId: by });
      await setRules(c, [{ when: {}, steps: ['manager'] }]);
      const { id } = await ask(c, duplicate, { what: 'web1:reports', for: '1h' });
      await merged(duplicate, by);
      return { id, by, beneficiary: duplicate };
    },
  },
];

/** What merging leaves at once; the request follows by a reaction a moment later. */
const merged = async (duplicateId: string, survivorId: string): Promise<void> => {
  await c.house.db.run(sql`
    insert into identity_merge (id, duplicate_id, survivor_id, now_id, because, merged_at, merged_by, moved)
    values (${newId()}, ${duplicateId}, ${survivorId}, ${survivorId}, 'test', ${c.house.clock.now()}, ${c.who.joaquin}, '{}')`);
};

test.each(ROUTES)('nobody decides what benefits them $route', async ({ route, walk }) => {
  await setRules(c, [{ when: {}, steps: ['manager'] }]);
  const { id, by, beneficiary } = await walk();
  for (const decide of [approve, deny]) {
    const code = await outcome(decide(c, id, by));
    expect(['policy.denied', 'request.own_benefit', 'request.not_found']).toContain(code);
  }
  if (route !== MERGED) expect((await inbox(c, by)).map((i) => i.request.id)).not.toContain(id);
  expect((await show(c, id)).state).toBe('pending');
  expect(await grantsOf(c, beneficiary)).toEqual([]);
});
