import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { until } from '#kit/testing/index.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { ADMIN_ROLES, createIdentity, startGrant, type AdminRole } from '#spine/graph/index.ts';
import { authorisedHouse, type AuthorisedHouse } from '../harness/authorised-house.ts';
import { codeApp, type CodeApp } from '../harness/one-time-codes.ts';

interface Use {
  id: string;
  grantId: string;
  endsAt: string;
  endedBecause: string | null;
  review: { state: string; by: { id: string } | null; mayReview: boolean };
  sessions: { sessionId: string; account: string; commands: number; recorded: boolean; mayWatch: boolean }[];
}
interface Path {
  id: string;
  state: string;
  whoOpens: { id: string }[];
  opening: { askedBy: { id: string } } | null;
  mayUse: boolean;
}

let house: AuthorisedHouse;
let lena: string;
let app: CodeApp;
let ssh: SshUser;
let officer: string;
let reviewer: string;
let auditor: string;

const person = (username: string, roles: readonly AdminRole[] = [], managerId?: string): Promise<string> =>
  house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const facts = { displayName: username, username, ...(managerId === undefined ? {} : { managerId }) };
    const { id } = await createIdentity(ctx, permit, { kind: 'person', facts });
    for (const role of roles)
      await startGrant(ctx, permit, {
        identityId: id,
        entitlementId: ADMIN_ROLES[role],
        origin: 'admin',
        reason: 'test',
      });
    return id;
  });
const define = (name: string, more: Record<string, unknown> = {}, as = officer): Promise<Path> =>
  house.perform<Path>(
    'emergency.define',
    {
      name,
      purpose: 'web1 is down and nobody is there to approve',
      what: 'web1:sudo:ALL',
      users: ['lena'],
      reviewers: ['rosa'],
      longestMinutes: 240,
      reviewWithinHours: 1,
      ...more,
    },
    as,
  );
const use = async (path: Path, more: Record<string, unknown> = {}): Promise<Use> => {
  await app.prove('emergency_path.use', path.id);
  return await house.perform<Use>('emergency.use', { id: path.id, reason: 'the shop is down', ...more }, lena);
};
const look = (id: string, as: string): Promise<Use> => house.perform<Use>('emergency.showUse', { id }, as);
const pathNow = (path: Path, as = officer): Promise<Path> => house.perform<Path>('emergency.path', { id: path.id }, as);
const review = (id: string, as: string, verdict = 'justified'): Promise<Use> =>
  house.perform<Use>('emergency.review', { id, verdict, comment: 'looked through' }, as);
const open = (path: Path, as: string): Promise<Path> =>
  house.perform<Path>('emergency.open', { id: path.id, reason: 'reviewed by now' }, as);
/** What a call was refused with; undefined where it was not. */
const refused = (call: Promise<unknown>): Promise<AppError | undefined> =>
  call.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    },
  );
/** What the crontab does each minute. */
const everyMinute = async (): Promise<void> => {
  await house.registry.jobs.get('emergency.shutUnreviewed')?.run(house.as('emergency'), {});
  await house.settle(60_000);
};
const events = async (type: string): Promise<Record<string, unknown>[]> =>
  (
    await house.db.many<{ data: Record<string, unknown> }>(
      sql`select data from audit_event where type = ${type} order by id`,
    )
  ).map((e) => e.data);
const told = async (template: string): Promise<string[][]> =>
  (await events('notice.wanted')).filter((n) => n['template'] === template).map((n) => n['to'] as string[]);

beforeAll(async () => {
  house = await authorisedHouse();
  lena = house.lena.id;
  officer = await person('olaf', ['security_officer']);
  reviewer = await person('rosa');
  auditor = await person('ines', ['auditor']);
  app = await codeApp(house, lena);
  ssh = sshUser({ port: house.gateway.address.port }, house.lena.key.privateKey);
});
afterAll(async () => {
  ssh?.forget();
  await house?.close();
});

test('used at once with a fresh proof: a session is live and recorded, owners are told, the review opens with the recording', async () => {
  const path = await define('web1-root');
  expect((await refused(house.perform('emergency.use', { id: path.id, reason: 'down' }, lena)))?.code).toBe(
    'step_up.required',
  );
  const used = await use(path);
  expect(used.review.state).toBe('waiting');
  expect((await told('emergency.used'))[0]).toEqual(expect.arrayContaining([officer, reviewer]));
  await house.settle(60_000);
  const ran = await ssh.run('lena@web1', ['sudo', '-n', 'id', '-u']);
  expect([ran.code, ran.out.trim()]).toEqual([0, '0']);
  await house.quiet();

  const forReviewer = await look(used.id, reviewer);
  expect(forReviewer.sessions).toMatchObject([{ account: 'lena', recorded: true, mayWatch: false }]);
  const [session] = (await look(used.id, officer)).sessions;
  expect(session).toMatchObject({ mayWatch: true, recorded: true });
  const recording = await house.perform<string>('sessions.recording', { id: session?.sessionId }, officer);
  expect(recording.split('\n')[0]).toContain('"version"');
  expect((await refused(house.perform('sessions.recording', { id: session?.sessionId }, reviewer)))?.code).toBe(
    'session.not_found',
  );

  expect((await refused(review(used.id, lena)))?.code).toBe('policy.denied');
  expect((await review(used.id, reviewer)).review).toMatchObject({ state: 'justified', by: { id: reviewer } });
  expect((await refused(review(used.id, officer)))?.code).toBe('emergency_use.reviewed');
  await house.end(used.grantId);
  await house.settle(60_000);
});

test('silence past the limit ends the live session and locks the path, also after what kept time was killed', async () => {
  const path = await define('web1-night');
  const used = await use(path);
  await house.settle(60_000);
  const live = ssh.start('lena@web1', ['sleep', '600']);
  await until(async () => (await house.sessions()).some((s) => s.state === 'live'), {
    timeoutMs: 20_000,
    what: 'a live session',
  });
  house.clock.advance(59 * 60_000);
  await everyMinute();
  expect((await pathNow(path)).state).toBe('open');

  // Nothing ran when it came due: the next use is refused all the same, and whoever looks next finds the row.
  house.clock.advance(2 * 60_000);
  await app.prove('emergency_path.use', path.id);
  const again = await refused(house.perform('emergency.use', { id: path.id, reason: 'again' }, lena));
  expect([again?.code, again?.fix]).toEqual(['emergency_path.locked', expect.stringContaining('olaf')]);
  expect((await house.sessions()).filter((s) => s.state === 'live')).toHaveLength(1);

  const asked = performance.now();
  await everyMinute();
  const ended = await live.ended;
  expect(live.output()).toContain('nobody reviewed this emergency access in time');
  expect(ended.at - asked).toBeLessThan(5_000);
  const locked = await pathNow(path);
  expect([locked.state, locked.whoOpens.map((p) => p.id).toSorted()]).toEqual([
    'locked',
    [officer, house.admin].toSorted(),
  ]);
  expect((await look(used.id, officer)).endedBecause).toBe('nobody reviewed this emergency access in time');
  expect((await house.web1.exec('ls /etc/sudoers.d')).stdout).not.toContain('reeve-lena');
  expect((await told('emergency.locked'))[0]).toEqual(expect.arrayContaining([officer, house.admin, lena]));
  expect((await events('emergency_path.locked'))[0]).toMatchObject({ pathId: path.id, useId: used.id });
  await everyMinute();
  expect(await events('emergency_path.locked')).toHaveLength(1);

  // It stays shut until what locked it is reviewed, and then takes two.
  expect((await refused(open(path, officer)))?.code).toBe('emergency_path.reviews_wait');
  expect((await review(used.id, reviewer)).review.state).toBe('justified');
  expect((await open(path, officer)).opening?.askedBy.id).toBe(officer);
  expect((await refused(open(path, officer)))?.code).toBe('emergency_path.another_agrees');
  expect((await refused(open(path, lena)))?.code).toBe('policy.denied');
  expect((await open(path, house.admin)).state).toBe('open');
  await app.prove('emergency_path.use', path.id);
  const third = await house.perform<Use>('emergency.use', { id: path.id, reason: 'down again', minutes: 5 }, lena);
  expect((await refused(use(path)))?.code).toBe('emergency_path.in_use');
  await review(third.id, officer, 'not_justified');
  expect((await look(third.id, auditor)).endedBecause).toBe('its emergency use was found not justified');
  await house.settle(60_000);
});

test('nobody defines a path for themselves, takes one not meant for them, or reviews where they are not free', async () => {
  expect((await refused(define('mine', { users: ['olaf'] })))?.errors[0]?.pointer).toBe('/users');
  expect((await refused(define('alone', { reviewers: ['lena'] })))?.errors[0]?.pointer).toBe('/reviewers');
  expect((await refused(define('by-nobody', {}, lena)))?.code).toBe('policy.denied');
  expect((await refused(define('reeve-itself', { what: 'reeve:auditor' })))?.message).toContain('without a recorded');
  const below = await person('below', [], lena);
  const path = await define('web1-team', { reviewers: ['rosa', 'below'] });
  const outcomes = await Promise.all(
    [house.tomas.id, officer, reviewer].map((who) =>
      refused(house.perform('emergency.use', { id: path.id, reason: 'x' }, who)),
    ),
  );
  // Who may not even know of it is told that it does not exist.
  expect(outcomes.map((e) => e?.code)).toEqual(['emergency_path.not_found', 'policy.denied', 'policy.denied']);
  const used = await use(path, { minutes: 5 });
  expect((await refused(review(used.id, below)))?.code).toBe('emergency_use.not_independent');
  expect((await refused(review(used.id, house.tomas.id)))?.code).toBe('emergency_use.not_found');
  await review(used.id, reviewer);
  await house.perform('emergency.close', { id: path.id }, officer);
  expect((await refused(use(path)))?.code).toBe('emergency_path.closed');
});

test('two at the same instant take it once, and a minute more than the path gives is refused', async () => {
  const path = await define('web1-race', { longestMinutes: 10 });
  expect((await refused(use(path, { minutes: 11 })))?.errors[0]?.pointer).toBe('/minutes');
  await app.prove('emergency_path.use', path.id);
  const at = await Promise.all(
    Array.from({ length: 8 }, () => refused(house.perform('emergency.use', { id: path.id, reason: 'race' }, lena))),
  );
  expect(at.filter((e) => e === undefined)).toHaveLength(1);
});

test('the database refuses one person in two roles, whatever the code does', async () => {
  const use = await house.db.one<{ id: string; identityId: string }>(
    sql`select id, identity_id from emergency_use where verdict is null order by id desc limit 1`,
  );
  await expect(
    house.db.run(
      sql`update emergency_use set verdict = 'justified', reviewed_by = identity_id, reviewed_at = used_at, comment = 'x' where id = ${use.id}`,
    ),
  ).rejects.toMatchObject({ constraint: 'emergency_use_is_reviewed_by_another' });
  await expect(
    house.db.run(sql`update emergency_opening set agreed_by = asked_by, agreed_at = asked_at`),
  ).rejects.toMatchObject({ constraint: 'emergency_opening_is_decided_by_two' });
  await expect(house.db.run(sql`update emergency_path set user_ids = array[defined_by]`)).rejects.toMatchObject({
    constraint: 'emergency_path_is_not_defined_for_oneself',
  });
});
