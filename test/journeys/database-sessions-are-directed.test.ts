import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import {
  addGrantControls,
  ADMIN_ROLES,
  createIdentity,
  endGrant,
  NO_CONTROLS,
  startGrant,
  type GrantControls,
} from '#spine/graph/index.ts';
import { run, start, until, type Running } from '#test/ssh-rig/run-program.ts';
import { guardedHouse, type GuardedHouse } from '../harness/guarded-house.ts';
import { openDatabase, type OpenDatabase } from '../harness/open-database.ts';

/** A real psql through the gateway to a real server, and the whole of Reeve: sessions on it are paused, told, observed and ended. */
let house: GuardedHouse;
let lab: LabPostgres;
let db: OpenDatabase;
let grant: string;
const who: Record<string, string> = {};
const id = (name: string): string => who[name] ?? '';
const running: Running[] = [];

beforeAll(async () => {
  [house, lab] = await Promise.all([guardedHouse(), startPostgres({ binaries: 'debian' })]);
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    for (const [name, role] of [
      ['officer', 'security_officer'],
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
  db = await openDatabase(house, { system: 'orders', lab, account: 'postgres', holder: id('lena') });
  grant = db.grantId;
});
afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await db?.close();
  await house?.close();
  await lab?.stop();
});

const officer = <T = Record<string, unknown>>(name: string, input: unknown): Promise<T> =>
  house.perform<T>(name, input, id('officer'));
/** Access under these and nothing else from now on. */
const under = async (controls: Partial<GrantControls>): Promise<void> => {
  house.clock.advance(1000);
  await house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) => endGrant(ctx, permit, { grantId: grant, because: 'test' }));
  house.clock.advance(1000);
  grant = await db.give();
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    await addGrantControls(ctx, permit, { grantId: grant, controls: { ...NO_CONTROLS, ...controls }, because: 'test' });
  });
  await house.settle(30_000);
};
/** An interactive psql that reads statements from us. */
const psql = async (): Promise<Running> => {
  const { password } = await house.perform<{ password: string }>(
    'gatewayPasswords.issue',
    { system: 'orders' },
    id('lena'),
  );
  const it = start('psql', ['-X', '-A', '-t', '-q'], { env: db.env(password), stdin: 'open', limitMs: 60_000 });
  running.push(it);
  return it;
};
const asks = (it: Running, statement: string): void => void it.child.stdin?.write(`${statement}\n`);
const answers = (it: Running, words: string): Promise<void> =>
  until(() => it.stdout().includes(words), `the answer ${words}; said so far: ${it.stderr()}`);
const told = (it: Running, words: string): Promise<void> =>
  until(() => it.stderr().includes(words), `psql to show ${words}; shown so far: ${it.stderr()}`);
const liveSession = async (): Promise<string> => {
  let found: { id: string } | undefined;
  await until(async () => {
    found = await house.db.maybe(sql`select id from session where state = 'live' order by id desc limit 1`);
    return found !== undefined;
  }, 'a live session');
  return found?.id ?? '';
};
/** An order is felt within a second, not with the answer to whoever gave it. */
const held = (session: string): Promise<void> =>
  until(() => house.edges.live.control(session)?.held === true, 'the gateway to hold the session');
const nobodyLive = (): Promise<void> =>
  until(
    async () => (await house.db.maybe(sql`select id from session where state = 'live' limit 1`)) === undefined,
    'the last session to end',
  );
/** What was made in the database, asked beside the gateway. */
const tables = async (): Promise<string> =>
  (
    await run('psql', ['-X', '-A', '-t', '-c', "select relname from pg_class where relname like 'made%'"], {
      env: lab.env(),
    })
  ).stdout.toString();

test('paused, no statement reaches the database; resumed, it is answered; the person reads why', async () => {
  const it = await psql();
  asks(it, "select 'in';");
  await answers(it, 'in');
  const session = await liveSession();
  await officer('sessions.message', { id: session, words: 'please finish by noon' });
  await officer('sessions.pause', { id: session, because: 'we look at something' });
  await held(session);
  asks(it, "create table made_while_paused (n int); select 'made';");
  await told(it, 'NOTICE:  Reeve: please finish by noon');
  await told(it, 'NOTICE:  Reeve: paused by who is in charge: we look at something');
  expect(await tables()).toBe('');
  await officer('sessions.resume', { id: session, because: 'all is well' });
  await answers(it, 'made');
  await told(it, 'NOTICE:  Reeve: the session goes on');
  await officer('sessions.pause', { id: session, because: 'again' });
  await held(session);
  asks(it, "select 'never';");
  await told(it, 'in charge: again');
  await officer('sessions.end', { id: session, because: 'enough seen' });
  await it.done;
  expect(it.stderr()).toContain('enough seen');
  expect(it.stdout()).not.toContain('never');
  await nobodyLive();
});

test('one that needs an observer asks nothing before there is one, stands still when they leave, and ends when nobody comes back', async () => {
  await under({ observerSeconds: 3 });
  const it = await psql();
  asks(it, "create table made_observed (n int); select 'observed';");
  await told(it, 'NOTICE:  Reeve: this session needs somebody who observes it, and waits 3 s for one');
  const session = await liveSession();
  expect(await officer('sessions.show', { id: session })).toMatchObject({ held: 'observer', observerSeconds: 3 });
  expect(await tables()).not.toContain('made_observed');
  const { watchId } = await officer<{ watchId: string }>('sessions.observe', { id: session });
  await answers(it, 'observed');
  await told(it, 'officer observes; the session goes on');
  const seen = async (): Promise<boolean> =>
    JSON.stringify(await officer('sessions.follow', { id: watchId, after: 0, waitMs: 0 })).includes('made_observed');
  await until(seen, 'the observer to see the statement');
  await officer('sessions.leave', { id: watchId });
  await held(session);
  expect(await officer('sessions.show', { id: session })).toMatchObject({ held: 'observer' });
  asks(it, 'create table made_alone (n int);');
  await it.done;
  expect(it.stderr()).toContain('nobody observed this session for 3 s');
  expect(await tables()).not.toContain('made_alone');
  await nobodyLive();
});

test('a session in which nothing is asked ends; one in which something is does not', async () => {
  await under({ idleSeconds: 2 });
  const [quiet, used] = [await psql(), await psql()];
  const asking = setInterval(() => asks(used, 'select 1;'), 300);
  asks(quiet, "select 'in';");
  await answers(quiet, 'in');
  await until(async () => {
    const ended = await house.db.maybe<{ n: number }>(
      sql`select count(*)::int as n from session where ended_because like '%not used for 2 s%' and state = 'ended'`,
    );
    return ended?.n === 1;
  }, 'the quiet one to end');
  asks(quiet, 'select 2;');
  await quiet.done;
  expect(quiet.stderr()).toContain('not used for 2 s, as long as its access allows');
  expect(used.stderr()).not.toContain('not used for');
  clearInterval(asking);
  used.child.stdin?.end();
  await used.done;
  await nobodyLive();
});
