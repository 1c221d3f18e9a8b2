import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { generateCompany, makeBadFeeds } from '#test/fixtures/company/index.ts';
import { lifecycleHouse, TODAY, type LifecycleHouse } from './testing/lifecycle-house.ts';

const company = generateCompany({ today: TODAY });

let house: LifecycleHouse;
beforeAll(async () => {
  house = await lifecycleHouse();
});
afterAll(() => house.close());

/** Everything known of everybody, in an order that does not depend on ids. */
const everybody = (): Promise<unknown[]> =>
  house.db.many(sql`
    select f.username, f.display_name, f.email, f.state, f.department, f.org_unit, f.job_title, m.username as manager,
           o.username as owner, f.contract_end, f.attributes, f.valid_from, i.kind
      from identity_facts f join identity i on i.id = f.identity_id
      left join identity_facts m on m.identity_id = f.manager_id and m.valid_to is null
      left join identity_facts o on o.identity_id = f.owner_id and o.valid_to is null
     order by f.username, f.valid_from`);

describe('a feed of people', () => {
  test('is loaded whole, with managers further down, vendors with their sponsor, and states from the dates', async () => {
    const run = await house.feed(company.feed);
    expect(run).toMatchObject({ state: 'applied', verdict: 'trusted', heldBecause: [] });
    expect(run.counts).toMatchObject({ rows: 303, joined: 303, left: 0, skipped: 0 });
    const rows = await house.db.many<{ username: string; state: string; kind: string; manager: string | null }>(sql`
      select f.username, f.state, i.kind, m.username as manager from identity_facts f join identity i on i.id = f.identity_id
        left join identity_facts m on m.identity_id = f.manager_id where f.username <> 'first-admin'`);
    expect(rows).toHaveLength(303);
    const by = new Map(rows.map((r) => [r.username, r]));
    for (const person of company.people) {
      const boss = company.people.find((p) => p.employee_id === person.manager_employee_id);
      expect(by.get(person.username)?.manager ?? '').toBe(boss?.username ?? '');
    }
    expect(by.get('gareth')?.state).toBe('leaver');
    expect(by.get('v-silas')).toMatchObject({ state: 'leaver', kind: 'vendor' });
    expect(by.get('v-odile')).toMatchObject({ state: 'active', kind: 'vendor', manager: 'hanna' });
    const having = (status: string): string[] =>
      company.people
        .filter((p) => p.status === status)
        .map((p) => p.username)
        .toSorted();
    const being = (state: string): string[] =>
      rows
        .filter((r) => r.state === state)
        .map((r) => r.username)
        .toSorted();
    expect(being('pre_hire')).toEqual(having('pre_hire'));
    expect(being('leave')).toEqual(having('leave'));
    expect(having('pre_hire').length).toBeGreaterThan(0);
  });

  test('delivered again changes nothing and writes no history', async () => {
    const before = await everybody();
    const run = await house.feed(company.feed);
    expect(run).toMatchObject({ state: 'applied', plannedRows: 0 });
    expect(run.counts).toMatchObject({ unchanged: 303, joined: 0, changed: 0, moved: 0, left: 0 });
    expect(await everybody()).toEqual(before);
    expect(await house.db.one(sql`select count(*)::int as n from identity_facts_history`)).toEqual({ n: 0 });
  });

  for (const bad of makeBadFeeds(company.feed).values()) {
    test(`that is ${bad.name} ${bad.expect === 'refuse' ? 'changes nothing and says why' : 'is read like the good one'}`, async () => {
      const before = await everybody();
      const run = await house.feed(bad.content);
      if (bad.expect === 'refuse') {
        expect(run).toMatchObject({ state: 'refused', verdict: 'untrusted', plannedRows: 0 });
        expect(run.problems[0]?.code).toMatch(/^(feed|csv)\./);
        expect(run.problems[0]?.detail.length).toBeGreaterThan(10);
        expect(
          await house.db.one(sql`
            select data->'to' as told, data->>'template' as template from audit_event
             where type = 'notice.wanted' order by id desc limit 1`),
        ).toEqual({ told: [house.admin], template: 'feed.refused' });
      } else {
        expect(run).toMatchObject({ state: 'applied', verdict: 'trusted' });
        expect(run.counts).toMatchObject({ unchanged: 303, joined: 0, changed: 0, moved: 0, left: 0 });
      }
      expect(await everybody()).toEqual(before);
    });
  }
});
