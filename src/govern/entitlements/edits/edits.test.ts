import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import {
  ADMIN_ROLES,
  createIdentity,
  graphModule,
  putEntitlement,
  registerSystem,
  startGrant,
} from '#spine/graph/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { catalogueEdits, entitlementsModule } from '../index.ts';
import { readCsv, readYaml, writeCsv, writeYaml, type FileEntry } from './catalogue-file.ts';

const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};
let house: House;
let admin: string;
let other: string;
interface Preview {
  readonly asked: number;
  readonly changed: number;
  readonly refused: number;
  readonly over: readonly string[];
}
interface Done {
  readonly changed: number;
  readonly heldAs: string | null;
}

beforeAll(async () => {
  house = await testHouse(() => [graphModule, massChangesModule([catalogueEdits]), entitlementsModule, arrange]);
  await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
    const person = async (username: string): Promise<string> => {
      const { id } = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: username, username } });
      await startGrant(ctx, permit, {
        identityId: id,
        entitlementId: ADMIN_ROLES.administrator,
        origin: 'admin',
        reason: 'test',
      });
      return id;
    };
    [admin, other] = [await person('admin'), await person('other')];
    const { id: systemId } = await registerSystem(ctx, permit, { name: 'erp', kind: 'csv' });
    for (let n = 0; n < 120; n += 1)
      await putEntitlement(ctx, permit, {
        systemId,
        kind: 'group',
        nativeId: `g${n}`,
        name: n === 0 ? '=HYPERLINK("x")' : `group ${n}`,
        ...(n < 20 ? { description: 'known', ownerId: admin } : {}),
      });
  });
});
afterAll(() => house.close());
const said = async (where: string) =>
  (await house.db.one<{ n: number }>(sql`select count(*)::int as n from entitlement where risk = ${where}`)).n;

describe('many at once', () => {
  test('are previewed, then changed all or none', async () => {
    const change = { filter: { described: true, text: 'erp' }, change: { requestable: true, addTags: ['finance'] } };
    expect(await house.perform<Preview>('entitlements.previewBulk', change, admin)).toMatchObject({
      asked: 20,
      changed: 20,
      refused: 0,
      over: [],
    });
    expect(await house.perform<Done>('entitlements.applyBulk', change, admin)).toEqual({ changed: 20, heldAs: null });
    expect(await house.perform<Preview>('entitlements.previewBulk', change, admin)).toMatchObject({ changed: 0 });
    const bad = { filter: { text: 'erp group 1' }, change: { requestable: true } };
    expect((await house.perform<Preview>('entitlements.previewBulk', bad, admin)).refused).toBeGreaterThan(0);
    await expect(house.perform('entitlements.applyBulk', bad, admin)).rejects.toMatchObject({
      code: 'catalogue.edit_refused',
    });
  });

  test('over a limit of the change guard nothing changes until another person accepts it, and it can be undone', async () => {
    const before = await said('critical');
    const change = { filter: { text: 'erp' }, change: { risk: 'critical' } };
    expect((await house.perform<Preview>('entitlements.previewBulk', change, admin)).over).not.toEqual([]);
    const done = await house.perform<Done>('entitlements.applyBulk', change, admin);
    expect(done).toMatchObject({ changed: 0, heldAs: expect.any(String) });
    expect(await said('critical')).toBe(before);
    await house.perform('massChanges.accept', { id: done.heldAs, because: 'checked' }, other);
    await house.settle();
    expect(await said('critical')).toBe(before + 120);
    await house.perform('massChanges.undo', { id: done.heldAs, because: 'wrong' }, other);
    await house.settle();
    expect(await said('critical')).toBe(before);
  });
});

describe('files', () => {
  test.each([
    ['yaml', 'entitlements.exportYaml'],
    ['csv', 'entitlements.exportCsv'],
  ] as const)('as %s come back to the same', async (format, operation) => {
    const file = await house.perform<string>(operation, {}, admin);
    if (format === 'csv') expect(file).not.toMatch(/(^|,)"?=/m);
    const preview = await house.perform<Preview>('entitlements.previewFile', { file, format }, admin);
    expect(preview).toMatchObject({ asked: 120, changed: 0, refused: 0 });
    const changed = file.replace('known', 'known better');
    expect(await house.perform<Done>('entitlements.importFile', { file: changed, format }, admin)).toEqual({
      changed: 1,
      heldAs: null,
    });
    await house.perform('entitlements.importFile', { file, format }, admin);
  });

  test('that name what is not here change nothing and name it', async () => {
    const file = 'system,native_id,owner\r\nerp,g1,nobody\r\nerp,gone,\r\n';
    await expect(house.perform('entitlements.importFile', { file, format: 'csv' }, admin)).rejects.toMatchObject({
      code: 'catalogue.file_names_unknown',
      errors: [{ detail: 'there is nobody called nobody' }, { detail: 'there is no erp:gone' }],
    });
    await expect(house.perform('entitlements.importFile', { file: 'entitlements: [{}]' }, admin)).rejects.toMatchObject(
      { code: 'catalogue.file_unreadable' },
    );
  });

  test('whatever is in them, are read back as they were written', async () => {
    const words = fc.array(fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,8}$/), { maxLength: 3 });
    const line = fc
      .string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(...`=+-@'",; aé漢\n#:[]{}&*!|>%\``) })
      .map((s) => s.trim().normalize('NFC'))
      .filter((s) => s !== '' && !s.startsWith("'"));
    const entry: fc.Arbitrary<FileEntry> = fc.record({
      system: fc.constant('erp'),
      native_id: line.filter((s) => !s.includes('\n')),
      name: line,
      description: fc.option(line),
      owner: fc.option(fc.constant('admin')),
      risk: fc.constantFrom('low', 'critical'),
      requestable: fc.boolean(),
      max_seconds: fc.option(fc.integer({ min: 60, max: 1000 })),
      marked_privileged: fc.boolean(),
      data_class: fc.option(fc.constantFrom('public', 'restricted')),
      regulated: words,
      tags: words,
      aliases: fc.constant([]),
      licence: fc.option(line),
      licence_cost: fc.option(fc.constantFrom(0, 4.5, 12.99, 100)),
      licence_currency: fc.option(fc.constantFrom('EUR', 'USD')),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(entry, { selector: (e) => e.native_id, minLength: 1, maxLength: 5 }),
        async (entries) => {
          expect(readYaml(writeYaml(entries))).toEqual(entries);
          expect(await readCsv(writeCsv(entries))).toEqual(entries);
        },
      ),
      { numRuns: 100 },
    );
  });
});
