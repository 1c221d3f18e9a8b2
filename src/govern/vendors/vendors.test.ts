import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { getIdentity } from '#spine/graph/index.ts';
import { outcome, setRules } from '#govern/requests/testing/ask.ts';
import { smallCompany, type SmallCompany } from '#govern/requests/testing/small-company.ts';
import { vendorsModule } from './index.ts';

const DAY = 86_400_000;
let c: SmallCompany;
let n = 0;
beforeAll(async () => {
  c = await smallCompany((parts) => [vendorsModule(parts)]);
  await setRules(c, [
    { when: { identityKinds: ['vendor'], risk: ['high', 'critical'] }, steps: ['manager', 'owner'] },
    { when: { identityKinds: ['vendor'], privileged: true }, steps: ['owner'] },
    { when: { risk: ['low'], privileged: false }, steps: 'automatic' },
    { when: {}, steps: ['manager'] },
  ]);
});
afterAll(() => c.house.close());
beforeEach(() => {
  n += 1;
  c.house.clock.advance(60_000);
});

const inDays = (days: number): string => new Date(c.house.clock.now().getTime() + days * DAY).toISOString();
interface Answer {
  identityId: string;
  request: { id: string; state: string; steps: { kind: string; approvers: { id: string }[] }[] };
}
const ask = (more: Record<string, unknown> = {}, as = c.who.lena): Promise<Answer> =>
  c.house.perform<Answer>(
    'vendors.ask',
    {
      name: 'Sam Lee',
      email: `sam${n}@acme.example`,
      employer: 'Acme',
      what: ['git:deploy_production'],
      until: inDays(30),
      reason: 'the migration',
      ...more,
    },
    as,
  );
const stateOf = async (id: string): Promise<string | undefined> => {
  await c.house.settle();
  return (await c.house.db.tx((tx) => getIdentity(tx, id)))?.state;
};
const approve = (request: { id: string }, as: string): Promise<{ state: string }> =>
  c.house.perform<{ state: string }>('requests.approve', { id: request.id }, as);

test('somebody from outside is expected until somebody besides the sponsor approves, and then let in', async () => {
  const { identityId, request } = await ask();
  expect(request.steps).toMatchObject([{ kind: 'manager', approvers: [{ id: c.who.tomas }] }]);
  expect(await stateOf(identityId)).toBe('pre_hire');
  expect(await outcome(approve(request, c.who.lena))).not.toBe('done');
  expect((await approve(request, c.who.tomas)).state).toBe('approved');
  expect(await stateOf(identityId)).toBe('active');
  const made = await c.house.db.tx((tx) => getIdentity(tx, identityId));
  expect(made).toMatchObject({
    kind: 'vendor',
    ownerId: c.who.lena,
    username: `v-sam${n}`,
    attributes: { employer: 'Acme' },
    contractEnd: new Date(inDays(30)),
  });
});

test('the rule for vendors decides, by what they are to reach', async () => {
  const { request } = await ask({ what: ['web1:sudo:ALL'], until: inDays(0.25) });
  expect(request.steps.map((s) => s.kind)).toEqual(['manager', 'owner']);
});

test('denied, withdrawn: whoever was expected is gone again, and may be asked for anew', async () => {
  const denied = await ask();
  await c.house.perform('requests.deny', { id: denied.request.id, reason: 'no' }, c.who.tomas);
  expect(await stateOf(denied.identityId)).toBe('leaver');
  const withdrawn = await ask();
  expect(withdrawn.identityId).not.toBe(denied.identityId);
  await c.house.perform('requests.withdraw', { id: withdrawn.request.id }, c.who.lena);
  expect(await stateOf(withdrawn.identityId)).toBe('leaver');
});

test('what begins later lets nobody in before', async () => {
  const { identityId, request } = await ask({ startsAt: inDays(2), until: inDays(9) });
  await approve(request, c.who.tomas);
  expect(await stateOf(identityId)).toBe('pre_hire');
  c.house.clock.advance(2 * DAY);
  await c.house.registry.jobs.get('requests.beginScheduled')?.run(c.house.as('requests'), {});
  expect(await stateOf(identityId)).toBe('active');
});

test('who is here already is found by their address, and only by their sponsor', async () => {
  const { identityId, request } = await ask();
  await approve(request, c.who.tomas);
  await c.house.settle();
  const again = await ask({ what: ['git:approve_change'], until: inDays(20) });
  expect(again.identityId).toBe(identityId);
  expect(await outcome(ask({ what: ['web1:reports'] }, c.who.omar))).toBe('vendor.answered_for_by_another');
  expect(await outcome(ask({ what: ['web1:reports'], until: inDays(60) }))).toBe('input.invalid');
  expect(await outcome(ask({ email: 'omar@example.com' }))).toBe('input.invalid');
});

test('nobody from outside is let in by their sponsor alone, whatever is automatic for others', async () => {
  expect(await outcome(ask({ what: ['web1:reports'] }))).toBe('vendor.nobody_approves');
  expect(await outcome(ask({ until: new Date(c.house.clock.now().getTime() - 1).toISOString() }))).toBe(
    'input.invalid',
  );
});

test('a sponsor sees theirs; those who run, watch or audit see all', async () => {
  const { identityId } = await ask();
  const seen = async (as: string): Promise<boolean> =>
    (await c.house.perform<{ items: { id: string }[] }>('vendors.list', { limit: 200 }, as)).items.some(
      (v) => v.id === identityId,
    );
  expect([await seen(c.who.lena), await seen(c.who.ines), await seen(c.who.omar)]).toEqual([true, true, false]);
});
