import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testHouse, type House } from '#test/harness/house.ts';
import {
  ADMIN_ROLES,
  applyReading,
  createIdentity,
  findAccount,
  findEntitlement,
  graphModule,
  linkAccount,
  registerSystem,
  startGrant,
  type Access,
  type Page,
} from '../index.ts';
import { testCtx, testPermit } from '../testing.ts';

let house: House;
const people: Record<string, string> = {};
let systemId: string;
let sudo: string;
let account: string;
let grant: string;

beforeAll(async () => {
  house = await testHouse(() => [graphModule]);
  await house.db.tx(async (tx) => {
    const ctx = testCtx(tx);
    const person = async (name: string, more: { managerId?: string; state?: 'leaver' } = {}): Promise<string> => {
      const made = await createIdentity(ctx, testPermit, {
        kind: 'person',
        facts: { displayName: name, username: name.toLowerCase(), ...more },
      });
      return (people[name] = made.id);
    };
    const mara = await person('Mara');
    const lena = await person('Lena', { managerId: mara });
    await person('Omar');
    await person('Gone', { state: 'leaver' });
    for (const [name, role] of [
      ['Audrey', 'auditor'],
      ['Hal', 'helpdesk'],
    ] as const)
      await startGrant(ctx, testPermit, {
        identityId: await person(name),
        entitlementId: ADMIN_ROLES[role],
        origin: 'admin',
        reason: 'test',
      });
    systemId = (await registerSystem(ctx, testPermit, { name: 'web1', kind: 'linux', ownerId: mara })).id;
    await applyReading(ctx, testPermit, {
      systemId,
      trusted: true,
      reading: {
        accounts: [
          {
            nativeId: 'uid:1000',
            name: 'lena',
            state: 'active',
            kind: 'personal',
            attributes: {},
            privilegedBecause: [],
          },
        ],
        entitlements: [{ nativeId: 'sudo:ALL', kind: 'sudo', name: 'sudo', privileged: true, attributes: {} }],
        holdings: [{ account: 'uid:1000', entitlement: 'sudo:ALL' }],
        nesting: [],
      },
    });
    account = (await findAccount(tx, systemId, 'lena'))?.id ?? '';
    sudo = (await findEntitlement(tx, systemId, 'sudo:ALL'))?.id ?? '';
    await linkAccount(ctx, testPermit, { accountId: account, identityId: lena, because: 'same username' });
    grant = (
      await startGrant(ctx, testPermit, { identityId: lena, entitlementId: sudo, origin: 'import', reason: 'adopted' })
    ).id;
  });
});
afterAll(async () => await house.close());

const perform = async <T>(operation: string, input: unknown, as: string): Promise<T> =>
  await house.perform<T>(`graph.${operation}`, input, people[as] ?? as);

describe('who may see who has what', () => {
  const reads: readonly [operation: string, input: () => Record<string, unknown>][] = [
    ['showIdentity', () => ({ identity: 'lena' })],
    ['listAccounts', () => ({ identityId: people['Lena'] })],
    ['listGrants', () => ({ identityId: people['Lena'] })],
    ['why', () => ({ identity: 'lena', system: 'web1' })],
    ['showAccount', () => ({ id: account })],
    ['showGrant', () => ({ id: grant })],
  ];
  test.each(reads)('%s is answered to the person, their manager and an auditor', async (operation, input) => {
    for (const who of ['Lena', 'Mara', 'Audrey']) await expect(perform(operation, input(), who)).resolves.toBeTruthy();
  });
  test.each(reads)(
    '%s of another is as if it did not exist, for a colleague and for a leaver',
    async (operation, input) => {
      for (const who of ['Omar', 'Gone'])
        await expect(perform(operation, input(), who)).rejects.toMatchObject({ status: 404 });
    },
  );
  test('a leaver sees not even themselves', async () => {
    await expect(perform('showIdentity', { identity: 'gone' }, 'Gone')).rejects.toMatchObject({ status: 404 });
  });
  test('an unknown name is not found, for those who may see all too', async () => {
    for (const who of ['Audrey', 'Omar'])
      await expect(perform('showIdentity', { identity: 'nobody' }, who)).rejects.toMatchObject({ status: 404 });
  });
  test('the whole list is for those who run, watch, audit or help; a manager lists their own reports', async () => {
    for (const who of ['Audrey', 'Hal'])
      expect((await perform<Page<unknown>>('listIdentities', {}, who)).items.length).toBeGreaterThan(5);
    await expect(perform('listIdentities', {}, 'Mara')).rejects.toMatchObject({ status: 403 });
    const reports = await perform<Page<{ displayName: string }>>(
      'listIdentities',
      { managerId: people['Mara'] },
      'Mara',
    );
    expect(reports.items.map((i) => i.displayName)).toEqual(['Lena']);
    await expect(perform('listIdentities', { managerId: people['Mara'] }, 'Omar')).rejects.toMatchObject({
      status: 404,
    });
  });
  test('everyone active reads the catalogue', async () => {
    const page = await perform<Page<{ name: string; systemName: string }>>(
      'listEntitlements',
      { system: 'web1' },
      'Omar',
    );
    expect(page.items).toMatchObject([{ name: 'sudo', systemName: 'web1', privileged: true }]);
    await expect(perform('listEntitlements', {}, 'Gone')).rejects.toMatchObject({ status: 403 });
  });
  test('who could reach a system is told to its owner and to auditors only', async () => {
    for (const who of ['Mara', 'Audrey']) {
      const page = await perform<Page<Access>>('whoCouldReach', { system: 'web1' }, who);
      expect(page.items.map((r) => [r.via, r.identityId])).toEqual([
        ['grant', people['Lena']],
        ['holding', people['Lena']],
      ]);
    }
    await expect(perform('whoCouldReach', { system: 'web1' }, 'Lena')).rejects.toMatchObject({ status: 404 });
    await expect(perform('whoCouldReach', { privileged: true }, 'Mara')).rejects.toMatchObject({ status: 403 });
  });
});

describe('answers', () => {
  test('later pages are pages of the answer the first one was from', async () => {
    const first = await perform<Page<Access>>('whoCouldReach', { system: 'web1', limit: 1 }, 'Audrey');
    house.clock.advance(1000);
    await house.db.tx(async (tx) => {
      await startGrant(testCtx(tx), testPermit, {
        identityId: people['Omar'] ?? '',
        entitlementId: sudo,
        origin: 'import',
        reason: 'later',
      });
    });
    const second = await perform<Page<Access>>(
      'whoCouldReach',
      { system: 'web1', limit: 1, cursor: first.nextCursor },
      'Audrey',
    );
    expect([...first.items, ...second.items].map((r) => r.via)).toEqual(['grant', 'holding']);
    expect(second.nextCursor).toBeNull();
  });
  test('a grant tells who, what, why, and how it came to be so', async () => {
    expect(await perform('showGrant', { id: grant }, 'Audrey')).toMatchObject({
      identityName: 'Lena',
      name: 'sudo',
      systemName: 'web1',
      origin: 'import',
      reason: 'adopted',
      versions: [{ endedBecause: null, recordedTo: null }],
    });
  });
  test('why names the path', async () => {
    const page = await perform<Page<Access>>('why', { identity: 'lena', entitlementId: sudo }, 'Lena');
    expect(page.items.map((r) => r.path.map((s) => s.name))).toEqual([
      ['lena', 'sudo'],
      ['import', 'sudo'],
    ]);
  });
});
