import kdbxweb from 'kdbxweb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { vaultModule } from '../index.ts';

const { Credentials, Kdbx, ProtectedValue } = kdbxweb;
const SECURITY_OFFICER = '00000000-0000-7000-8000-000000000012';
const SEED = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"rotation", action == Reeve::Action::"arrange.all", resource);`,
};

let house: House;
let officer: string;
let other: string;

beforeAll(async () => {
  house = await testHouse(({ keys }) => [graphModule, vaultModule({ keys }), arrange]);
  [officer = '', other = ''] = await house.as('rotation').act({ action: 'arrange.all' }, async (ctx, permit) => {
    const people: string[] = [];
    for (const displayName of ['Officer', 'Other'])
      people.push((await createIdentity(ctx, permit, { kind: 'person', facts: { displayName } })).id);
    const identityId = people[0] ?? '';
    await startGrant(ctx, permit, { identityId, entitlementId: SECURITY_OFFICER, origin: 'admin', reason: 'test' });
    return people;
  });
});
afterAll(() => house.close());

interface Line {
  readonly at: string;
  readonly name: string | null;
  readonly outcome: string;
  readonly problem: string | null;
}
const bring = async (input: Record<string, unknown>, by = officer): Promise<readonly Line[]> =>
  (await house.perform<{ lines: Line[] }>('vault.import', input, by)).lines;
const base64 = (content: string | ArrayBuffer): string =>
  (typeof content === 'string' ? Buffer.from(content) : Buffer.from(new Uint8Array(content))).toString('base64');
const taken = async (name: string): Promise<{ username: string | null; value: string }> => {
  const { id } = await house.db.one<{ id: string }>(sql`select id from secret where name = ${name}`);
  return house.perform('vault.checkOut', { id, reason: 'look' }, officer);
};

test('a CSV is read as its columns are said to be; a dry run tells the same and keeps nothing', async () => {
  const csv =
    'Title,Login,Pass,Team\nmail,ops," sp ace",web\nempty,x,,web\n\u00dcber/db,app,pw2,\nmail,ops,again,web\n';
  const input = {
    format: 'csv',
    below: 'csv',
    content: base64(csv),
    columns: { name: 'Title', value: 'Pass', username: 'Login', labels: ['Team'] },
  };
  const dry = await bring(input);
  expect(dry.map(({ at, name, outcome }) => [at, name, outcome])).toEqual([
    ['row 1', 'csv/mail', 'made'],
    ['row 2', null, 'wrong'],
    ['row 3', 'csv/U-ber/db', 'made'],
    ['row 4', 'csv/mail', 'there'],
  ]);
  const { n } = await house.db.one<{ n: number }>(sql`select count(*)::int as n from secret where name like 'csv/%'`);
  expect(n).toBe(0);
  expect(await bring({ ...input, dryRun: false })).toEqual(dry);
  expect(await taken('csv/mail')).toMatchObject({ username: 'ops', value: ' sp ace' });
  const { items } = await house.perform<{ items: unknown[] }>('vault.list', { label: 'Team=web' }, officer);
  expect(items).toHaveLength(1);
  expect((await bring({ ...input, dryRun: false })).map(({ outcome }) => outcome)).toEqual([
    'there',
    'wrong',
    'there',
    'there',
  ]);
});

test('a column that is not there is named, and who stores no secrets brings none in', async () => {
  const input = { format: 'csv', below: 'csv', content: base64('a,b\n1,2\n'), columns: { name: 'a', value: 'c' } };
  await expect(bring(input)).rejects.toMatchObject({ errors: [{ pointer: '/columns/value' }] });
  await expect(bring({ ...input, columns: { name: 'a', value: 'b' } }, other)).rejects.toMatchObject({ status: 403 });
});

test('a KeePass file gives passwords, seeds, files and the rest; its bin and its history stay behind', async () => {
  const password = 'correct horse';
  const database = Kdbx.create(new Credentials(ProtectedValue.fromString(password)), 'Team');
  database.createRecycleBin();
  const group = database.createGroup(database.getDefaultGroup(), 'Web');
  const entry = database.createEntry(group);
  entry.fields.set('Title', 'shop');
  entry.fields.set('UserName', 'admin');
  entry.fields.set('Password', ProtectedValue.fromString('kp-canary'));
  entry.fields.set('URL', 'https://user:kp-url-canary@shop.example/login?token=kp-url-canary');
  entry.fields.set('Notes', 'kp-note-canary');
  entry.fields.set('otp', ProtectedValue.fromString(`otpauth://totp/shop:admin?secret=${SEED}`));
  entry.binaries.set('id.key', await database.createBinary(new Uint8Array([1, 2, 250]).buffer));
  const gone = database.createEntry(group);
  gone.fields.set('Title', 'gone');
  gone.fields.set('Password', ProtectedValue.fromString('old'));
  database.remove(gone);
  const content = base64(await database.save());

  await expect(bring({ format: 'keepass', below: 'kp', content, password: 'wrong' })).rejects.toMatchObject({
    code: 'kdbx.does_not_open',
  });
  const lines = await bring({ format: 'keepass', below: 'kp', content, password, dryRun: false });
  expect(lines.map(({ name, outcome }) => [name, outcome]).sort()).toEqual([
    ['kp/Web/shop', 'made'],
    ['kp/Web/shop-id.key', 'made'],
    ['kp/Web/shop-more', 'made'],
    ['kp/Web/shop-otp', 'made'],
  ]);
  expect(await taken('kp/Web/shop')).toMatchObject({ username: 'admin', value: 'kp-canary' });
  expect(Buffer.from((await taken('kp/Web/shop-id.key')).value, 'base64')).toEqual(Buffer.from([1, 2, 250]));
  expect(JSON.parse((await taken('kp/Web/shop-more')).value)).toEqual({ Notes: 'kp-note-canary' });
});

test('an exported KV store is brought in by its paths', async () => {
  const content = base64(JSON.stringify({ 'app/db': { user: 'app', password: 'kv-canary' }, broken: 'text' }));
  const lines = await bring({ format: 'kv', below: 'kv', content, dryRun: false });
  expect(lines.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['kv/app/db', 'made'],
    [null, 'wrong'],
  ]);
  expect(JSON.parse((await taken('kv/app/db')).value)).toEqual({ user: 'app', password: 'kv-canary' });
});

test('no value is in the tables or the log in clear', async () => {
  const dump = await house.db.many<{ row: string }>(sql`
    select to_jsonb(t)::text as row from secret t union all select to_jsonb(t)::text from secret_version t
    union all select to_jsonb(t)::text from audit_event t union all select to_jsonb(t)::text from answered_call t`);
  const all = dump.map((d) => d.row).join('\n');
  for (const canary of ['kp-canary', 'kp-url-canary', 'kp-note-canary', 'kv-canary', SEED])
    expect(all).not.toContain(canary);
});
