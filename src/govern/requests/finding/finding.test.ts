import { afterAll, beforeAll, expect, test } from 'vitest';
import { learnWords } from '#govern/entitlements/index.ts';
import {
  changeIdentityFacts,
  createRole,
  describeEntitlement,
  getEntitlement,
  setRoleContent,
  startGrant,
} from '#spine/graph/index.ts';
import { ask, outcome } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';
import { meant } from './by-words.ts';

interface Found {
  items: { id: string; name: string; had: string | null; reasons: { kind: string; text: string }[] }[];
  correctedTo: string | null;
}

let c: SmallCompany;
const what: Record<string, string> = {};
beforeAll(async () => {
  c = await smallCompany();
  const names: [string, boolean][] = [
    ['payroll-clerk', true],
    ['payroll-admin', false],
    ['ledger', true],
    ['invoices', true],
  ];
  for (const [name, requestable] of names) what[name] = await c.entitlement('git', name, { requestable });
  await c.build(async (ctx, permit) => {
    await describeEntitlement(ctx, permit, {
      entitlementId: what['ledger'] ?? '',
      description: 'general bookkeeping of the house',
      aliases: ['main book'],
      tags: ['finance'],
    });
    const { systemId } = (await getEntitlement(ctx.tx, what['ledger'] ?? '')) ?? { systemId: '' };
    await learnWords(ctx.tx, systemId);
  });
});
afterAll(() => c.house.close());

const find = (as: string, input: Record<string, unknown>): Promise<Found> =>
  c.house.perform<Found>('requests.find', input, as);
const names = (found: Found): string[] => found.items.map((i) => i.name);
const give = (identityId: string, ...ids: string[]): Promise<unknown> =>
  c.build(async (ctx, permit) => {
    for (const entitlementId of ids)
      await startGrant(ctx, permit, { identityId, entitlementId, origin: 'admin', reason: 'test' });
  });

test('what only says that somebody asks is not looked for', () => {
  expect(meant('I need access to the payroll')).toBe('payroll');
  expect(meant('get me on to')).toBe('get me on to');
});

test('names, other names, descriptions, tags and typing errors find it, each with its reason; what is not open is not in it', async () => {
  const { lena } = c.who;
  expect(names(await find(lena, { text: 'I need the payroll' }))).toEqual(['payroll-clerk']);
  for (const [text, reason] of [
    ['ledger', 'its name'],
    ['main book', 'also called main book'],
    ['bookkeeping', 'its description'],
    ['finance', 'tagged finance'],
  ] as const)
    expect((await find(lena, { text })).items, text).toMatchObject([{ name: 'ledger', reasons: [{ text: reason }] }]);
  const mistyped = await find(lena, { text: 'payrol-clrek' });
  expect(names(mistyped)).toEqual(['payroll-clerk']);
  expect(mistyped.correctedTo).toBe('payrol clerk');
});

test('a colleague of the same manager is looked at for what one lacks; anybody else reads like nobody', async () => {
  const { lena, omar, tomas, priya, ines } = c.who;
  await give(omar, what['ledger'] ?? '', what['payroll-admin'] ?? '', what['invoices'] ?? '', c.what.sudo);
  await give(lena, what['invoices'] ?? '');
  const seen = await find(lena, { like: 'omar' });
  expect(seen.items).toMatchObject([
    { name: 'ledger', had: null, reasons: [{ kind: 'colleague', text: 'Omar Example has it' }] },
  ]);
  // Their manager may see all they have, what is privileged too.
  expect(names(await find(tomas, { like: 'omar' }))).toEqual(
    expect.arrayContaining(['ledger', 'sudo:ALL', 'invoices']),
  );
  const refused = await find(lena, { like: priya }).catch((e: Error) => e.message.replaceAll(priya, 'X'));
  const nobody = await find(lena, { like: 'nobody' }).catch((e: Error) => e.message.replaceAll('nobody', 'X'));
  expect(refused).toBe(nobody);
  expect(await outcome(find(ines, { like: omar }))).toBe('identity.not_found');
});

test('what peers have is told as a share, never of fewer than five', async () => {
  const put = async (n: number): Promise<string> => {
    const id = await c.person(`peer${n}`);
    await c.build((ctx, permit) =>
      changeIdentityFacts(ctx, permit, { identityId: id, change: { department: 'Books' } }),
    );
    return id;
  };
  const [asker = '', ...four] = await Promise.all([0, 1, 2, 3, 4].map(put));
  for (const id of four) await give(id, what['ledger'] ?? '');
  expect(names(await find(asker, {}))).toEqual([]);
  await put(5);
  expect((await find(asker, {})).items).toMatchObject([
    { name: 'ledger', reasons: [{ kind: 'peers', text: 'about 80 % of the people of Books have it' }] },
  ]);
  await ask(c, asker, { what: what['ledger'], for: '2h' });
  expect(names(await find(asker, {}))).toEqual([]);
  expect((await find(asker, { text: 'ledger' })).items).toMatchObject([{ had: 'asked' }]);
});

test('a role that is nearly had is recommended, with how much of it is there', async () => {
  const asker = await c.person('nearly');
  await c.build(async (ctx, permit) => {
    const role = await createRole(ctx, permit, {
      name: 'Bookkeeper',
      description: 'keeps the books',
      ownerId: c.who.priya,
      requestable: true,
    });
    await setRoleContent(ctx, permit, {
      roleId: role.id,
      entitlementIds: [what['ledger'] ?? '', what['invoices'] ?? '', c.what.reports],
      roleIds: [],
    });
  });
  expect(names(await find(asker, {}))).toEqual([]);
  await give(asker, what['ledger'] ?? '', what['invoices'] ?? '');
  expect((await find(asker, {})).items).toMatchObject([
    { name: 'Bookkeeper', reasons: [{ kind: 'role', text: '2 of the 3 things in it are there already' }] },
  ]);
  expect(names(await find(asker, { text: 'bookeeper' }))).toContain('Bookkeeper');
});

test('for whom one may not ask, nothing is found', async () => {
  expect(await outcome(find(c.who.lena, { text: 'ledger', forIdentity: 'priya' }))).toBe('identity.not_found');
  expect(names(await find(c.who.tomas, { text: 'ledger', forIdentity: 'lena' }))).toEqual(['ledger']);
});
