import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { approve, ask, grantsOf, outcome, setRules, show } from '../../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../../testing/small-company.ts';

interface Preview {
  to: number;
  items: {
    id: string;
    from: number;
    steps: { kind: string; kept: { id: string } | null; approvers: { id: string }[] }[];
    dropped: { kind: string }[];
    refused: { because: string }[];
  }[];
}
let c: SmallCompany;
let asker: string;
let n = 0;
beforeAll(async () => {
  c = await smallCompany();
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  c.house.clock.advance(60_000);
  asker = await c.person(`asker${n}`, { managerId: c.who.tomas });
});

const preview = (ids?: readonly string[], as = c.who.joaquin): Promise<Preview> =>
  c.house.perform<Preview>('requests.previewReevaluation', ids === undefined ? {} : { ids }, as);
const reevaluate = (ids: readonly string[], as = c.who.joaquin): Promise<{ to: number }> =>
  c.house.perform<{ to: number }>('requests.reevaluate', { ids, reason: 'stricter by now' }, as);
const states = async (id: string): Promise<string[]> => (await show(c, id)).steps.map((s) => `${s.kind} ${s.state}`);
const versionOf = async (id: string): Promise<number> =>
  (await c.house.db.one<{ n: number }>(sql`select policy_number as n from request where id = ${id}`)).n;

test('a decision is kept where the new plan has the same step, and what is new is asked for; both versions are on the record', async () => {
  const { number: from } = await setRules(c, [{ when: {}, steps: ['manager', 'owner'] }]);
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  await approve(c, request.id, c.who.tomas);
  const { number: to } = await setRules(c, [{ when: {}, steps: ['manager', { named: [c.who.mara] }, 'owner'] }]);
  expect(await versionOf(request.id)).toBe(from);

  const found = (await preview()).items.find((i) => i.id === request.id);
  expect([found?.from, found?.steps.map((s) => [s.kind, s.kept?.id ?? null])]).toEqual([
    from,
    [
      ['manager', c.who.tomas],
      ['named', null],
      ['owner', null],
    ],
  ]);
  expect(await states(request.id)).toEqual(['manager approved', 'owner open']);

  await reevaluate([request.number]);
  expect(await versionOf(request.id)).toBe(to);
  expect(await states(request.id)).toEqual(['manager approved', 'named open', 'owner waiting']);
  expect(await outcome(approve(c, request.id, c.who.priya))).toBe('policy.denied');
  await approve(c, request.id, c.who.mara);
  expect((await approve(c, request.id, c.who.priya)).state).toBe('approved');
  const { data } = await c.house.db.one<{ data: unknown }>(
    sql`select data from audit_event where type = 'request.reevaluated' and data ->> 'requestId' = ${request.id}`,
  );
  expect(data).toMatchObject({ from, to, kept: [1], asked: 2, dropped: [] });
  expect((await show(c, request.id)).timeline.map((t) => t.text)).toContain(
    `put it under version ${to} of the approval policy, in place of ${from}: stricter by now`,
  );
});

test('a decision that fills no step is asked for again, of the same person too', async () => {
  await setRules(c, [{ when: {}, steps: [{ named: [c.who.mara, c.who.omar] }, 'owner'] }]);
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  await approve(c, request.id, c.who.mara);
  await setRules(c, [{ when: {}, steps: [{ named: [c.who.omar] }, { named: [c.who.mara] }] }]);
  const [found] = (await preview([request.id])).items;
  expect(found?.dropped).toEqual([]);
  expect(found?.steps.map((s) => s.kept?.id ?? null)).toEqual([null, c.who.mara]);
  await setRules(c, [{ when: {}, steps: ['manager', { named: [c.who.omar] }] }]);
  expect((await preview([request.id])).items[0]?.dropped.map((d) => d.kind)).toEqual(['named']);
  await reevaluate([request.id]);
  expect(await states(request.id)).toEqual(['manager open', 'named waiting']);
  await approve(c, request.id, c.who.tomas);
  expect((await approve(c, request.id, c.who.omar)).state).toBe('approved');
});

test('where all the new plan wants was decided already, the access is given; what it allows no more is refused', async () => {
  await setRules(c, [{ when: {}, steps: ['manager', 'owner'] }]);
  const done = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  await approve(c, done.id, c.who.tomas);
  const long = await ask(c, asker, { what: c.what.deploy, for: '9h' });
  await setRules(c, [{ when: {}, steps: ['manager'], longestSeconds: 8 * 3600 }]);
  expect((await preview([long.id])).items[0]?.refused[0]?.because).toContain('at most 8 h');
  await reevaluate([done.id, long.id]);
  expect((await show(c, done.id)).state).toBe('approved');
  expect(await grantsOf(c, asker)).toHaveLength(1);
  const refused = await show(c, long.id);
  expect([refused.state, refused.endedBecause]).toEqual(['denied', expect.stringContaining('at most 8 h')]);
});

test('nobody does it to their own benefit, without the right, to what is over or current; all of those named or none', async () => {
  await setRules(c, [{ when: {}, steps: ['manager'] }]);
  const mine = await ask(c, c.who.joaquin, { what: 'web1:reports', for: '2h' });
  const theirs = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  await setRules(c, [{ when: {}, steps: ['owner'] }]);
  expect(await outcome(reevaluate([mine.id, theirs.id]))).toBe('request.own_benefit');
  expect((await show(c, theirs.id)).steps.map((s) => s.kind)).toEqual(['manager']);
  for (const who of [asker, c.who.tomas, c.who.ines]) {
    expect(await outcome(reevaluate([theirs.id], who))).toBe('policy.denied');
    expect(await outcome(preview([theirs.id], who))).toBe('policy.denied');
  }
  await reevaluate([theirs.id], c.who.dana);
  expect(await outcome(reevaluate([theirs.id]))).toBe('request.under_current');
  await reevaluate([mine.id], c.who.dana);
  await approve(c, theirs.id, c.who.priya);
  await setRules(c, [{ when: {}, steps: ['manager'] }]);
  expect(await outcome(reevaluate([theirs.id]))).toBe('request.over');
});

test('a request to take access away is decided by who answers for it, whatever the policy says', async () => {
  await setRules(c, [{ when: {}, steps: ['manager'] }]);
  const given = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  const grantId = (await approve(c, given.id, c.who.tomas)).lines[0]?.grant?.id;
  const asked = await c.house.perform<{ requestId: string; request?: { id: string } }>(
    'grants.askRemoval',
    { id: grantId, reason: 'not needed' },
    c.who.tomas,
  );
  const id = asked.request?.id ?? asked.requestId;
  await setRules(c, [{ when: {}, steps: ['manager', { named: [c.who.mara] }], stepUp: true }]);
  expect((await preview([id])).items).toEqual([]);
  expect(await outcome(reevaluate([id]))).toBe('request.takes_away');
  expect((await approve(c, id, c.who.priya)).state).toBe('approved');
  expect(await grantsOf(c, asker)).toEqual([]);
});
