import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { getGrant, startGrant } from '#spine/graph/index.ts';
import { approve, ask, grantsOf, inbox, outcome, setRules, show, type Shown } from './testing/ask.ts';
import { smallCompany, type SmallCompany } from './testing/small-company.ts';

let c: SmallCompany;
let asker: string;
let n = 0;
beforeAll(async () => {
  c = await smallCompany();
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  asker = await c.person(`asker${n}`, { managerId: c.who.tomas });
});

const inHours = (h: number): string => new Date(c.house.clock.now().getTime() + h * 3_600_000).toISOString();
const everyMinute = async (): Promise<void> => {
  const job = c.house.registry.jobs.get('requests.beginScheduled');
  if (job === undefined) throw new Error('no such job');
  await job.run(c.house.as('requests'), {});
};
const give = (identityId: string, entitlementId: string, validTo?: Date): Promise<string> =>
  c.build(
    async (ctx, permit) =>
      (await startGrant(ctx, permit, { identityId, entitlementId, validTo, origin: 'admin', reason: 'test' })).id,
  );
const grant = (id: string) => c.build((ctx) => getGrant(ctx.tx, id));
const state = async (id: string): Promise<(string | undefined)[]> => {
  const { state: whole, lines } = await show(c, id);
  return [whole, ...lines.map((l) => l.state)];
};
const kinds = async (id: string): Promise<string[]> => (await show(c, id)).timeline.map((t) => t.kind);
const reports = { what: 'web1:reports', for: '2h' };

test('what was approved for later gives nothing before its time, and all of it within the minute after', async () => {
  const startsAt = inHours(24);
  const { id } = await ask(c, asker, { ...reports, startsAt });
  await approve(c, id, c.who.tomas);
  expect(await state(id)).toEqual(['approved', 'scheduled']);
  c.house.clock.advance(23 * 3_600_000);
  await everyMinute();
  expect(await grantsOf(c, asker)).toEqual([]);
  c.house.clock.advance(3_600_000);
  await everyMinute();
  await everyMinute();
  const [only, ...more] = await grantsOf(c, asker);
  expect(more).toEqual([]);
  expect(await grant(only?.id ?? '')).toMatchObject({
    validFrom: new Date(startsAt),
    validTo: new Date(new Date(startsAt).getTime() + 2 * 3_600_000),
  });
  expect(await state(id)).toEqual(['approved', 'granted']);
});

test('a conflict, a risk that wants more approvals, and a leaver are judged by the time it begins', async () => {
  await c.house.perform(
    'sod.createRule',
    {
      name: 'Deploy and approve the change',
      severity: 'high',
      mode: 'enforce',
      functions: [
        { name: 'deploy', entitlementIds: [c.what.deploy] },
        { name: 'approve', entitlementIds: [c.what.approve] },
      ],
    },
    c.who.joaquin,
  );
  const riskier = await c.entitlement('git', `riskier${n}`, { risk: 'low' });
  const other = await c.person(`other${n}`, { managerId: c.who.tomas });
  const startsAt = inHours(1);
  const clash = await ask(c, asker, { what: c.what.approve, for: '2h', startsAt });
  const risk = await ask(c, asker, { what: riskier, for: '2h', startsAt });
  const left = await ask(c, other, { ...reports, startsAt });
  for (const { id } of [clash, risk, left]) {
    await approve(c, id, c.who.tomas);
    const next = (await show(c, id)).steps.find((s) => s.state === 'open');
    if (next !== undefined) await approve(c, id, next.approvers[0]?.id ?? '');
    expect((await state(id))[1]).toBe('scheduled');
  }
  await give(asker, c.what.deploy);
  await c.entitlement('git', `riskier${n}`, { risk: 'high', markedPrivileged: true });
  await c.setState(other, 'leaver');
  c.house.clock.advance(3_600_000);
  await everyMinute();
  const because = async (id: string) => (await show(c, id)).lines[0]?.because;
  expect(await because(clash.id)).toContain('Deploy and approve the change');
  expect(await because(risk.id)).toBe(
    'by now it needs more approvals than it got: its risk went from low to high, it became privileged',
  );
  expect(await because(left.id)).toBe('whoever it was for has left');
  expect((await grantsOf(c, asker)).length + (await grantsOf(c, other)).length).toBe(0);
});

test('what waits for its time is not asked for twice, and can be taken back', async () => {
  const { id } = await ask(c, asker, { ...reports, startsAt: inHours(5) });
  await approve(c, id, c.who.tomas);
  expect(await outcome(ask(c, asker, reports))).toBe('request.asked_already');
  await c.house.perform('requests.withdraw', { id }, asker);
  expect(await state(id)).toEqual(['approved', 'withdrawn']);
  c.house.clock.advance(6 * 3_600_000);
  await everyMinute();
  expect(await grantsOf(c, asker)).toEqual([]);
  expect(await outcome(c.house.perform('requests.withdraw', { id }, asker))).toBe('request.over');
});

test('a line taken back asks its own approvers no more, and the others go on without it', async () => {
  const { id, lines } = await ask(c, asker, {
    lines: [
      { what: 'web1:reports', for: '2h' },
      { what: 'web1:sudo:ALL', for: '2h' },
    ],
  });
  await approve(c, id, c.who.tomas);
  expect((await inbox(c, c.who.priya)).map((a) => a.request.id)).toContain(id);
  const sudo = lines[1]?.id ?? '';
  await c.house.perform('requests.withdraw', { id, lineIds: [sudo] }, asker);
  expect(await state(id)).toEqual(['approved', 'granted', 'withdrawn']);
  expect((await inbox(c, c.who.priya)).map((a) => a.request.id)).not.toContain(id);
  expect(await outcome(c.house.perform('requests.withdraw', { id, lineIds: [sudo] }, asker))).toBe('request.over');
});

test('a line taken back gives nobody less to decide about the others', async () => {
  const { id, lines } = await ask(c, asker, {
    lines: [
      { what: 'web1:reports', for: '2h' },
      { what: 'web1:sudo:ALL', for: '2h' },
    ],
  });
  await c.house.perform('requests.withdraw', { id, lineIds: [lines[0]?.id] }, asker);
  expect(await state(id)).toEqual(['pending', 'withdrawn', 'pending']);
  await approve(c, id, c.who.tomas);
  expect((await state(id))[0]).toBe('pending');
  await approve(c, id, c.who.priya);
  expect(await state(id)).toEqual(['approved', 'withdrawn', 'granted']);
  const stranger = await ask(c, c.who.omar, reports);
  const others = await show(c, stranger.id, c.who.omar);
  expect(
    await outcome(c.house.perform('requests.withdraw', { id: stranger.id, lineIds: [lines[1]?.id] }, c.who.omar)),
  ).toBe('request_line.not_found');
  await c.house.perform('requests.withdraw', { id: stranger.id, lineIds: [others.lines[0]?.id] }, c.who.omar);
  expect((await show(c, stranger.id, c.who.omar)).state).toBe('withdrawn');
});

test('comments are read by those concerned and by nobody else, are told to them, and are sealed in the log', async () => {
  const { id } = await ask(c, asker, reports);
  const say = (as: string, text: string) => c.house.perform<Shown>('requests.comment', { id, text }, as);
  await say(c.who.tomas, 'which report do you mean?');
  const answered = await say(asker, 'the one of month end');
  expect(answered.timeline.filter((t) => t.kind === 'comment').map((t) => t.text)).toEqual([
    'which report do you mean?',
    'the one of month end',
  ]);
  expect(await outcome(say(c.who.lena, 'me too'))).toBe('request.not_found');
  await approve(c, id, c.who.tomas);
  await say(asker, 'thank you');
  expect((await kinds(id)).at(-1)).toBe('comment');
});

test('one’s own access ends at once when asked; another’s waits for who answers for it', async () => {
  const own = await give(asker, c.what.reports);
  const remove = (as: string, id: string) =>
    c.house.perform<{ ended: { id: string } | null; request: Shown | null }>(
      'grants.askRemoval',
      { id, reason: 'moved team' },
      as,
    );
  expect(await remove(asker, own)).toMatchObject({ ended: { id: own }, request: null });
  const theirs = await give(asker, c.what.deploy);
  expect(await outcome(remove(c.who.lena, theirs))).toBe('grant.not_found');
  const { request } = await remove(c.who.tomas, theirs);
  const id = request?.id ?? '';
  expect(request).toMatchObject({ state: 'pending', steps: [{ kind: 'owner', approvers: [{ id: c.who.priya }] }] });
  expect(await outcome(remove(c.who.tomas, theirs))).toBe('request.asked_already');
  expect((await grant(theirs))?.endedBecause).toBeNull();
  for (const nobody of [asker, c.who.tomas]) expect(await outcome(approve(c, id, nobody))).not.toBe('done');
  await approve(c, id, c.who.priya);
  expect((await grant(theirs))?.endedBecause).toContain('R-');
  await c.house.settle();
  const shown = await show(c, id);
  expect(shown.lines).toMatchObject([{ state: 'removed', effect: 'withdrawing' }]);
  expect(shown.timeline.map((t) => t.kind)).toEqual(['submitted', 'step_opened', 'step_approved', 'removed', 'ended']);
});

test('what has ended by the time its removal is approved is refused, and nothing else happens', async () => {
  const theirs = await give(asker, c.what.deploy);
  const { request } = await c.house.perform<{ request: Shown }>(
    'grants.askRemoval',
    { id: theirs, reason: 'moved team' },
    c.who.tomas,
  );
  await c.house.perform('grants.giveBack', { id: theirs }, asker);
  await approve(c, request.id, c.who.priya);
  expect(await state(request.id)).toEqual(['denied', 'refused']);
});

test('somebody whose removal is asked for can be given the same thing meanwhile: they do not stand in each other’s way', async () => {
  const theirs = await give(asker, c.what.deploy, new Date(c.house.clock.now().getTime() + 3_600_000));
  await c.house.perform('grants.askRemoval', { id: theirs, reason: 'x' }, c.who.tomas);
  expect(await outcome(ask(c, asker, { what: c.what.deploy, for: '4h' }))).toBe('done');
});

test('more time begins beside what is there, so that there is no gap, and no end ever moves', async () => {
  const { id } = await ask(c, asker, reports);
  const first = (await approve(c, id, c.who.tomas)).lines[0]?.grant;
  c.house.clock.advance(3_600_000);
  const { request } = await c.house.perform<{ request: Shown }>(
    'grants.extend',
    { id: first?.id, for: '3h', reason: 'not done yet' },
    asker,
  );
  const second = (await approve(c, request.id, c.who.tomas)).lines[0]?.grant;
  expect(second?.id).not.toBe(first?.id);
  expect((await grant(first?.id ?? ''))?.validTo?.toISOString()).toBe(first?.validTo);
  const [before, after] = [await grant(first?.id ?? ''), await grant(second?.id ?? '')];
  expect((after?.validFrom ?? 0) < (before?.validTo ?? 0)).toBe(true);
  expect(after?.validTo?.toISOString()).toBe(inHours(3));
});

test('what is given without asking waits for its time too', async () => {
  await setRules(c, [
    { when: { risk: ['low'], privileged: false }, steps: 'automatic' },
    { when: {}, steps: ['manager'] },
  ]);
  const { id } = await ask(c, asker, { ...reports, startsAt: inHours(2) });
  expect(await state(id)).toEqual(['approved', 'scheduled']);
  c.house.clock.advance(2 * 3_600_000);
  await everyMinute();
  expect(await state(id)).toEqual(['approved', 'granted']);
});
