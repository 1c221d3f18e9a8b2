import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gatewayPorts } from '#guard/sessions/index.ts';
import { RECORDING_FILE } from '#guard/sessions/recording/index.ts';
import { FileBeingRestored } from '#kit/db/dump/files.ts';
import { writeDump } from '#kit/db/dump/index.ts';
import { sql } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { sequenceAll } from '#spine/audit/index.ts';
import { drill, type Drilled } from '#surfaces/cli/backup/drill.ts';
import { openAccount } from '../../harness/open-account.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';

let house: PeopledHouse;
let folder: string;
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
let officer: Caller;
let boss: Caller;
let secretId: string;
const backup = (): string => join(folder, 'reeve.backup');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-backup-'));
  house = await peopledHouse();
  boss = await house.person('boss', {}, ['administrator']);
  officer = await house.person('joaquin', {}, ['security_officer']);
  for (const name of ['one', 'two']) {
    const made = await officer.call('POST', '/v1/vault/secrets', {
      name: `team/${name}`,
      kind: 'password',
      username: 'root',
      value: `canary of ${name}`,
    });
    secretId = must<{ id: string }>(made).id;
  }
  must(await officer.call('POST', `/v1/vault/secrets/${secretId}/versions`, { value: 'canary of two, newer' }));
  await sessionOf('lena');
  await house.settle();
  await sequenceAll({ db: house.db, keys: house.keys, log: silentLog });
  await writeDump(house.db, backup(), { folder: house.recordingsDir, takes: RECORDING_FILE });
});

/** A session through the gateway in which something was shown. */
async function sessionOf(username: string): Promise<void> {
  const who = await house.person(username);
  await openAccount(house, {
    system: 'web1',
    host: '127.0.0.1',
    port: 22,
    hostKeyFingerprint: 'SHA256:none',
    account: username,
    privateKey: 'a key nobody uses here',
    holder: who.id,
  });
  const admission = await gatewayPorts(house.edges).admit({
    identityId: who.id,
    account: username,
    system: 'web1',
    protocol: 'ssh',
    clientAddress: '127.0.0.1',
    clientVersion: 'test',
  });
  if (!admission.admitted) throw new Error(admission.message);
  const { ticket } = admission;
  const channel = ticket.recorder.channel({ kind: 'exec', command: 'id' });
  channel.output(Buffer.from('what was shown'));
  channel.end({ code: 0 });
  await ticket.ended({ reason: 'the person left', bytesIn: 0, bytesOut: 14 });
}
afterAll(async () => {
  await house?.close();
  rmSync(folder, { recursive: true, force: true });
});

const proved = (path = backup(), rootKeyFile = house.places.rootKeyFile): Promise<Drilled> =>
  drill(path, { places: { rootKeyFile }, shares: [] });

/** The backup with lines changed; its end says so, as whoever changed it would see to. */
function changed(name: string, change: (lines: string[]) => string[]): string {
  const path = join(folder, name);
  const lines = gunzipSync(readFileSync(backup())).toString().trimEnd().split('\n');
  writeFileSync(path, gzipSync(`${change(lines).join('\n')}\n`));
  return path;
}

test('a backup restored into a database of its own proves itself, and the drill is on the record', async () => {
  expect(statSync(backup()).mode & 0o777).toBe(0o600);
  expect(existsSync(`${backup()}.part`)).toBe(false);
  const done = await proved();
  expect(done).toMatchObject({ ok: true, problems: [], secrets: 3, opened: 3, recordings: 1, wholeRecordings: 1 });
  expect(done.rows).toBeGreaterThan(50);
  must(await boss.call('POST', '/v1/vault/drills', done));
  const status = must<{ drilled: Record<string, unknown> }>(await boss.call('GET', '/v1/vault/keys'));
  expect(status.drilled).toMatchObject({ ok: true, secrets: 3, opened: 3, wholeRecordings: 1, logSize: done.logSize });
});

test('neither a value nor a root key is in a backup', async () => {
  const text = gunzipSync(readFileSync(backup())).toString('latin1');
  expect(text).not.toContain('canary of');
  expect(text).not.toContain(Buffer.from('canary of').toString('hex'));
  const key = readFileSync(house.places.rootKeyFile);
  for (const form of ['hex', 'base64', 'latin1'] as const) expect(text).not.toContain(key.toString(form));
});

test('with another root key nothing opens, and the drill says so', async () => {
  const other = join(folder, 'other.key');
  writeFileSync(other, Buffer.alloc(32, 9), { mode: 0o600 });
  expect(await proved(backup(), other)).toMatchObject({
    ok: false,
    opened: 0,
    problems: [expect.stringContaining('is not the one this database is sealed with')],
  });
});

test('a backup that was cut off or altered is refused, and one altered with its digest does not prove itself', async () => {
  const cut = join(folder, 'cut');
  writeFileSync(cut, readFileSync(backup()).subarray(0, 4_000));
  await expect(proved(cut)).rejects.toMatchObject({ code: 'backup.damaged' });
  await expect(proved(changed('short', (lines) => lines.slice(0, -1)))).rejects.toMatchObject({
    code: 'backup.damaged',
    message: 'this backup was cut off',
  });
  await expect(
    proved(changed('altered', (lines) => lines.map((line) => line.replace('team/one', 'team/uno')))),
  ).rejects.toMatchObject({ code: 'backup.damaged', message: 'this backup was altered' });
});

test('a recording in a backup that is of other bytes is found, and named, also where the backup vouches for it', async () => {
  const isChunk = (line: string): boolean => line.startsWith('{"file"') && line.includes('.rvp"');
  /** Sees to it that the backup says what it holds. */
  const signed = (lines: string[], files: number): string[] => {
    const end = JSON.parse(lines.at(-1) ?? '') as object;
    const rest = lines.slice(0, -1);
    const digest = sha256(Buffer.from(rest.map((line) => `${line}\n`).join('')));
    return [...rest, JSON.stringify({ ...end, files, sha256: digest })];
  };
  const altered = changed('other-bytes', (lines) => {
    const at = lines.findIndex(isChunk);
    const bytes = Buffer.from(JSON.parse(lines[at + 1] ?? '') as string, 'base64');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const head = { ...(JSON.parse(lines[at] ?? '') as object), sha256: sha256(bytes) };
    return signed(lines.with(at, JSON.stringify(head)).with(at + 1, JSON.stringify(bytes.toString('base64'))), 2);
  });
  expect(await proved(altered)).toMatchObject({
    ok: false,
    recordings: 1,
    wholeRecordings: 0,
    problems: [expect.stringMatching(/the recording of session .*does not open: it was altered/)],
  });
  const file = new FileBeingRestored(folder, { file: 'a/b.rvc', bytes: 5, sha256: sha256(Buffer.from('whole')) });
  file.add(Buffer.from('other').toString('base64'));
  await expect(file.put()).rejects.toMatchObject({ code: 'backup.file_altered' });
});

test('a file of a restore that was killed while it was written is written whole by the next', async () => {
  const whole = Buffer.from('whole');
  const about = { file: 'killed/b.rvc', bytes: whole.length, sha256: sha256(whole) };
  const path = join(folder, about.file);
  const put = async (): Promise<void> => {
    const file = new FileBeingRestored(folder, about);
    file.add(whole.toString('base64'));
    await file.put();
  };
  // Only what is left of a write that never ended; nothing under the name itself.
  mkdirSync(join(folder, 'killed'), { recursive: true });
  writeFileSync(`${path}.part`, 'wh');
  await put();
  expect(readFileSync(path, 'utf8')).toBe('whole');
  expect(existsSync(`${path}.part`)).toBe(false);
  await put();
  writeFileSync(path, 'other');
  await expect(put()).rejects.toMatchObject({ code: 'backup.file_there' });
  expect(readFileSync(path, 'utf8')).toBe('other');
});

test('a secret rolled back to its earlier version by whoever owns the database is named, though it opens', async () => {
  const before = await house.db.many<{ row: string }>(
    sql`select v::text as row from secret_version v where secret_id = ${secretId}`,
  );
  const { wrapped } = await house.db.one<{ wrapped: Buffer }>(
    sql`select wrapped_key as wrapped from secret_version where secret_id = ${secretId} and version = 1`,
  );
  expect(wrapped.length).toBeGreaterThan(32);
  // What the row was while it was current, kept from then.
  const kept = await house.as('rotation').act({ action: 'secret.update' }, async () => keptCurrent());
  try {
    const answer = await officer.call('POST', '/v1/vault/verify');
    expect(must(answer)).toMatchObject({
      ok: false,
      wrong: [{ name: 'team/two', problem: expect.stringContaining('made version 2 the current one') as string }],
    });
    expect(kept).toBe(true);
    const found = await house.db.one<{ n: number }>(
      sql`select count(*) as n from audit_event where type = 'vault.secret_not_as_recorded' and data->>'secretId' = ${secretId}`,
    );
    expect(found.n).toBe(1);
  } finally {
    await house.db.run(sql`delete from secret_version where secret_id = ${secretId}`);
    for (const { row } of before) await house.db.run(sql`insert into secret_version select (${row}::secret_version).*`);
    await house.db.run(sql`update secret set current_version = 2 where id = ${secretId}`);
  }
  expect(must(await officer.call('POST', '/v1/vault/verify'))).toMatchObject({ ok: true, wrong: [], opened: 3 });
});

/** Deletes version 2 and makes the vault believe that version 1 is current, the strongest an old copy of the rows can. */
async function keptCurrent(): Promise<boolean> {
  await house.db.run(sql`delete from secret_version where secret_id = ${secretId} and version = 2`);
  await house.db.run(sql`update secret_version set state = 'current' where secret_id = ${secretId}`);
  await house.db.run(sql`update secret set current_version = 1 where id = ${secretId}`);
  return true;
}

test('a secret that was deleted by hand is named', async () => {
  const rows = await house.db.many<{ row: string }>(
    sql`select v::text as row from secret_version v where secret_id = ${secretId}`,
  );
  const { row } = await house.db.one<{ row: string }>(sql`select s::text as row from secret s where id = ${secretId}`);
  await house.db.run(sql`delete from secret_version where secret_id = ${secretId}`);
  await house.db.run(sql`delete from secret where id = ${secretId}`);
  expect(must(await officer.call('POST', '/v1/vault/verify'))).toMatchObject({
    ok: false,
    wrong: [{ problem: 'the log tells of it and the vault does not have it' }],
  });
  await house.db.run(sql`insert into secret select (${row}::secret).*`);
  for (const one of rows) await house.db.run(sql`insert into secret_version select (${one.row}::secret_version).*`);
  expect(must(await officer.call('POST', '/v1/vault/verify'))).toMatchObject({ ok: true });
});
