import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startMail, type LabMail } from '#lab/index.ts';
import { sql } from '#kit/db/index.ts';
import { noticesModule } from '#platform/notices/index.ts';
import { createRole, setPrerequisites, setRoleContent, startGrant } from '#spine/graph/index.ts';
import {
  approve,
  ask,
  deny,
  everyMinute,
  grantsOf,
  outcome,
  preview,
  show,
  withdraw,
  putInForce,
} from './testing/ask.ts';
import { smallCompany, type SmallCompany } from './testing/small-company.ts';

const HOUR = 3_600_000;
let sink: LabMail;
let c: SmallCompany;
let asker: string;
let n = 0;
beforeAll(async () => {
  sink = await startMail();
  c = await smallCompany(({ db, keys }) => [
    noticesModule({ db, keys, publicUrl: 'https://reeve.example.com', smtpUrl: sink.url }),
    {
      name: 'secrecy',
      policies: `
        @id("secrecy.critical_is_not_shown")
        forbid (principal is Reeve::Identity, action == Reeve::Action::"entitlement.read", resource is Reeve::Entitlement)
        when { resource.risk == "critical" };`,
    },
  ]);
});
afterAll(async () => {
  await c.house.close();
  await sink.stop();
});
beforeEach(async () => {
  n += 1;
  sink.clear();
  asker = await c.person(`asker${n}`, { managerId: c.who.tomas });
});

test('a cart of sixty lines is judged line by line before it is sent, and what can go on does', async () => {
  const many = await Promise.all(
    Array.from({ length: 30 }, (_, i) => c.entitlement('git', `many${n}x${i}`, { risk: 'low' })),
  );
  const closed = await Promise.all(
    Array.from({ length: 10 }, (_, i) => c.entitlement('git', `shut${n}x${i}`, { requestable: false })),
  );
  const held = many.slice(0, 5);
  await c.build(async (ctx, permit) => {
    for (const entitlementId of held)
      await startGrant(ctx, permit, { identityId: asker, entitlementId, origin: 'admin', reason: 'test' });
  });
  const lines = [
    ...many.map((what) => ({ what, for: '2h' })),
    ...closed.map((what) => ({ what, for: '2h' })),
    ...Array.from({ length: 10 }, (_, i) => ({ what: `git:no-such-${i}`, for: '2h' })),
    ...Array.from({ length: 5 }, () => ({ what: 'web1:sudo:ALL', for: '9h' })),
    ...many.slice(5, 10).map((what) => ({ what, for: '3h' })),
  ];
  const seen = await preview(c, asker, { lines });
  const verdicts = seen.lines.map((l) => l.verdict);
  const expected = [
    ...held.map(() => 'already_held'),
    ...many.slice(5).map(() => 'allowed'),
    ...closed.map(() => 'not_requestable'),
    ...Array.from({ length: 10 }, () => 'unknown'),
    ...Array.from({ length: 5 }, () => 'too_long'),
    ...Array.from({ length: 5 }, () => 'asked_already'),
  ];
  expect(verdicts).toEqual(expected);
  const answer = await c.house.perform<{ request: { id: string; lines: unknown[] }; lines: { verdict: string }[] }>(
    'requests.submit',
    { lines, reason: 'a big cart' },
    asker,
  );
  expect(answer.request.lines).toHaveLength(25);
  expect(answer.lines.map((l) => l.verdict)).toEqual(expected);
  expect((await approve(c, answer.request.id, c.who.tomas)).lines.every((l) => l.state === 'granted')).toBe(true);
  expect(await grantsOf(c, asker)).toHaveLength(25);
});

test('what one may not read reads like what does not exist', async () => {
  const secret = await c.entitlement('git', `secret${n}`, { risk: 'critical' });
  const { lines } = await preview(c, asker, {
    lines: [
      { what: secret, for: '1h' },
      { what: `git:secret${n}`, for: '1h' },
      { what: '0190a5b0-0000-7000-8000-000000000000', for: '1h' },
      { what: 'git:nothing', for: '1h' },
    ],
  });
  const [first, ...rest] = lines.map(({ verdict, because }) => ({ verdict, because }));
  expect(first?.verdict).toBe('unknown');
  for (const line of rest) expect(line).toEqual(first);
  expect(JSON.stringify(lines.slice(1))).not.toContain(secret);
});

test('a stranger learns nothing of a request, and may do nothing to it', async () => {
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  const stranger = await c.person(`stranger${n}`);
  for (const call of [show, approve, deny, withdraw]) {
    expect(await outcome(call(c, request.id, stranger))).toBe('request.not_found');
    expect(await outcome(call(c, request.number, stranger))).toBe('request.not_found');
    expect(await outcome(call(c, 'R-99999999', stranger))).toBe('request.not_found');
  }
  const list = (scope: string): Promise<{ items: { id: string }[] }> =>
    c.house.perform('requests.list', { scope }, stranger);
  expect((await list('mine')).items).toEqual([]);
  expect(await outcome(list('all'))).toBe('policy.denied');
  const all = await c.house.perform<{ items: { id: string }[] }>(
    'requests.list',
    { scope: 'all', limit: 500 },
    c.who.ines,
  );
  expect(all.items.map((i) => i.id)).toContain(request.id);
});

test('one asks for others only where one manages them, answers for them or administers', async () => {
  const cart = { what: 'web1:reports', for: '2h', forIdentity: `asker${n}@example.com` };
  expect(await outcome(ask(c, c.who.lena, cart))).toBe('identity.not_found');
  expect((await ask(c, c.who.tomas, cart)).state).toBe('pending');
  expect(await outcome(ask(c, c.who.dana, { ...cart, forIdentity: 'nobody' }))).toBe('identity.not_found');
});

test('the lists of one’s own and of what waits for one go through everything once', async () => {
  for (let i = 0; i < 5; i += 1)
    await ask(c, asker, { what: await c.entitlement('git', `page${n}x${i}`, { risk: 'low' }), for: '1h' });
  const through = async (operation: string, as: string): Promise<string[]> => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: { id?: string; request?: { id: string } }[]; nextCursor: string | null } =
        await c.house.perform(operation, { limit: 2, ...(cursor === null ? {} : { cursor }) }, as);
      ids.push(...page.items.map((i) => i.request?.id ?? i.id ?? ''));
      cursor = page.nextCursor;
    } while (cursor !== null);
    return ids;
  };
  const mine = await through('requests.list', asker);
  expect(new Set(mine).size).toBe(5);
  expect(mine).toHaveLength(5);
  const inbox = await through('approvals.list', c.who.tomas);
  expect(new Set(inbox).size).toBe(inbox.length);
  expect(inbox).toEqual(expect.arrayContaining(mine));
});

test('asking for what is being asked for already, or is held long enough, says so', async () => {
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  expect((await preview(c, asker, { what: 'web1:reports', for: '1h' })).lines[0]).toMatchObject({
    verdict: 'asked_already',
    because: `request ${request.number} asks for it already`,
  });
  await approve(c, request.id, c.who.tomas);
  expect((await preview(c, asker, { what: 'web1:reports', for: '1h' })).lines[0]?.verdict).toBe('already_held');
  expect((await preview(c, asker, { what: 'web1:reports', for: '3h' })).lines[0]?.verdict).toBe('allowed');
});

test('more time is asked for with the grant, approved anew, and follows on it', async () => {
  const first = await approve(c, (await ask(c, asker, { what: 'web1:reports', for: '2h' })).id, c.who.tomas);
  const grant = first.lines[0]?.grant?.id;
  expect(await outcome(c.house.perform('grants.extend', { id: grant, for: '30m', reason: 'x' }, c.who.omar))).toBe(
    'request.unknown',
  );
  c.house.clock.advance(1.5 * HOUR);
  const { request } = await c.house.perform<{ request: { id: string } }>(
    'grants.extend',
    { id: grant, for: '1h', reason: 'still at it' },
    asker,
  );
  const second = await approve(c, request.id, c.who.tomas);
  expect(second.lines[0]?.grant?.validTo).toBe(new Date(c.house.clock.now().getTime() + HOUR).toISOString());
  expect(await grantsOf(c, asker)).toHaveLength(2);
});

test('a role is asked for by name and is in effect when all of it is', async () => {
  const role = await c.build(async (ctx, permit) => {
    const made = await createRole(ctx, permit, {
      name: `Reporter ${n}`,
      description: 'reads and deploys',
      ownerId: c.who.priya,
      requestable: true,
      risk: 'low',
    });
    await setRoleContent(ctx, permit, {
      roleId: made.id,
      entitlementIds: [c.what.reports, c.what.deploy],
      roleIds: [],
    });
    return made.id;
  });
  const request = await ask(c, asker, { what: `role:reporter ${n}`, for: '2h' });
  const approved = await approve(c, request.id, c.who.tomas);
  const granted = await c.house.db.one<{ roleId: string }>(
    sql`select role_id from access_grant where id = ${approved.lines[0]?.grant?.id ?? null}`,
  );
  expect(granted.roleId).toBe(role);
  const note = await c.house.db.one<{ detail: { targets: number } }>(
    sql`select detail from request_note where request_id = ${request.id} and kind = 'granted'`,
  );
  expect(note.detail.targets).toBe(2);
  expect(approved.lines[0]?.effect).toBe('pending');
});

test('a policy changed while a request waits does not change how it ends', async () => {
  const officer = c.who.joaquin;
  const before = await c.house.perform<{ number: number; rules: { rules: unknown[] } }>(
    'approvalPolicy.show',
    {},
    officer,
  );
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  const strict = { ...before.rules, rules: [{ when: {}, steps: ['manager', 'owner', { named: [c.who.joaquin] }] }] };
  expect(await outcome(c.house.perform('approvalPolicy.change', { rules: strict }, asker))).toBe('policy.denied');
  await putInForce(c, { rules: strict });
  try {
    expect((await approve(c, request.id, c.who.tomas)).state).toBe('approved');
    const other = await preview(c, asker, { what: c.what.deploy, for: '2h' });
    expect(other.steps.map((s) => s.approvers.map((a) => a.name))).toEqual([
      ['Tomas Example'],
      ['Priya Example'],
      ['Joaquin Example'],
    ]);
  } finally {
    await putInForce(c, { rules: before.rules });
  }
  expect(
    await outcome(
      c.house.perform(
        'approvalPolicy.change',
        { rules: { ...before.rules, rules: [{ when: {}, steps: [] }] } },
        officer,
      ),
    ),
  ).toBe('input.invalid');
});

test('whoever waits may remind those asked, once an hour', async () => {
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  const remind = (as: string): Promise<string> =>
    outcome(c.house.perform('requests.remind', { id: request.number }, as));
  expect(await remind(asker)).toBe('request.reminded_lately');
  c.house.clock.advance(HOUR);
  expect(await remind(c.who.tomas)).toBe('policy.denied');
  expect(await remind(asker)).toBe('done');
  expect(await remind(asker)).toBe('request.reminded_lately');
});

test('approvers, requesters and holders are told by mail, approvers with a link of their own', async () => {
  const request = await ask(c, asker, { what: 'web1:sudo:ALL', for: '3h', reason: 'see https://evil.example/approve' });
  await c.house.settle();
  const asked = await sink.waitFor(
    (m) => m.to.includes('tomas@example.com') && m.subject.includes(`${request.number}:`),
  );
  expect(asked.subject).toBe(`[Reeve] ${request.number}: Asker${n} Example needs your decision`);
  expect(asked.text).toContain('sudo:ALL on web1');
  expect(asked.text).toMatch(/https:\/\/reeve\.example\.com\/decide#token=[\w.-]{40,}/);
  expect(asked.text).not.toContain('https://evil');
  await approve(c, request.id, c.who.tomas);
  await c.house.settle();
  await sink.waitFor((m) => m.to.includes('priya@example.com'));
  await approve(c, request.id, c.who.priya);
  await c.house.settle();
  await sink.waitFor((m) => m.to.includes(`asker${n}@example.com`) && m.subject.endsWith('approved'));
  c.house.clock.advance(2 * HOUR + 60_000);
  await everyMinute(c);
  await everyMinute(c);
  await c.house.settle();
  await sink.waitFor((m) => m.to.includes(`asker${n}@example.com`) && m.subject.includes('ends soon'));
  expect(
    sink.messages.filter((m) => m.subject.includes('ends soon') && m.to.includes(`asker${n}@example.com`)),
  ).toHaveLength(1);
});

test('the last administrator stays, whoever gives back or ends it', async () => {
  const grant = await c.house.db.one<{ id: string }>(sql`
    select id from access_grant where identity_id = ${c.who.dana} and ended_because is null`);
  expect(await outcome(c.house.perform('grants.giveBack', { id: grant.id }, c.who.dana))).toBe(
    'grant.last_administrator',
  );
  expect(await outcome(c.house.perform('grants.end', { id: grant.id, because: 'x' }, c.who.joaquin))).toBe(
    'grant.last_administrator',
  );
  await c.person(`second${n}`, {}, ['administrator']);
  expect(await outcome(c.house.perform('grants.giveBack', { id: grant.id }, c.who.dana))).toBe('done');
});

test('officers end access saying why, holders give back their own, others find no such grant', async () => {
  const approved = await approve(c, (await ask(c, asker, { what: 'web1:reports', for: '2h' })).id, c.who.tomas);
  const id = approved.lines[0]?.grant?.id;
  expect(await outcome(c.house.perform('grants.giveBack', { id }, c.who.omar))).toBe('grant.not_found');
  expect(await outcome(c.house.perform('grants.end', { id, because: 'x' }, asker))).toBe('policy.denied');
  expect(await c.house.perform('grants.end', { id, because: 'case 77' }, c.who.joaquin)).toMatchObject({
    endedBecause: 'case 77',
  });
  await c.house.settle();
  const shown = await show(c, approved.id, asker);
  expect(shown.timeline.at(-1)?.text).toBe('access ended: case 77');
});

test('what must be had before asking is told where it is missing, and a role is no way around it', async () => {
  const first = `base${n}`;
  const then = `top${n}`;
  await c.entitlement('git', first, { risk: 'low' });
  await c.entitlement('git', then, { risk: 'low' });
  const idOf = async (name: string): Promise<string> =>
    (await c.house.db.one<{ id: string }>(sql`select id from entitlement where name = ${name} and valid_to is null`))
      .id;
  const [base, top] = [await idOf(first), await idOf(then)];
  const roleId = await c.build(async (ctx, permit) => {
    await setPrerequisites(ctx, permit, { entitlementId: top, needs: [base], facts: [{ attribute: 'sox_training' }] });
    const role = await createRole(ctx, permit, {
      name: `bundle${n}`,
      description: 'all',
      ownerId: c.who.tomas,
      requestable: true,
      risk: 'low',
    });
    await setRoleContent(ctx, permit, { roleId: role.id, entitlementIds: [top], roleIds: [] });
    return role.id;
  });
  const verdictOf = async (line: object): Promise<readonly [string, string]> => {
    const [seen] = (await preview(c, asker, { lines: [line] })).lines;
    return [seen?.verdict ?? '', seen?.because ?? ''];
  };
  const line = { entitlementId: top, for: '2h' };
  const [verdict, because] = await verdictOf(line);
  expect(verdict).toBe('prerequisite_missing');
  expect(because).toContain(first);
  expect(because).toContain('sox_training');
  expect((await verdictOf({ roleId, for: '2h' }))[0]).toBe('prerequisite_missing');
  await c.build((ctx, permit) =>
    startGrant(ctx, permit, { identityId: asker, entitlementId: base, origin: 'admin', reason: 'test' }),
  );
  expect(await verdictOf(line)).toEqual(['prerequisite_missing', 'what must be had before is missing: sox_training']);
  for (const [day, expected] of [
    ['2001-01-01', 'prerequisite_missing'],
    ['2999-12-31', 'allowed'],
  ] as const) {
    await c.house.db.run(
      sql`update identity_facts set attributes = ${sql.json({ sox_training: day })}::jsonb where identity_id = ${asker}`,
    );
    expect((await verdictOf(line))[0]).toBe(expected);
  }
  expect((await verdictOf({ roleId, for: '2h' }))[0]).toBe('allowed');
  await expect(
    c.build((ctx, permit) => setPrerequisites(ctx, permit, { entitlementId: base, needs: [top], facts: [] })),
  ).rejects.toMatchObject({ code: 'entitlement.needs_itself' });
});
