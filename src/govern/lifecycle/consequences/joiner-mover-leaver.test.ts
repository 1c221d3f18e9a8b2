import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TargetError } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { until } from '#kit/testing/index.ts';
import { applyAccountReading, applyReading, putEntitlement, registerSystem, startGrant } from '#spine/graph/index.ts';
import { generateCompany, type Person } from '#test/fixtures/company/index.ts';
import { fakeTargets } from '../testing/fake-targets.ts';
import { csvOf, lifecycleHouse, TODAY, type LifecycleHouse } from '../testing/lifecycle-house.ts';

const company = generateCompany({ today: TODAY });
const { tomorrow } = company;
const of = (kind: string): Person => {
  const change = tomorrow.changes.find((c) => c.kind === kind);
  const person = tomorrow.people.find((p) => p.employee_id === change?.employee_id);
  if (person === undefined) throw new Error(`nobody is a ${kind}`);
  return person;
};
const [joiner, mover, leaver] = [of('joiner'), of('mover'), of('leaver')];
const moverBefore = company.person(mover.username);

let house: LifecycleHouse;
let systemId: string;
const targets = fakeTargets([leaver.username, 'svc-legacy', 'gareth']);
const entitlement: Record<string, string> = {};
const id = new Map<string, string>();

const set = <T>(work: Parameters<ReturnType<LifecycleHouse['as']>['act']>[1]): Promise<T> =>
  house.as('test').act({ action: 'test.set_up' }, work as never) as Promise<T>;

beforeAll(async () => {
  house = await lifecycleHouse(() => [], targets);
  await set(async (ctx, permit) => {
    systemId = (await registerSystem(ctx, permit, { name: 'intranet', kind: 'fake' })).id;
    for (const name of ['staff', 'care', 'marketing', 'extra']) {
      const made = await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: name, name });
      entitlement[name] = made.id;
    }
  });
  await house.feed(company.feed);
  for (const row of await house.db.many<{ id: string; username: string }>(
    sql`select identity_id as id, username from identity_facts where valid_to is null`,
  ))
    id.set(row.username, row.id);
  const put = async (name: string, condition: Record<string, string[]>, entitlementId?: string, graceDays = 0) => {
    const rule = { name, condition, entitlementId, graceDays };
    const { change } = await house.perform<{ change: { id: string; state: string } | null }>(
      'birthrights.put',
      rule,
      house.admin,
    );
    if (change?.state === 'held')
      await house.perform('massChanges.accept', { id: change.id, because: 'the first of its kind' }, house.admin);
    await house.settle();
  };
  await put('everybody employed', { employment_type: ['employee', 'fixed_term', 'intern'] }, entitlement['staff']);
  await put('care', { department: [moverBefore.department] }, entitlement['care'], 14);
  await put('marketing', { department: [mover.department] }, entitlement['marketing']);
  await house.settle();
});
afterAll(() => house.close());

interface Granted {
  readonly name: string;
  readonly origin: string;
  readonly open: boolean;
  readonly endedBecause: string | null;
}
const grantsOf = (username: string): Promise<Granted[]> =>
  house.db.many<Granted>(sql`
    select e.name, g.origin, g.ended_because, g.valid_to is null as open from access_grant g
      join entitlement e on e.id = g.entitlement_id
     where g.identity_id = ${id.get(username) ?? newId()} order by e.name`);

interface Receipt {
  readonly id: string;
  readonly what: string;
  readonly because: string;
  readonly items: readonly {
    readonly what: string;
    readonly name: string;
    readonly doneAt: string | null;
    readonly provenAt: string | null;
    readonly problem: string | null;
  }[];
}
const receiptOf = async (username: string, what: string, as = house.admin): Promise<Receipt | undefined> => {
  const { items } = await house.perform<{ items: { id: string; what: string }[] }>(
    'receipts.list',
    { identityId: id.get(username), what },
    as,
  );
  const [newest] = items;
  return newest === undefined ? undefined : await house.perform<Receipt>('receipts.show', { id: newest.id }, as);
};
const itemsOf = (receipt: Receipt | undefined, what: string): string[] =>
  (receipt?.items ?? []).filter((i) => i.what === what).map((i) => i.name);

describe('birthright', () => {
  test('gives everybody whom a rule fits what it gives, and nobody else; leavers and those before their first day nothing', async () => {
    const { n } = await house.db.one<{ n: number }>(sql`
      select count(*)::int as n from access_grant where entitlement_id = ${entitlement['staff']} and ended_because is null`);
    const working = company.people.filter((p) => p.employment_type !== 'vendor' && p.status === 'active');
    expect(n).toBe(working.filter((p) => p.end_date === '' || p.end_date >= TODAY).length);
    expect(await grantsOf('gareth')).toEqual([]);
    expect((await grantsOf('lena')).map((g) => g.name)).toEqual(['staff']);
  });

  test('previews what a rule would start and end, and starts nothing by it', async () => {
    const ask = { name: 'care', condition: { department: ['Nowhere'] }, entitlementId: entitlement['care'] };
    const preview = await house.perform<{ starts: number; ends: number }>('birthrights.preview', ask, house.admin);
    expect(preview.starts).toBe(0);
    expect(preview.ends).toBeGreaterThan(3);
    expect((await grantsOf(mover.username)).map((g) => g.name)).toEqual(['care', 'staff']);
  });

  test('never gives an admin role of Reeve: the feed would decide who runs it', async () => {
    const rule = { name: 'bosses', condition: {}, entitlementId: '00000000-0000-7000-8000-000000000011' };
    await expect(house.perform('birthrights.put', rule, house.admin)).rejects.toMatchObject({
      code: 'birthright.of_admin_role',
    });
  });
});

describe('the feed of the next day', () => {
  let started: Date;
  beforeAll(async () => {
    await set(async (ctx, permit) => {
      const give = (username: string, name: string): Promise<unknown> =>
        startGrant(ctx, permit, {
          identityId: id.get(username) ?? '',
          entitlementId: entitlement[name] ?? '',
          origin: 'request',
          reason: 'asked for',
        });
      await give(mover.username, 'extra');
      await give(leaver.username, 'extra');
      await applyReading(ctx, permit, {
        systemId,
        trusted: true,
        reading: {
          accounts: [
            account(leaver.username, 'personal', { gecos: `${leaver.first_name} ${leaver.last_name}` }),
            account('svc-legacy', 'service', {}),
          ],
          entitlements: [],
          holdings: [],
          nesting: [],
        },
      });
    });
    await house.settle();
    await house.db.run(sql`
      update account set identity_id = ${id.get(leaver.username)}, linked_because = 'test' where name = 'svc-legacy'`);
    house.clock.set('2026-03-03T06:00:00Z');
    started = house.clock.now();
    targets.trouble = new TargetError('unreachable', 'the host is down');
    const taken = await house.perform<{ id: string }>(
      'sources.feed',
      { source: 'hr', content: csvOf(tomorrow.people) },
      house.admin,
    );
    await until(async () => (await house.run(taken.id)).state === 'applied', { timeoutMs: 20_000, what: 'the run' });
    await until(async () => (await receiptOf(leaver.username, 'left'))?.items.some((i) => i.problem !== null), {
      timeoutMs: 20_000,
      what: 'the failure to lock',
    });
    id.set(
      joiner.username,
      (
        await house.db.one<{ id: string }>(sql`
      select identity_id as id from identity_facts where username = ${joiner.username}`)
      ).id,
    );
  });

  test('makes a joiner of the new one, with birthright and a receipt', async () => {
    expect((await grantsOf(joiner.username)).filter((g) => g.open).map((g) => g.name)).toEqual(['staff']);
    const receipt = await receiptOf(joiner.username, 'joined');
    expect(receipt?.because).toBe(`hr says so of ${joiner.employee_id}`);
    expect(itemsOf(receipt, 'grant_started')).toEqual(['staff on intranet']);
  });

  test('lets a mover keep what something else justifies, ends the rest after its grace and lists it all', async () => {
    const grants = await grantsOf(mover.username);
    expect(grants.filter((g) => g.open).map((g) => g.name)).toEqual(['extra', 'marketing', 'staff']);
    const { validTo } = await house.db.one<{ validTo: Date }>(sql`
      select valid_to from access_grant where identity_id = ${id.get(mover.username)} and entitlement_id = ${entitlement['care']}`);
    expect(validTo.getTime() - started.getTime()).toBe(14 * 86_400_000);
    const receipt = await receiptOf(mover.username, 'moved');
    expect(itemsOf(receipt, 'grant_started')).toEqual(['marketing on intranet']);
    expect(itemsOf(receipt, 'grant_ends_later')).toEqual(['care on intranet']);
    expect(itemsOf(receipt, 'grant_kept')).toEqual(['extra on intranet', 'staff on intranet']);
  });

  test('shows the list to the mover’s new manager, and to no colleague', async () => {
    const boss = tomorrow.people.find((p) => p.employee_id === mover.manager_employee_id)?.username ?? '';
    expect(await receiptOf(mover.username, 'moved', id.get(boss))).toMatchObject({ what: 'moved' });
    await expect(receiptOf(mover.username, 'moved', id.get('lena'))).rejects.toMatchObject({ status: 404 });
  });

  test('tells the new manager what the mover kept that no rule gives', async () => {
    const boss = tomorrow.people.find((p) => p.employee_id === mover.manager_employee_id)?.username ?? '';
    expect(
      await house.db.many(sql`
        select data->'to' as told, data->>'path' as path from audit_event
         where type = 'notice.wanted' and data->>'template' = 'mover.review'`),
    ).toEqual([{ told: [id.get(boss)], path: `/identities/${id.get(mover.username)}` }]);
  });

  test('ends all a leaver has, in the transaction that says so, and effective from the day after the last', async () => {
    const grants = await grantsOf(leaver.username);
    expect(grants.map((g) => [g.name, g.endedBecause])).toEqual([
      ['extra', 'left'],
      ['staff', 'left'],
    ]);
    const { state, validFrom } = await house.db.one<{ state: string; validFrom: Date }>(sql`
      select state, valid_from from identity_facts where identity_id = ${id.get(leaver.username)} and valid_to is null`);
    expect(state).toBe('leaver');
    expect(validFrom.toISOString()).toBe('2026-03-02T23:00:00.000Z');
  });

  test('keeps trying to lock the leaver’s account while its host is down, and proves it when it is back', async () => {
    const before = (await receiptOf(leaver.username, 'left'))?.items.find((i) => i.what === 'account_locked');
    expect(before).toMatchObject({ name: `${leaver.username}@intranet`, doneAt: null, problem: 'the host is down' });
    targets.trouble = undefined;
    await house.db.run(sql`
      update graphile_worker._private_jobs set run_at = now(), attempts = 0, last_error = null where last_error is not null`);
    await house.settle();
    expect(targets.locked).toEqual([leaver.username]);
    const after = (await receiptOf(leaver.username, 'left'))?.items.find((i) => i.what === 'account_locked');
    expect(after?.provenAt).not.toBeNull();
    expect(await house.db.one(sql`select state from account where name = ${leaver.username}`)).toEqual({
      state: 'locked',
    });
  });

  test('names the accounts others use too instead of locking them', async () => {
    expect(itemsOf(await receiptOf(leaver.username, 'left'), 'account_needs_owner')).toEqual(['svc-legacy@intranet']);
    expect(targets.accounts.get('svc-legacy')).toBe('active');
  });

  test('finishes with somebody who had left before Reeve knew their accounts, and with nobody who has not left', async () => {
    await set((ctx, permit) =>
      applyAccountReading(ctx, permit, {
        systemId,
        name: 'gareth',
        found: { account: account('gareth', 'personal', {}), holdings: [] },
      }),
    );
    await house.db.run(
      sql`update account set identity_id = ${id.get('gareth')}, linked_because = 'test' where name = 'gareth'`,
    );
    const because = 'his account on the intranet was found';
    await house.perform('receipts.finishLeaving', { id: id.get('gareth'), because }, house.admin);
    await house.settle();
    expect(targets.accounts.get('gareth')).toBe('locked');
    expect(await receiptOf('gareth', 'left')).toMatchObject({ because });
    await expect(
      house.perform('receipts.finishLeaving', { id: id.get('lena'), because }, house.admin),
    ).rejects.toMatchObject({ code: 'leaver.has_not_left' });
  });

  test('brings somebody back who had left, with their birthright and not with what they had asked for', async () => {
    const back = tomorrow.people.map((p) =>
      p.employee_id === leaver.employee_id ? { ...p, status: 'active' as const, end_date: '' } : p,
    );
    await house.feed(csvOf(back));
    const open = (await grantsOf(leaver.username)).filter((g) => g.open).map((g) => g.name);
    expect(open).toEqual(['staff']);
    expect(itemsOf(await receiptOf(leaver.username, 'returned'), 'grant_started')).toEqual(['staff on intranet']);
  });
});

const account = (name: string, kind: 'personal' | 'service', attributes: Record<string, unknown>) => ({
  nativeId: name,
  name,
  kind,
  state: 'active' as const,
  attributes,
  privilegedBecause: [],
});
