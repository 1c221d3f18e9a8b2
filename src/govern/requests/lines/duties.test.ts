import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addEdge, createRole, putEntitlement, registerSystem, setRoleContent, startGrant } from '#spine/graph/index.ts';
import { approve, ask, grantsOf, outcome, preview, show } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

let c: SmallCompany;
let rule: string;
let asker: string;
let n = 0;
beforeAll(async () => {
  c = await smallCompany();
  const made = await c.house.perform<{ id: string }>(
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
  rule = made.id;
});
afterAll(() => c.house.close());
beforeEach(async () => {
  n += 1;
  asker = await c.person(`asker${n}`, { managerId: c.who.tomas });
});
const give = (what: { entitlementId?: string; roleId?: string }, validTo?: Date) =>
  c.build(async (ctx, permit) => {
    await startGrant(ctx, permit, { identityId: asker, ...what, validTo, origin: 'admin', reason: 'test' });
  });
const mode = (to: string) => c.house.perform('sod.changeRule', { rule, mode: to }, c.who.joaquin);
const hours = (h: number): Date => new Date(c.house.clock.now().getTime() + h * 3_600_000);

test('what may not be combined is refused before it is sent, with the rule and both paths', async () => {
  await give({ entitlementId: c.what.deploy });
  const { lines, submittable } = await preview(c, asker, { what: c.what.approve, for: '2h' });
  expect(submittable).toBe(false);
  expect(lines).toMatchObject([
    {
      verdict: 'conflict',
      sod: [
        {
          name: 'Deploy and approve the change',
          sides: [{ function: 'deploy' }, { function: 'approve', paths: [['approve_change']] }],
        },
      ],
    },
  ]);
  expect(lines[0]?.sod[0]?.sides[0]?.paths[0]?.at(-1)).toBe('deploy_production');
  expect(lines[0]?.because).toContain('Deploy and approve the change');
  expect(await outcome(ask(c, asker, { what: c.what.approve, for: '2h' }))).toBe('request.conflict');
});

test('lines that can go on do, the conflicting one stays behind', async () => {
  await give({ entitlementId: c.what.deploy });
  const answer = await c.house.perform<{ request: { lines: unknown[] }; lines: { verdict: string }[] }>(
    'requests.submit',
    {
      reason: 'x',
      lines: [
        { what: c.what.approve, for: '2h' },
        { what: 'web1:reports', for: '2h' },
        { what: 'web1:nothing', for: '1h' },
      ],
    },
    asker,
  );
  expect(answer.lines.map((l) => l.verdict)).toEqual(['conflict', 'allowed', 'unknown']);
  expect(answer.request.lines).toHaveLength(1);
});

test('two lines of one cart may not conflict either: the second stays behind', async () => {
  const { lines } = await preview(c, asker, {
    lines: [
      { what: c.what.deploy, for: '2h' },
      { what: c.what.approve, for: '2h' },
    ],
  });
  expect(lines.map((l) => l.verdict)).toEqual(['allowed', 'conflict']);
});

test('access that ends before the other begins is no conflict', async () => {
  await give({ entitlementId: c.what.deploy }, hours(1));
  expect((await preview(c, asker, { what: c.what.approve, for: '2h' })).lines[0]?.verdict).toBe('conflict');
  c.house.clock.advance(3_600_000);
  expect((await preview(c, asker, { what: c.what.approve, for: '2h' })).lines[0]?.verdict).toBe('allowed');
});

test('a conflict through a role, a nested group or a shared account is found, and the path shown', async () => {
  const nested = await c.entitlement('git', `releasers${n}`);
  await c.build(async (ctx, permit) => void (await addEdge(ctx, permit, { parentId: nested, childId: c.what.deploy })));
  const role = await c.build(async (ctx, permit) => {
    const made = await createRole(ctx, permit, { name: `Releaser ${n}` });
    await setRoleContent(ctx, permit, { roleId: made.id, entitlementIds: [nested], roleIds: [] });
    return made.id;
  });
  await give({ roleId: role });
  const { lines } = await preview(c, asker, { what: c.what.approve, for: '2h' });
  expect(lines[0]?.verdict).toBe('conflict');
  expect(lines[0]?.sod[0]?.sides[0]?.paths[0]).toEqual(expect.arrayContaining([`releasers${n}`, 'deploy_production']));
});

test('a conflict that came about while the request waited refuses at the last approval', async () => {
  const request = await ask(c, asker, { what: c.what.approve, for: '2h' });
  await give({ entitlementId: c.what.deploy });
  const after = await approve(c, request.id, c.who.tomas);
  expect(after.state).toBe('denied');
  expect(after.lines[0]).toMatchObject({ state: 'refused', grant: null });
  expect(after.lines[0]?.because).toContain('Deploy and approve the change');
  expect(await grantsOf(c, asker)).toEqual([]);
});

test('an exception lets it pass until it lapses, and not for a longer time than that', async () => {
  await give({ entitlementId: c.what.deploy });
  await c.house.perform(
    'sod.grantException',
    {
      rule,
      identity: asker,
      reason: 'on call',
      control: 'second look at each change',
      validTo: hours(24).toISOString(),
    },
    c.who.joaquin,
  );
  expect((await preview(c, asker, { what: c.what.approve, for: '2h' })).lines[0]).toMatchObject({
    verdict: 'allowed',
    sod: [{ tolerated: true }],
  });
  expect((await preview(c, asker, { what: c.what.approve, for: '2d' })).lines[0]?.verdict).toBe('conflict');
  c.house.clock.advance(24 * 3_600_000);
  expect((await preview(c, asker, { what: c.what.approve, for: '2h' })).lines[0]?.verdict).toBe('conflict');
});

test('a rule that only warns lets the request go on and shows it to whoever decides', async () => {
  await mode('warn');
  try {
    await give({ entitlementId: c.what.deploy });
    const request = await ask(c, asker, { what: c.what.approve, for: '2h' });
    const inbox = await c.house.perform<{ items: { request: { id: string; lines: { sod: { name: string }[] }[] } }[] }>(
      'approvals.list',
      {},
      c.who.tomas,
    );
    const mine = inbox.items.find((i) => i.request.id === request.id);
    expect(mine?.request.lines[0]?.sod.map((s) => s.name)).toEqual(['Deploy and approve the change']);
    expect((await approve(c, request.id, c.who.tomas)).state).toBe('approved');
  } finally {
    await mode('enforce');
  }
});

test('somebody in conflict already may still ask for what has nothing to do with it', async () => {
  await mode('record');
  await give({ entitlementId: c.what.deploy });
  await give({ entitlementId: c.what.approve });
  await mode('enforce');
  const request = await ask(c, asker, { what: 'web1:reports', for: '2h' });
  expect((await approve(c, request.id, c.who.tomas)).state).toBe('approved');
});

test('who asks for another is told of a conflict, and its paths only where they may see them', async () => {
  await give({ entitlementId: c.what.deploy });
  const manager = await preview(c, c.who.tomas, { what: c.what.approve, for: '2h', forIdentity: `asker${n}` });
  expect(manager.lines[0]?.sod[0]?.sides).toHaveLength(2);
  const service = await c.person(`svc${n}`, { ownerId: asker }, [], 'service');
  await c.build(async (ctx, permit) => {
    await startGrant(ctx, permit, {
      identityId: service,
      entitlementId: c.what.deploy,
      origin: 'admin',
      reason: 'test',
    });
  });
  const owner = await preview(c, asker, { what: c.what.approve, for: '2h', forIdentity: service });
  expect(owner.lines[0]).toMatchObject({ verdict: 'conflict', sod: [{ sides: [] }] });
  expect(JSON.stringify(owner)).not.toContain('deploy_production');
});

test('an entitlement of a rule that is gone at its source is shown as gone and can no longer be asked for', async () => {
  const gone = await c.build(async (ctx, permit) => {
    const system = await registerSystem(ctx, permit, { name: `old${n}`, kind: 'csv' });
    return (
      await putEntitlement(ctx, permit, {
        systemId: system.id,
        kind: 'group',
        nativeId: 'x',
        name: 'x',
        description: 'x',
        ownerId: c.who.priya,
        requestable: true,
      })
    ).id;
  });
  await c.house.db.run(
    (await import('#kit/db/index.ts')).sql`update entitlement set valid_to = reeve_now() where id = ${gone}`,
  );
  c.house.clock.advance(1000);
  expect((await preview(c, asker, { what: gone, for: '2h' })).lines[0]?.verdict).toBe('not_requestable');
  expect(await show(c, (await ask(c, asker, { what: 'web1:reports', for: '1h' })).id)).toMatchObject({
    state: 'pending',
  });
});
