import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { authorisedHouse, type AuthorisedHouse } from '#test/harness/authorised-house.ts';
import { proveWithoutSignIn } from '#test/harness/fresh-proof.ts';
import { start, until, type Running } from '#test/ssh-rig/run-program.ts';

/** A lock whose notification no node hears: what it left in its row is found by the next look, and ends what is live. */
let house: AuthorisedHouse;
const dir = mkdtempSync(join(tmpdir(), 'reeve-unheard-'));
const key = join(dir, 'key');
const clients: Running[] = [];

beforeAll(async () => {
  house = await authorisedHouse();
  house.clock.set(new Date());
  await house.give();
  writeFileSync(key, house.lena.key.privateKey, { mode: 0o600 });
  // every signal is put down by somebody else than who raises it, who then has none to notify of
  await house.db.run(sql`
    create function put_down_quietly() returns trigger language plpgsql as $$
    begin
      if pg_trigger_depth() > 1 then return new; end if;
      insert into signal (kind, subject, message) values (new.kind, new.subject, new.message);
      return null;
    end $$`);
  await house.db.run(
    sql`create trigger unheard before insert on signal for each row execute function put_down_quietly()`,
  );
}, 180_000);
afterEach(async () => {
  for (const { child, done } of clients.splice(0)) {
    child.kill('SIGKILL');
    await done;
  }
  await house.quiet();
});
afterAll(async () => {
  await house?.close();
  rmSync(dir, { recursive: true, force: true });
});

const live = async (): Promise<Running> => {
  const running = start(
    'ssh',
    [
      ['-F', 'none', '-tt', '-p', String(house.gateway.address.port), '-l', 'lena@web1'],
      [
        'StrictHostKeyChecking=no',
        `UserKnownHostsFile=${join(dir, 'known')}`,
        'IdentitiesOnly=yes',
        `IdentityFile=${key}`,
      ].flatMap((o) => ['-o', o]),
      ['127.0.0.1', 'echo be""gun; sleep 60'],
    ].flat(),
    { stdin: 'open', limitMs: 60_000 },
  );
  clients.push(running);
  await until(() => running.stdout().includes('begun'), `the session: ${running.stderr()}`);
  return running;
};

test.each([
  { scope: 'identity', subject: 'lena' },
  { scope: 'account', subject: 'lena@web1' },
  { scope: 'system', subject: 'web1' },
  { scope: 'everything', subject: undefined },
])(
  'a lock on $scope that is not heard ends the session within two seconds all the same',
  async ({ scope, subject }) => {
    const session = await live();
    if (scope === 'everything')
      await proveWithoutSignIn(house, house.admin, { action: 'lock.place', resourceId: 'everything' });
    const asked = performance.now();
    const { id } = await house.perform<{ id: string }>('locks.place', { scope, subject, reason: 'test' }, house.admin);
    const { code } = await session.done;
    expect(performance.now() - asked).toBeLessThan(2_000);
    expect(code).not.toBe(0);
    expect(session.stdout() + session.stderr()).toContain('locked');
    await house.settle(30_000);
    const told = await house.db.one<{ rows: number }>(
      sql`select count(*)::int as rows from signal where kind = ${`lock_${scope}`}`,
    );
    expect(told.rows).toBe(1);
    if (scope === 'everything')
      await proveWithoutSignIn(house, house.admin, { action: 'lock.lift', resourceId: 'everything' });
    await house.perform('locks.lift', { id, because: 'test' }, house.admin);
  },
  60_000,
);
