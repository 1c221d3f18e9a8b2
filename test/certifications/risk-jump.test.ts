import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { openReviews } from '#govern/certifications/openings/open-reviews.ts';
import { riskModule } from '#govern/risk/index.ts';
import { sodModule } from '#govern/sod/index.ts';
import { ask, setRules } from '#govern/requests/testing/ask.ts';
import { reviewedCompany, type ReviewedCompany } from './world.ts';

let c: ReviewedCompany;
beforeAll(async () => {
  c = await reviewedCompany(({ decide }) => [sodModule({ decide }), riskModule]);
});
afterAll(() => c.house.close());

const reviews = (): Promise<{ id: string }[]> =>
  c.house.db.many(sql`select id from campaign where opened_by = 'risk_jump' order by id`);
const open = async (): Promise<void> => {
  await openReviews(c.house.as('certifications'));
  await c.house.settle(60_000);
};
const risky = (name: string): Promise<string> =>
  c.entitlement('git', name, { risk: 'critical', markedPrivileged: true });

test('whoever became much riskier is asked about once: what makes them so, and what no rule gives them', async () => {
  const { who, what, house } = c;
  await house.perform(
    'reviews.putPolicy',
    { policy: { risk_jump: { on: true }, collectMinutes: 0 }, reason: 'test' },
    who.dana,
  );
  const climber = await c.person('climber', { managerId: who.tomas });
  const plain = await c.give(climber, what.reports, { origin: 'birthright' });
  await house.settle(60_000);
  const root = await c.give(climber, await risky('root'), { origin: 'birthright' });
  await house.settle(60_000);
  await open();
  await open();
  const [review, ...more] = await reviews();
  expect(more).toEqual([]);
  const items = await c.items(review?.id ?? '');
  expect(items.map((i) => i.grantId)).toEqual([root]);
  expect(items.map((i) => i.grantId)).not.toContain(plain);
  expect(items[0]).toMatchObject({
    reviewerId: who.tomas,
    evidence: { about: { 'asked because': 'risk went from 0 (low) to 18 (medium): privileged_access, risky_access' } },
  });
});

test('the risk of whom it is for chooses who approves and what sessions have to meet', async () => {
  const { who, what } = c;
  await setRules(c, [
    {
      when: { personRisk: ['medium', 'high', 'critical'] },
      steps: ['manager', 'owner'],
      controls: { oneSession: true },
    },
    { when: {}, steps: ['manager'] },
  ]);
  const [calm, hot] = [
    await c.person('calm', { managerId: who.tomas }),
    await c.person('hot', { managerId: who.tomas }),
  ];
  await c.give(hot, await risky('keys'));
  const asked = async (by: string): Promise<{ steps: number; oneSession: unknown }> => {
    const { steps, lines } = (await ask(c, by, { what: what.deploy, for: '1h' })) as unknown as {
      steps: unknown[];
      lines: { controls: { oneSession: boolean } }[];
    };
    return { steps: steps.length, oneSession: lines[0]?.controls.oneSession };
  };
  expect(await asked(calm)).toEqual({ steps: 1, oneSession: false });
  expect(await asked(hot)).toEqual({ steps: 2, oneSession: true });
});
