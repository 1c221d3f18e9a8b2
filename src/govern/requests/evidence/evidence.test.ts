import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { changeIdentityFacts, endGrant, startGrant } from '#spine/graph/index.ts';
import { approve, ask, outcome, setRules } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

interface Evidence {
  used: { sessions: number; lastAt: string | null };
  before: { grants: number; lastEndedAt: string | null };
  peers: { of: number; have: number; department: string } | null;
  policy: { version: number; rule: number; says: string };
}
let c: SmallCompany;
let asker: string;
beforeAll(async () => {
  c = await smallCompany();
  asker = await c.person('asker', { managerId: c.who.tomas });
  await inDepartment(asker, 'Web');
});
afterAll(() => c.house.close());

const inDepartment = (id: string, department: string) =>
  c.build(
    async (ctx, permit) => void (await changeIdentityFacts(ctx, permit, { identityId: id, change: { department } })),
  );
const evidence = async (id: string, as: string): Promise<Evidence | undefined> =>
  (await c.house.perform<{ items: Evidence[] }>('requests.evidence', { id }, as)).items[0];

test('whoever decides sees use and grants of the same before, peers and why the policy asks; others do not', async () => {
  const { number } = await setRules(c, [
    { when: { privileged: true }, steps: ['manager'], stepUp: true },
    { when: {}, steps: ['manager'] },
  ]);
  const first = await ask(c, asker, { what: 'web1:reports', for: '1h' });
  expect(await evidence(first.id, c.who.tomas)).toEqual({
    lineId: first.lines[0]?.id,
    used: { sessions: 0, lastAt: null },
    before: { grants: 0, lastEndedAt: null },
    peers: null,
    policy: { version: number, rule: 2, says: 'rule 2, for everything else, one approval' },
  });
  for (const who of [asker, c.who.omar])
    expect(['policy.denied', 'request.not_found']).toContain(await outcome(evidence(first.id, who)));

  const grant = (await approve(c, first.id, c.who.tomas)).lines[0]?.grant?.id ?? '';
  const account = newId();
  const now = c.house.clock.now();
  const { systemId } = await c.house.db.one<{ systemId: string }>(
    sql`select system_id from entitlement where id = ${c.what.reports}`,
  );
  await c.house.db.run(sql`insert into account (id, system_id, native_id, name, identity_id, valid_from)
    values (${account}, ${systemId}, 'asker', 'asker', ${asker}, ${now})`);
  for (const days of [1, 5, 100])
    await c.house.db.run(sql`
      insert into access_use (id, identity_id, account_id, system_id, grant_ids, protocol, started_at, ended_at, ended_because, recorded)
      values (${newId()}, ${asker}, ${account}, ${systemId}, ${[grant]}::uuid[], 'ssh', ${now}::timestamptz - make_interval(days => ${days}),
              ${now}, 'over', true)`);
  await c.build((ctx, permit) => endGrant(ctx, permit, { grantId: grant, because: 'given back' }));

  const peers: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    const peer = await c.person(`peer${n}`, { managerId: c.who.tomas });
    await inDepartment(peer, 'Web');
    peers.push(peer);
  }
  for (const peer of peers.slice(0, 2))
    await c.build((ctx, permit) =>
      startGrant(ctx, permit, { identityId: peer, entitlementId: c.what.reports, origin: 'admin', reason: 'test' }),
    );
  const again = await ask(c, asker, { what: 'web1:reports', for: '1h' });
  expect(await evidence(again.number, c.who.tomas)).toMatchObject({
    used: { sessions: 2, lastAt: expect.anything() },
    before: { grants: 1, lastEndedAt: expect.anything() },
    peers: { of: 5, have: 2, department: 'Web' },
  });
  const weighty = await ask(c, asker, { what: 'web1:sudo:ALL', for: '1h' });
  expect((await evidence(weighty.id, c.who.ines))?.policy.says).toBe(
    'rule 1, because of privilege, one approval, each with a fresh proof',
  );
});
