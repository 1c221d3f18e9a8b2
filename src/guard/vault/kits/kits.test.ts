import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { vaultModule } from '../index.ts';

const run = promisify(execFile);
const SECURITY_OFFICER = '00000000-0000-7000-8000-000000000012';
const ADMINISTRATOR = '00000000-0000-7000-8000-000000000011';
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"rotation", action == Reeve::Action::"arrange.all", resource);`,
};

let house: House;
let officer: string;
let admin: string;
let holders: string[];
let secretId: string;
let kitId: string;
let envelope: string;
const shares: string[] = [];
const folder = mkdtempSync(join(tmpdir(), 'reeve-kit-'));

interface Kit {
  readonly id: string;
  readonly stale: string[];
  readonly drillOverdue: boolean;
  readonly drills: number;
}

beforeAll(async () => {
  house = await testHouse(({ keys }) => [graphModule, vaultModule({ keys }), arrange]);
  [officer = '', admin = '', ...holders] = await house
    .as('rotation')
    .act({ action: 'arrange.all' }, async (ctx, permit) => {
      const people: string[] = [];
      for (const displayName of ['Officer', 'Admin', 'One', 'Two', 'Three'])
        people.push((await createIdentity(ctx, permit, { kind: 'person', facts: { displayName } })).id);
      for (const [i, entitlementId] of [SECURITY_OFFICER, ADMINISTRATOR].entries())
        await startGrant(ctx, permit, { identityId: people[i] ?? '', entitlementId, origin: 'admin', reason: 'test' });
      return people;
    });
  const store = async (name: string, value: string): Promise<string> =>
    (await house.perform<{ id: string }>('vault.create', { name, kind: 'password', username: 'root', value }, officer))
      .id;
  secretId = await store('core/root', 'kit-canary');
  const other = await store('core/switch', 'kit-canary-2');
  const made = await house.perform<Kit>(
    'kits.make',
    { name: 'core', secretIds: [secretId, other], holderIds: holders, threshold: 2, drillEveryDays: 90 },
    officer,
  );
  kitId = made.id;
  ({ envelope } = await house.perform<{ envelope: string }>('kits.envelope', { id: kitId }, officer));
  copyFileSync('tools/open-kit.mjs', join(folder, 'open-kit.mjs'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await house.close();
});

/** Runs the opener in a folder that has nothing else of Reeve. */
const opened = async (
  given: readonly string[],
  ...more: string[]
): Promise<{ out: string; said: string; ok: boolean }> => {
  writeFileSync(join(folder, 'envelope.json'), envelope);
  writeFileSync(join(folder, 'shares.txt'), given.join('\n'));
  try {
    const { stdout } = await run(process.execPath, ['open-kit.mjs', 'envelope.json', 'shares.txt', ...more], {
      cwd: folder,
    });
    return { out: stdout, said: '', ok: true };
  } catch (error) {
    return { out: '', said: (error as { stderr: string }).stderr, ok: false };
  }
};
const kit = async (): Promise<Kit | undefined> =>
  (await house.perform<{ items: Kit[] }>('kits.list', {}, officer)).items.find(({ id }) => id === kitId);

test('a share or a drill key that was moved to another place opens for nobody', async () => {
  const [first = '', second = ''] = holders;
  const moved = (from: string, to: string) => sql`
    update break_glass_share s set sealed_share = o.sealed_share from break_glass_share o
     where s.kit_id = ${kitId} and o.kit_id = s.kit_id and s.holder_id = ${to} and o.holder_id = ${from}`;
  const was = await house.db.one<{ share: Buffer }>(
    sql`select sealed_share as share from break_glass_share where kit_id = ${kitId} and holder_id = ${second}`,
  );
  await house.db.run(moved(first, second));
  await expect(house.perform('kits.share', { id: kitId }, second)).rejects.toMatchObject({
    code: 'crypto.does_not_open',
  });
  const drill = await house.db.one<{ key: Buffer }>(
    sql`select sealed_drill_key as key from break_glass_kit where id = ${kitId}`,
  );
  await house.db.run(sql`
    update break_glass_kit set sealed_drill_key = ${was.share} where id = ${kitId}`);
  await expect(
    house.perform('kits.drill', { id: kitId, code: 'a'.repeat(20), note: 'moved' }, officer),
  ).rejects.toMatchObject({ code: 'crypto.does_not_open' });
  await house.db.run(sql`update break_glass_kit set sealed_drill_key = ${drill.key} where id = ${kitId}`);
  await house.db.run(sql`
    update break_glass_share set sealed_share = ${was.share} where kit_id = ${kitId} and holder_id = ${second}`);
});

test('each holder takes their own share once, and whoever made the kit sees none', async () => {
  for (const holder of holders)
    shares.push((await house.perform<{ share: string }>('kits.share', { id: kitId }, holder)).share);
  await expect(house.perform('kits.share', { id: kitId }, holders[0])).rejects.toMatchObject({
    code: 'break_glass_kit.share_taken',
  });
  await expect(house.perform('kits.share', { id: kitId }, officer)).rejects.toMatchObject({ status: 404 });
  expect(new Set(shares).size).toBe(3);
});

test('any two of three open it without Reeve; one does not, nor a mistyped one, nor one of another kit', async () => {
  for (const pair of [
    [0, 1],
    [1, 2],
    [2, 0],
  ]) {
    const { out } = await opened(pair.map((i) => shares[i] ?? ''));
    expect(JSON.parse(out)).toMatchObject({
      secrets: expect.arrayContaining([
        expect.objectContaining({ name: 'core/root', username: 'root', value: 'kit-canary' }),
      ]) as unknown,
    });
  }
  expect((await opened(shares)).ok).toBe(true);
  expect(await opened([shares[0] ?? ''])).toMatchObject({
    ok: false,
    said: expect.stringContaining('takes 2') as string,
  });
  expect((await opened([shares[0] ?? '', shares[0] ?? ''])).said).toContain('twice');
  const mistyped = (shares[1] ?? '').replace(
    / ([0-9a-f])([0-9a-f]{3}) /,
    (_m, a: string, b: string) => ` ${a === '0' ? '1' : '0'}${b} `,
  );
  expect((await opened([shares[0] ?? '', mistyped])).said).toContain('mistyped');
  expect((await opened([shares[0] ?? '', (shares[1] ?? '').replace(kitId, officer)])).said).toContain('another kit');
  const kept = envelope;
  envelope = envelope.replace(/"sealed":"(.)/, (_m, a: string) => `"sealed":"${a === 'A' ? 'B' : 'A'}`);
  expect((await opened(shares)).said).toContain('does not open');
  envelope = kept;
});

test('a drill counts as opened with the code of that drill only; overdue until then', async () => {
  house.clock.advance(91 * 86_400_000);
  expect(await kit()).toMatchObject({ drillOverdue: true, drills: 0 });
  const code = (await opened(shares, '--drill', '1')).out.trim();
  await expect(
    house.perform('kits.drill', { id: kitId, code: 'a'.repeat(20), note: 'x' }, officer),
  ).rejects.toMatchObject({
    errors: [{ pointer: '/code' }],
  });
  await house.perform('kits.drill', { id: kitId, note: 'a share was not to be found' }, officer);
  expect(await kit()).toMatchObject({ drillOverdue: true, drills: 1 });
  await expect(house.perform('kits.drill', { id: kitId, code, note: 'an old code' }, officer)).rejects.toMatchObject({
    status: 422,
  });
  const next = (await opened(shares, '--drill', '2')).out.trim();
  await house.perform('kits.drill', { id: kitId, code: next, note: 'opened in 4 minutes' }, officer);
  expect(await kit()).toMatchObject({ drillOverdue: false, drills: 2 });
});

test('what was changed since is stale in it, by name', async () => {
  expect(await kit()).toMatchObject({ stale: [] });
  await house.perform('vault.update', { id: secretId, value: 'newer' }, officer);
  expect(await kit()).toMatchObject({ stale: ['core/root'] });
});

test('what is shown to nobody goes into no kit, and fewer holders than it takes are refused', async () => {
  const input = { name: 'other', secretIds: [secretId], holderIds: holders, threshold: 2 };
  await expect(house.perform('kits.make', { ...input, threshold: 4 }, officer)).rejects.toMatchObject({
    errors: [{ pointer: '/threshold' }],
  });
  await expect(house.perform('kits.make', input, holders[0])).rejects.toMatchObject({ status: 403 });
  await house.perform('vault.setTerms', { path: 'core/root', showing: 'inject_only' }, admin);
  await expect(house.perform('kits.make', input, officer)).rejects.toMatchObject({ code: 'secret.inject_only' });
});

test('neither a share nor a value is in the tables or the log in clear, and no share is there once it was taken', async () => {
  const dump = await house.db.many<{ row: string }>(sql`
    select to_jsonb(t)::text as row from break_glass_kit t union all select to_jsonb(t)::text from break_glass_share t
    union all select to_jsonb(t)::text from audit_event t union all select to_jsonb(t)::text from answered_call t`);
  const all = dump.map((d) => d.row).join('\n');
  expect(all).not.toContain('kit-canary');
  for (const share of shares) expect(all).not.toContain(share.split(' ').slice(3, -1).join(''));
  expect(await house.db.many(sql`select 1 from break_glass_share where sealed_share is not null`)).toEqual([]);
});
