import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { until } from '#kit/testing/index.ts';
import {
  ADMIN_ROLES,
  createIdentity,
  createRole,
  effectiveAccessOf,
  graphModule,
  putEntitlement,
  registerSystem,
  roleContent,
  setRoleContent,
  startGrant,
} from '#spine/graph/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { replaceGrants, rolesModule } from './index.ts';
import { doInThread } from './mine-in-thread.ts';
import { plant } from './mining/testing/planted.ts';
import { listBits } from './mining/index.ts';

const policies = `
@id("test.sets_up")
permit (principal == Reeve::Component::"test", action == Reeve::Action::"test.set_up", resource);
`;
let house: House;
const admins: Record<string, string> = {};
const people: string[] = [];
const entitlements: string[] = [];

const build = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('test').act({ action: 'test.set_up' }, (ctx, permit) => work(ctx, permit));

/** Forty people and twenty things, made of five roles, all of it granted directly. */
const { matrix } = plant({
  users: 40,
  permissions: 20,
  roles: 5,
  size: [3, 5],
  each: [1, 3],
  noise: 0,
  of: 'held',
  seed: 4,
});

beforeAll(async () => {
  house = await testHouse(({ decide }) => [
    graphModule,
    massChangesModule([replaceGrants]),
    rolesModule({ decide }),
    { name: 'test', policies },
  ]);
  await build(async (ctx, permit) => {
    for (const role of ['administrator', 'security_officer', 'auditor', 'helpdesk'] as const) {
      const { id } = await createIdentity(ctx, permit, {
        kind: 'person',
        facts: { displayName: role, username: role },
      });
      await startGrant(ctx, permit, {
        identityId: id,
        entitlementId: ADMIN_ROLES[role],
        origin: 'admin',
        reason: 'test',
      });
      admins[role] = id;
    }
    const system = await registerSystem(ctx, permit, { name: 'erp', kind: 'csv', host: '127.0.0.9', port: 1 });
    for (let n = 0; n < 20; n += 1)
      entitlements.push(
        (
          await putEntitlement(ctx, permit, {
            systemId: system.id,
            kind: 'group',
            nativeId: `g${n}`,
            name: `group ${n}`,
          })
        ).id,
      );
    for (const [n, row] of matrix.rows.entries()) {
      const { id } = await createIdentity(ctx, permit, {
        kind: 'person',
        facts: { displayName: `Person ${n}`, username: `p${n}`, department: n < 20 ? 'Engineering' : 'Sales' },
      });
      people.push(id);
      for (const p of listBits(row))
        await startGrant(ctx, permit, {
          identityId: id,
          entitlementId: entitlements[p],
          origin: p % 2 === 0 ? 'admin' : 'import',
          reason: 'because it was so',
        });
    }
  });
});
afterAll(() => house.close());

const as = (role: string): string => admins[role] ?? '';
const perform = <T = Record<string, unknown>>(operation: string, input: unknown, role = 'administrator'): Promise<T> =>
  house.perform<T>(`roleMining.${operation}`, input, as(role));

interface Listed {
  readonly items: readonly {
    id: string;
    name: string;
    people: number;
    extra: number;
    coverage: number;
    stability: number;
  }[];
}

async function mine(parameters: Record<string, unknown> = {}, role = 'administrator'): Promise<string> {
  const { id } = await perform<{ id: string }>('start', parameters, role);
  const show = (): Promise<{ state: string; problem: string | null }> => perform('show', { id });
  await until(async () => !['waiting', 'running'].includes((await show()).state), { timeoutMs: 30_000 });
  expect(await show()).toMatchObject({ state: 'done', problem: null });
  return id;
}

/** Who reaches what now, and until when, by whatever way. */
const reached = async (): Promise<string[]> =>
  await house.db.tx(async (tx) => {
    const rows = [...(await effectiveAccessOf(tx, people)).values()].flat();
    return [
      ...new Set(rows.map((r) => `${r.identityId} ${r.entitlementId ?? r.accountId} ${r.validTo?.toISOString()}`)),
    ].sort();
  });
const grants = async (): Promise<string[]> =>
  (
    await house.db.many<{ line: string }>(sql`
      select concat_ws(' ', identity_id, entitlement_id, role_id, origin, reason) as line from access_grant
       where ended_because is null and identity_id = any(${sql.array(people)}::uuid[]) order by 1`)
  ).map((row) => row.line);

test('an exact look is done in its thread, adds nothing to anybody, and is the same for the same seed', async () => {
  const id = await mine({ seed: 3 });
  expect(await perform('show', { id })).toMatchObject({ people: 40, entitlements: 14, progress: 100, tolerance: 0 });
  const { items } = await perform<Listed>('candidates', { id, limit: 100 });
  expect(items.length).toBeGreaterThan(3);
  expect(items.every(({ extra }) => extra === 0)).toBe(true);
  const again = await perform<Listed>('candidates', { id: await mine({ seed: 3 }, 'security_officer'), limit: 100 });
  const plain = ({ id: _, ...rest }: Listed['items'][number]): unknown => rest;
  expect(again.items.map(plain)).toEqual(items.map(plain));
  const few = await perform<Listed>('candidates', { id, order: 'people', limit: 2 });
  expect(few.items.map(({ people: n }) => n)).toEqual(
    items
      .map(({ people: n }) => n)
      .sort((a, b) => b - a)
      .slice(0, 2),
  );
});

test('applying mined roles changes nobody’s access, only replaces direct grants, and is undone to the same', async () => {
  const before = await reached();
  const direct = await grants();
  const id = await mine();
  const { items } = await perform<Listed>('candidates', { id, limit: 100 });
  const applied: string[] = [];
  for (const candidate of items) {
    await perform('draft', { id: candidate.id, name: `mined ${candidate.id}` });
    expect(await reached()).toEqual(before);
    const preview = await perform<{ people: number; replaces: number }>('preview', { id: candidate.id });
    if (preview.people === 0) continue;
    const change = await perform<{ massChangeId: string; state: string; people: number }>('apply', {
      id: candidate.id,
      because: 'fewer grants',
    });
    expect([change.state, change.people]).toEqual(['applying', preview.people]);
    await house.settle();
    expect(await reached()).toEqual(before);
    applied.push(change.massChangeId);
  }
  expect(applied.length).toBeGreaterThan(3);
  const left = await grants();
  const isRole = (line: string): boolean => line.includes('in place of direct grants');
  expect(left.filter((line) => !isRole(line) && !direct.includes(line))).toEqual([]);
  expect(left.filter((line) => !isRole(line))).toEqual([]);
  expect(left.length).toBeLessThan(direct.length / 2);
  for (const massChangeId of applied.reverse()) {
    await house.perform('massChanges.undo', { id: massChangeId, because: 'a test' }, as('administrator'));
    await house.settle();
    expect(await reached()).toEqual(before);
  }
  expect(await grants()).toEqual(direct);
});

test('a role is given to nobody whom it would give more, and a grant that ends or comes of a rule is not replaced', async () => {
  const [some, more, ends] = await build(async (ctx, permit) => {
    const made: string[] = [];
    for (const name of ['some', 'more', 'ends']) {
      const { id } = await createIdentity(ctx, permit, {
        kind: 'person',
        facts: { displayName: name, username: name },
      });
      made.push(id);
    }
    return made as [string, string, string];
  });
  const [a, b] = [entitlements[0] as string, entitlements[1] as string];
  const roleId = await build(async (ctx, permit) => {
    const give = (identityId: string, entitlementId: string, validTo?: Date): Promise<unknown> =>
      startGrant(ctx, permit, { identityId, entitlementId, validTo, origin: 'request', reason: 'x' });
    await give(some, a);
    await give(more, a);
    await give(more, b);
    await give(ends, a);
    await give(ends, b, new Date(ctx.now.getTime() + 86_400_000));
    const role = await createRole(ctx, permit, { name: 'pair' });
    await setRoleContent(ctx, permit, { roleId: role.id, entitlementIds: [a, b], roleIds: [] });
    return role.id;
  });
  const outcomes = await build((ctx, permit) =>
    replaceGrants.apply(
      ctx,
      permit,
      [some, more, ends].map((identityId, n) => ({
        position: n + 1,
        effect: 'update' as const,
        systemId: null,
        identityId,
        what: 'x',
        data: { roleId },
      })),
      {} as never,
    ),
  );
  expect(outcomes.map(({ state }) => state)).toEqual(['skipped', 'done', 'skipped']);
});

test('a cancelled look finds nothing, whether it had begun or not', async () => {
  const { id } = await perform<{ id: string }>('start', {});
  await perform('cancel', { id });
  await house.settle();
  expect(await perform('show', { id })).toMatchObject({ state: 'cancelled' });
  expect(await perform('candidates', { id })).toMatchObject({ items: [] });
  await expect(perform('cancel', { id })).rejects.toMatchObject({ code: 'role_mining.settled' });
});

test('a thread that is told to stop ends in the middle of what it does', async () => {
  const many = plant({
    users: 2000,
    permissions: 400,
    roles: 40,
    size: [8, 20],
    each: [1, 4],
    noise: 0.05,
    of: 'cells',
    seed: 1,
  });
  const pairs = many.matrix.rows.flatMap((row, user) => listBits(row).flatMap((p) => [user, p]));
  const stop = new AbortController();
  const names = Array.from({ length: 400 }, (_, n) => `thing ${n}`);
  const task = {
    what: 'mine' as const,
    users: 2000,
    pairs: Int32Array.from(pairs),
    use: new Uint8Array(pairs.length / 2),
    names,
    attributes: [],
    tolerance: 0.2,
    share: 0.9,
    seed: 1,
  };
  const began = performance.now();
  const told: string[] = [];
  await expect(
    doInThread(
      { ...task, constraints: { fewestUsers: 2 } },
      {
        signal: stop.signal,
        progress: (_, doing) => {
          told.push(doing);
          stop.abort(new Error('enough'));
        },
      },
    ),
  ).rejects.toThrow('enough');
  expect(told).toEqual(['roles']);
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('officers mine, auditors look, only administrators make roles of it, and others see none of it', async () => {
  const id = await mine({ tolerance: 0.2 }, 'security_officer');
  const [first] = (await perform<Listed>('candidates', { id }, 'auditor')).items;
  expect(first?.stability).toBeGreaterThanOrEqual(0);
  const matrixShown = await perform<{ rows: unknown[]; columns: unknown[] }>('matrix', { id: first?.id }, 'auditor');
  expect([matrixShown.rows.length, matrixShown.columns.length > 0]).toEqual([first?.people, true]);
  for (const [operation, role] of [
    ['start', 'auditor'],
    ['start', 'helpdesk'],
    ['list', 'helpdesk'],
  ] as const)
    await expect(perform(operation, {}, role)).rejects.toMatchObject({ status: 403 });
  for (const role of ['security_officer', 'auditor'])
    await expect(perform('draft', { id: first?.id }, role)).rejects.toMatchObject({ status: 403 });
  const { items } = await perform<{ items: { score: number }[] }>('outliers', { id, limit: 5 }, 'auditor');
  expect(items.map(({ score }) => score)).toEqual(items.map(({ score }) => score).sort((a, b) => b - a));
});

test('a candidate is drafted once, and applied only when it is drafted', async () => {
  const id = await mine();
  const [first] = (await perform<Listed>('candidates', { id })).items;
  const candidate = { id: first?.id };
  await expect(perform('apply', { ...candidate, because: 'x' })).rejects.toMatchObject({
    code: 'candidate_role.not_drafted',
  });
  await perform('draft', { ...candidate, name: 'drafted once' });
  await expect(perform('draft', { ...candidate, name: 'twice' })).rejects.toMatchObject({
    code: 'candidate_role.drafted',
  });
});

test('a candidate is split by use: what few used becomes a role of its own, and what is not known stays', async () => {
  const moved = await build(async (ctx, permit) => {
    const quiet = await registerSystem(ctx, permit, { name: 'quiet', kind: 'csv', host: '127.0.0.9', port: 2 });
    const seldom = { systemId: quiet.id, kind: 'group', nativeId: 'seldom', name: 'seldom' };
    const { id: entitlementId } = await putEntitlement(ctx, permit, seldom);
    const of = await ctx.tx.many<{ identityId: string }>(sql`
      select distinct identity_id from access_grant where entitlement_id = ${entitlements[0] ?? ''} and ended_because is null`);
    for (const { identityId } of of) {
      await startGrant(ctx, permit, { identityId, entitlementId, origin: 'import', reason: 'test' });
      const account = newId();
      await ctx.tx.run(sql`
        insert into account (id, system_id, native_id, name, identity_id, valid_from, last_used_at)
        values (${account}, ${quiet.id}, ${account}, ${account}, ${identityId}, ${ctx.now}, ${ctx.now})`);
    }
    return entitlementId;
  });
  interface Part {
    readonly entitlement: { readonly id: string };
    readonly part: string;
    readonly why: string;
  }
  const parts = async (candidate: string): Promise<readonly Part[]> =>
    (await perform<{ items: Part[] }>('split', { id: candidate })).items;
  const withMoved = async (): Promise<{ readonly id: string; readonly of: readonly Part[] }> => {
    for (const { id } of (await perform<Listed>('candidates', { id: await mine() })).items) {
      const of = await parts(id);
      if (of.length > 1 && of.some(({ entitlement }) => entitlement.id === moved)) return { id, of };
    }
    throw new Error('no candidate has it');
  };
  // Held for a day, it may be used yet.
  expect((await withMoved()).of.map(({ part, why }) => `${part} ${why}`)).not.toContain('on_demand seldom');
  house.clock.advance(100 * 86_400_000);
  const { id, of } = await withMoved();
  expect(of.filter(({ part }) => part === 'on_demand')).toMatchObject([{ entitlement: { id: moved }, why: 'seldom' }]);
  expect(new Set(of.filter(({ part }) => part === 'standing').map(({ why }) => why))).toEqual(new Set(['unknown']));

  // It is as the run found it: looking again asks nothing of how things are used now.
  await house.db.run(sql`update account set last_used_at = ${house.clock.now()} where identity_id is not null`);
  expect(await parts(id)).toEqual(of);
  const made = await perform<{ roleId: string; onDemandRoleId: string }>('draft', { id, name: 'in two', split: true });
  const content = async (role: string): Promise<readonly string[]> =>
    (await house.db.tx((tx) => roleContent(tx, role))).entitlementIds;
  expect(await content(made.onDemandRoleId)).toEqual([moved]);
  expect(await content(made.roleId)).toHaveLength(of.length - 1);
});

test('what was mined before runs looked at use is not split, and can be drafted whole', async () => {
  const [first] = (await perform<Listed>('candidates', { id: await mine() })).items;
  await house.db.run(sql`update candidate_role set uses = null where id = ${first?.id ?? ''}`);
  const refused = { code: 'candidate_role.use_unknown' };
  await expect(perform('split', { id: first?.id })).rejects.toMatchObject(refused);
  await expect(perform('draft', { id: first?.id, name: 'old', split: true })).rejects.toMatchObject(refused);
  expect(await perform('draft', { id: first?.id, name: 'old' })).toMatchObject({ onDemandRoleId: null });
  const longer = sql`update candidate_role set uses = '[]' where id = ${first?.id ?? ''}`;
  await expect(house.db.run(longer)).rejects.toMatchObject({ constraint: 'candidate_role_use_is_of_each_it_gives' });
});
