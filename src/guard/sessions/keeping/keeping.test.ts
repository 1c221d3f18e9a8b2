import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { writeDump } from '#kit/db/dump/index.ts';
import { newId } from '#kit/ids/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant, startUse } from '#spine/graph/index.ts';
import { verifyRecordings } from '#guard/sessions/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';
import { openAccount, type OpenAccount } from '#test/harness/open-account.ts';
import { finishSession } from '../finish-session.ts';
import { insertSession } from '../store.ts';

const DAY = 86_400_000;
let house: GuardedHouse;
let on: OpenAccount;
const who: Record<string, string> = {};
const id = (name: string): string => who[name] ?? '';

beforeAll(async () => {
  house = await guardedHouse();
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    for (const [name, role] of [
      ['admin', 'administrator'],
      ['officer', 'security_officer'],
      ['auditor', 'auditor'],
      ['lena', undefined],
    ] as const) {
      const made = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: name, username: name } });
      who[name] = made.id;
      if (role !== undefined)
        await startGrant(ctx, permit, {
          identityId: made.id,
          entitlementId: ADMIN_ROLES[role],
          origin: 'admin',
          reason: 'test',
        });
    }
  });
  on = await openAccount(house, {
    system: 'web1',
    host: '127.0.0.1',
    port: 1,
    hostKeyFingerprint: 'SHA256:none',
    account: 'root',
    privateKey: 'none',
    holder: id('lena'),
  });
});
afterAll(() => house?.close());

/** A recorded session that ends now. */
async function session(protocol = 'ssh'): Promise<string> {
  const sessionId = newId(house.clock.now().getTime());
  const { recorder, finish } = await house.edges.recordings.begin(sessionId, {
    title: 'root@web1',
    startedAt: house.clock.now(),
  });
  recorder.channel({ kind: 'exec', command: 'id' }).output(Buffer.from('uid=0'));
  const facts = {
    id: sessionId,
    identityId: id('lena'),
    accountId: on.accountId,
    systemId: on.systemId,
    grantIds: [on.grantId],
    protocol,
    recorded: true,
    holds: true,
    observerSeconds: null,
    idleSeconds: null,
  };
  await house.as('gateway').act({ action: 'session.finish' }, async (ctx, permit) => {
    const rest = { node: 'here', clientAddress: '127.0.0.1', clientVersion: '', startedAt: ctx.now };
    await insertSession(ctx.tx, { ...facts, ...rest, mustEndAt: null, endsAt: null });
    await startUse(ctx, permit, facts);
  });
  const { head: recordingHead } = await finish();
  const end = { id: sessionId, at: house.clock.now(), because: 'left', bytesIn: 0, bytesOut: 5, recordingHead };
  await finishSession(house.edges, end);
  return sessionId;
}
const as = <T = Record<string, unknown>>(name: string, operation: string, input: unknown): Promise<T> =>
  house.perform<T>(operation, input, id(name));
const code = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
interface Keeping {
  readonly due: readonly { readonly class: string; readonly recordings: number }[];
  readonly purges: readonly {
    readonly id: string;
    readonly state: string;
    readonly counted: number;
    readonly purged: number;
  }[];
}
const keeping = (): Promise<Keeping> => as<Keeping>('auditor', 'recordings.keeping', {});
const run = async (): Promise<void> => void (await house.tasks['sessions.purge_recordings']?.({}, undefined as never));
const isThere = (sessionId: string): boolean => existsSync(join(house.recordingsDir, sessionId));

test('a recording is purged when its class says, on the record, and its session stays', async () => {
  const [ssh, postgres] = [await session(), await session('postgres')];
  await as('admin', 'recordingClasses.put', { name: 'shells', protocol: 'ssh', systems: ['web1'], days: 30 });
  house.clock.advance(5 * DAY);
  await as('admin', 'recordingClasses.put', { name: 'shells', protocol: 'ssh', systems: ['web1'], days: 2 });
  expect((await keeping()).due).toEqual([]);
  house.clock.advance(6 * DAY);
  await run();
  expect(isThere(ssh)).toBe(true);
  house.clock.advance(2 * DAY);
  expect((await keeping()).due).toEqual([{ class: 'shells', recordings: 1 }]);
  await run();
  expect([isThere(ssh), isThere(postgres)]).toEqual([false, true]);
  expect(await as('auditor', 'sessions.show', { id: ssh })).toMatchObject({
    state: 'ended',
    recordingPurgedClass: 'shells',
    recordingHead: expect.any(String) as string,
    events: [],
  });
  expect(await code(as('auditor', 'sessions.recording', { id: ssh }))).toBe('recording.purged');
  expect(await as('auditor', 'sessions.verify', { id: ssh })).toEqual({
    ok: true,
    chunks: 0,
    cut: false,
    problem: null,
  });
  expect(await house.db.many(sql`select data from audit_event where type = 'recording.purged'`)).toMatchObject([
    { data: { sessionId: ssh, class: 'shells', days: 2 } },
  ]);
  expect(await verifyRecordings(house.db, house.edges)).toEqual({
    recordings: 1,
    whole: 1,
    played: true,
    problems: [],
  });
});

test('a row that says so by itself is found', async () => {
  const lost = await session('postgres');
  await house.edges.recordings.remove(lost);
  await house.db.run(sql`
    update session set recording_purged_at = ${house.clock.now()}, recording_purged_class = 'shells' where id = ${lost}`);
  expect(await as('auditor', 'sessions.verify', { id: lost })).toMatchObject({
    ok: false,
    problem: 'its row says that it was purged, and the audit log does not',
  });
});

test('what is held is not purged; one asks for it to be lifted, and another agrees', async () => {
  const ones: Record<string, string> = {
    session: await session(),
    identity: 'lena',
    system: 'web1',
    class: 'shells',
  };
  const sessionId = ones['session'] ?? '';
  house.clock.advance(3 * DAY);
  expect((await keeping()).due).toEqual([{ class: 'shells', recordings: 1 }]);
  for (const [scope, subject] of Object.entries(ones)) {
    const { id: hold } = await as<{ id: string }>('auditor', 'recordingHolds.place', {
      scope,
      subject,
      reason: 'a case',
    });
    expect((await keeping()).due, scope).toEqual([]);
    await run();
    expect(isThere(sessionId)).toBe(true);
    expect(await code(as('officer', 'recordingHolds.lift', { id: hold }))).toBe('recording_hold.not_asked');
    await as('officer', 'recordingHolds.askToLift', { id: hold, because: 'the case is closed' });
    expect((await keeping()).due, scope).toEqual([]);
    expect(await code(as('officer', 'recordingHolds.lift', { id: hold }))).toBe('recording_hold.own');
    expect(await code(as('lena', 'recordingHolds.lift', { id: hold }))).toBe('policy.denied');
    const alone = house.db.run(
      sql`update recording_hold set lifted_by = lift_asked_by, lifted_at = ${house.clock.now()} where id = ${hold}`,
    );
    expect(String(await alone.catch((error: unknown) => error))).toContain('hold_is_lifted_by_another');
    await as('auditor', 'recordingHolds.lift', { id: hold });
    expect((await keeping()).due, scope).toHaveLength(1);
  }
  await run();
  expect(isThere(sessionId)).toBe(false);
});

test('what is held by its class stays so, whatever else is put before it or made of it', async () => {
  const one = await session();
  const { id: hold } = await as<{ id: string }>('auditor', 'recordingHolds.place', {
    scope: 'class',
    subject: 'shells',
    reason: 'a case',
  });
  for (const instead of [{ protocol: 'mysql', systems: ['web1'] }, { protocol: 'ssh' }, { systems: ['web1'] }])
    expect(await code(as('admin', 'recordingClasses.put', { name: 'shells', days: 2, ...instead }))).toBe(
      'recording_class.held',
    );
  await as('admin', 'recordingClasses.put', { name: 'before', place: 0, days: 1 });
  house.clock.advance(8 * DAY);
  await run();
  expect(isThere(one)).toBe(true);
  await as('admin', 'recordingClasses.remove', { name: 'before' });
  await as('admin', 'recordingClasses.put', { name: 'shells', protocol: 'ssh', systems: ['web1'], days: 2, place: 5 });
  house.clock.advance(8 * DAY);
  await run();
  expect(isThere(one)).toBe(true);
  await as('officer', 'recordingHolds.askToLift', { id: hold, because: 'the case is closed' });
  await as('auditor', 'recordingHolds.lift', { id: hold });
  await run();
  expect(isThere(one)).toBe(false);
});

test('a run of many waits for somebody, and takes no more than it said', async () => {
  const one = await session();
  await house.db.run(sql`
    insert into session (id, identity_id, account_id, system_id, grant_ids, protocol, state, node, client_address, client_version,
                         started_at, seen_at, ended_at, ended_because, recorded)
    select gen_random_uuid(), identity_id, account_id, system_id, grant_ids, protocol, state, node, client_address, client_version,
           started_at, seen_at, ended_at, ended_because, recorded
      from session, generate_series(1, 100) where id = ${one}`);
  house.clock.advance(3 * DAY);
  await run();
  await run();
  const { purges } = await keeping();
  const [held] = purges;
  expect(held).toMatchObject({ state: 'held', counted: 101, purged: 0 });
  expect(isThere(one)).toBe(true);
  expect(await code(as('auditor', 'recordingPurges.accept', { id: held?.id, because: 'yes' }))).toBe('policy.denied');
  await house.db.run(sql`update recording_purge set counted = 100 where id = ${held?.id ?? ''}`);
  expect(await code(as('officer', 'recordingPurges.accept', { id: held?.id, because: 'yes' }))).toBe(
    'recording_purge.grew',
  );
  await as('officer', 'recordingPurges.decline', { id: held?.id, because: 'not these' });
  await run();
  const again = (await keeping()).purges[0];
  await as('officer', 'recordingPurges.accept', { id: again?.id, because: 'their time is over' });
  await house.settle(20_000);
  expect((await keeping()).purges[0]).toMatchObject({ state: 'done', counted: 101, purged: 101 });
  expect(isThere(one)).toBe(false);
});

test('files that are left when it is killed in between are taken away by the next run', async () => {
  const one = await session('postgres');
  await house.db.run(sql`
    update session set recording_purged_at = ${house.clock.now()}, recording_purged_class = 'shells', recording_files_left = true
     where id = ${one}`);
  await run();
  expect(isThere(one)).toBe(false);
});

test('a recording that is purged while a backup is written is in the backup, and goes with the run after it', async () => {
  const one = await session();
  house.clock.advance(300 * DAY);
  const folder = mkdtempSync(join(tmpdir(), 'reeve-copied-'));
  const path = join(folder, 'backup');
  // Large enough to be copied for a while, and first by its name.
  writeFileSync(join(house.recordingsDir, '0large'), randomBytes(48 * 1024 * 1024));
  const writing = writeDump(house.db, path, { folder: house.recordingsDir, takes: /./u });
  const copying = async (): Promise<boolean> =>
    (
      await house.db
        .many(sql`select 1 from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and l.mode = 'ShareLock'
        and l.granted and a.state = 'idle in transaction' and a.query like '%pg_advisory_xact_lock_shared%' and a.datname = current_database()`)
    ).length > 0;
  while (!(await copying())) await new Promise((resolve) => setTimeout(resolve, 5));
  await run();
  expect(
    await house.db.one(sql`select recording_purged_at is not null as purged from session where id = ${one}`),
  ).toEqual({ purged: true });
  expect(isThere(one)).toBe(true);
  await writing;
  await run();
  expect(isThere(one)).toBe(false);
  rmSync(join(house.recordingsDir, '0large'));
  rmSync(folder, { recursive: true });
});

test('classes that are put at once wait for one another, and not for ever', async () => {
  const names = ['tellers', 'vaults', 'gates'];
  for (const name of names) await as('admin', 'recordingClasses.put', { name, protocol: 'http', place: 9, days: 300 });
  const puts = Array.from({ length: 24 }, (_, i) =>
    as('admin', 'recordingClasses.put', { name: names[i % 3] ?? '', protocol: 'http', place: 9, days: 300 + i }),
  );
  expect((await Promise.allSettled(puts)).filter(({ status }) => status === 'rejected')).toEqual([]);
});
