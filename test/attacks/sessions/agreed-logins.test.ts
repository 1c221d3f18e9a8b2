import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { makeSshKey } from '#lab/index.ts';
import { addGrantControls, NO_CONTROLS } from '#spine/graph/index.ts';
import { authorisedHouse, type AuthorisedHouse } from '#test/harness/authorised-house.ts';
import { proveWithoutSignIn } from '#test/harness/fresh-proof.ts';
import { codeApp, type CodeApp } from '#test/harness/one-time-codes.ts';
import { registerKey } from '#test/harness/register-key.ts';
import { byte, RawClient, text, word } from '#test/ssh-rig/raw-client.ts';
import { start, until, type Ran } from '#test/ssh-rig/run-program.ts';

/** Logins at the SSH gateway that their person has to agree to, with the real client in the whole house. */
const FAILURE = 51;
const SUCCESS = 52;
let house: AuthorisedHouse;
let grantId: string;
let app: CodeApp;
const dir = mkdtempSync(join(tmpdir(), 'reeve-agreed-'));
const key = join(dir, 'key');
const clients: RawClient[] = [];
const children: ReturnType<typeof start>[] = [];

const policy = (wanted: Record<string, unknown>): Promise<unknown> =>
  house.perform('sshLogins.setPolicy', wanted, house.admin);

beforeAll(async () => {
  house = await authorisedHouse();
  house.clock.set(new Date());
  grantId = await house.give();
  app = await codeApp(house, house.lena.id);
  writeFileSync(key, house.lena.key.privateKey, { mode: 0o600 });
}, 180_000);
beforeEach(async () => {
  await policy({ registeredKey: 'step_up', withoutKey: true, typedCode: false, rememberMinutes: 0, keyDays: 365 });
  await house.db.run(sql`delete from signin_failure`);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.end();
  for (const child of children.splice(0)) {
    child.child.kill('SIGKILL');
    await child.done;
  }
  await house.quiet();
});
afterAll(async () => {
  await house?.close();
  rmSync(dir, { recursive: true, force: true });
});

interface Asking {
  /** The code that the terminal shows. */
  readonly code: string;
  shown(): string;
  readonly done: Promise<Ran>;
}

/** Starts the real client; `answers`: what its person types, one a question. */
const ssh = (
  options: { readonly by?: string; readonly answers?: readonly string[]; readonly command?: string } = {},
): ReturnType<typeof start> => {
  const answers = join(dir, newId());
  const askpass = join(dir, 'askpass');
  writeFileSync(answers, `${(options.answers ?? []).join('\n')}\n`);
  writeFileSync(askpass, `#!/bin/sh\nhead -1 "$ANSWERS"; sed -i 1d "$ANSWERS"\n`, { mode: 0o700 });
  const running = start(
    'ssh',
    [
      ['-F', 'none', '-T', '-p', String(house.gateway.address.port), '-l', 'lena@web1'],
      [
        'StrictHostKeyChecking=no',
        `UserKnownHostsFile=${join(dir, 'known')}`,
        'IdentitiesOnly=yes',
        'IdentityAgent=none',
        'NumberOfPasswordPrompts=1',
        `IdentityFile=${options.by ?? 'none'}`,
      ].flatMap((o) => ['-o', o]),
      ['127.0.0.1', options.command ?? 'id -un'],
    ].flat(),
    { limitMs: 60_000, env: { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', ANSWERS: answers } },
  );
  children.push(running);
  return running;
};
const asking = async (options: Parameters<typeof ssh>[0] = {}): Promise<Asking> => {
  const running = ssh(options);
  const codeIn = (): string | undefined => /code ([A-Z]{4}-[A-Z]{4})/u.exec(running.stderr())?.[1];
  await until(() => codeIn() !== undefined, 'the code in the terminal');
  return { code: codeIn() ?? '', shown: () => running.stderr(), done: running.done };
};

interface Found {
  readonly login: {
    readonly id: string;
    readonly keyName: string | null;
    readonly clientAddress: string;
    readonly elsewhere: boolean;
    readonly account: string;
    readonly system: string;
    readonly clientVersion: string;
  } | null;
}
/** As somebody whose browser is at an address. */
const as = <T>(operation: string, input: unknown, id: string, address = '127.0.0.1'): Promise<T> => {
  const found = house.registry.operations.get(operation);
  if (found === undefined) throw new Error(`no operation ${operation}`);
  return house.operator
    .perform(found, input, { principal: { kind: 'identity', id }, origin: { via: 'console', address }, trace: newId() })
    .then(({ output }) => output as T);
};
const find = async (userCode: string, id: string, address?: string): Promise<Found['login']> =>
  (await as<Found>('sshLogins.find', { userCode }, id, address)).login;
const agree = async (loginId: string, id: string, address?: string): Promise<string | null> => {
  await proveWithoutSignIn(house, id, { action: 'ssh_login.agree', resourceId: loginId });
  return (await as<{ number: string | null }>('sshLogins.agree', { id: loginId }, id, address)).number;
};
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
const recorded = async (type: string): Promise<number> =>
  (await house.db.one<{ so: number }>(sql`select count(*)::int as so from audit_event where type = ${type}`)).so;

test('K9: a registered key is half of a login: its person sees who asks, agrees with a fresh proof, and is in', async () => {
  const waiting = await asking({ by: key });
  expect(waiting.shown()).toContain('http://localhost:8470/ssh-login');
  expect(waiting.shown()).not.toContain(`ssh-login?`);
  const login = await find(waiting.code.toLowerCase().replace('-', ' '), house.lena.id);
  expect(login).toMatchObject({
    account: 'lena',
    system: 'web1',
    clientAddress: '127.0.0.1',
    elsewhere: false,
    keyName: 'lena@laptop',
  });
  expect(login?.clientVersion).toContain('OpenSSH');
  expect(await refusal(as('sshLogins.agree', { id: login?.id }, house.lena.id))).toBe('step_up.required');
  expect(await agree(login?.id ?? '', house.lena.id)).toBeNull();
  expect(await waiting.done).toMatchObject({ code: 0 });
  expect((await waiting.done).stdout.toString()).toBe('lena\n');
  const session = await house.db.one<{ byKey: boolean }>(
    sql`select ssh_key_id is not null as by_key from session order by started_at desc limit 1`,
  );
  expect(session.byKey).toBe(true);
});

test('no key at all: whoever finds the login by its code is in as themself, and nobody else', async () => {
  const waiting = await asking();
  const login = await find(waiting.code, house.lena.id);
  expect(login).toMatchObject({ keyName: null });
  // found by one, it is there for nobody else, code or not
  expect(await find(waiting.code, house.tomas.id)).toBeNull();
  expect(await refusal(agree(login?.id ?? '', house.tomas.id))).toBe('ssh_login.not_found');
  await agree(login?.id ?? '', house.lena.id);
  expect((await waiting.done).stdout.toString()).toBe('lena\n');
});

test('a denial ends the client at once, and says so', async () => {
  const waiting = await asking({ by: key });
  const login = await find(waiting.code, house.lena.id);
  const before = performance.now();
  await as('sshLogins.deny', { id: login?.id }, house.lena.id);
  expect(await waiting.done).toMatchObject({ code: 255 });
  expect(performance.now() - before).toBeLessThan(3_000);
  expect(waiting.shown()).toContain('you refused this login');
  expect(await refusal(agree(login?.id ?? '', house.lena.id))).toBe('ssh_login.not_found');
  expect(await recorded('ssh_login.denied')).toBe(1);
});

test('a code of somebody else’s key, a wrong one and one that is over find nothing, are on the record, and guessing is slow', async () => {
  const waiting = await asking({ by: key });
  const missed = await recorded('ssh_login.code_missed');
  expect(await find(waiting.code, house.tomas.id)).toBeNull();
  expect(await find('BBBB-BBBB', house.tomas.id)).toBeNull();
  expect(await find('no code', house.tomas.id)).toBeNull();
  expect(await recorded('ssh_login.code_missed')).toBe(missed + 3);
  await find('BBBB-BBBC', house.tomas.id);
  await find('BBBB-BBBD', house.tomas.id);
  expect(await refusal(find('BBBB-BBBF', house.tomas.id))).toBe('signin.too_many_tries');
  // however right: who guessed waits, and who did not does not
  expect(await refusal(find(waiting.code, house.tomas.id))).toBe('signin.too_many_tries');
  const login = await find(waiting.code, house.lena.id);
  house.clock.advance(301_000);
  expect(await refusal(agree(login?.id ?? '', house.lena.id))).toBe('ssh_login.not_found');
  expect(await find(waiting.code, house.lena.id)).toBeNull();
  expect(await waiting.done).toMatchObject({ code: 255 });
  expect(waiting.shown()).toContain('nobody agreed to this login in time');
  house.clock.set(new Date());
});

test('an agreement is for one connection, once: another client with the same key is asked for itself', async () => {
  const [one, other] = [await asking({ by: key }), await asking({ by: key })];
  expect(one.code).not.toBe(other.code);
  const login = await find(one.code, house.lena.id);
  await agree(login?.id ?? '', house.lena.id);
  expect(await one.done).toMatchObject({ code: 0 });
  expect(await refusal(agree(login?.id ?? '', house.lena.id))).toBe('ssh_login.not_found');
  expect(await find(one.code, house.lena.id)).toBeNull();
  const second = await find(other.code, house.lena.id);
  await as('sshLogins.deny', { id: second?.id }, house.lena.id);
  expect(await other.done).toMatchObject({ code: 255 });
});

test('a client that left takes its login with it: agreeing late lets nobody in', async () => {
  const waiting = await asking({ by: key });
  const login = await find(waiting.code, house.lena.id);
  children.at(-1)?.child.kill('SIGKILL');
  await until(async () => (await find(waiting.code, house.lena.id)) === null, 'the login to be over');
  expect(await refusal(agree(login?.id ?? '', house.lena.id))).toBe('ssh_login.not_found');
});

test('who agrees from elsewhere has to bring the number that only their browser shows: a code sent to them is not enough', async () => {
  const waiting = await asking({ answers: ['000000'] });
  const login = await find(waiting.code, house.lena.id, '203.0.113.7');
  expect(login).toMatchObject({ elsewhere: true, browserAddress: '203.0.113.7', clientAddress: '127.0.0.1' });
  const before = (await house.sessions()).length;
  const number = await agree(login?.id ?? '', house.lena.id, '203.0.113.7');
  expect(number).toMatch(/^\d{6}$/u);
  // whoever began it and lured her has three guesses, and then it is over
  expect(await waiting.done).toMatchObject({ code: 255 });
  expect(waiting.shown()).not.toContain(number ?? '-');
  expect(await house.sessions()).toHaveLength(before);
  expect(await recorded('ssh_login.over')).toBeGreaterThan(0);
});

test('who brings the number is in', async () => {
  const fifo = join(dir, 'number');
  writeFileSync(fifo, '');
  const running = ssh({ answers: [] });
  const askpass = join(dir, 'askpass');
  writeFileSync(askpass, `#!/bin/sh\nuntil [ -s "${fifo}" ]; do sleep 0.1; done; cat "${fifo}"\n`, { mode: 0o700 });
  await until(() => /code [A-Z]{4}-/u.test(running.stderr()), 'the code');
  const code = /code ([A-Z-]{9})/u.exec(running.stderr())?.[1] ?? '';
  const login = await find(code, house.lena.id, '203.0.113.7');
  const number = await agree(login?.id ?? '', house.lena.id, '203.0.113.7');
  writeFileSync(fifo, `${number ?? ''}\n`);
  expect((await running.done).stdout.toString()).toBe('lena\n');
});

test('a one-time code is taken at the terminal only where the policy says so, once, and not by guessing', async () => {
  const refused = ssh({ by: key, answers: [app.code()] });
  await until(() => refused.stderr().includes('code '), 'the words');
  // the browser is the only way: nothing that is typed is asked for
  await new Promise((done) => setTimeout(done, 1000));
  expect(refused.stdout()).toBe('');
  refused.child.kill('SIGKILL');
  await policy({ typedCode: true });
  const code = app.code();
  expect((await ssh({ by: key, answers: [code] }).done).stdout.toString()).toBe('lena\n');
  // the same code again, then two that are wrong
  const again = await ssh({ by: key, answers: [code, '000000', '000001', '000002'] }).done;
  expect(again).toMatchObject({ code: 255 });
  expect(again.stderr.toString()).toContain('too many wrong codes');
  expect(await recorded('ssh_login.code_wrong')).toBe(3);
  // without a key nobody is known whose code it could be
  const keyless = ssh({ answers: [app.code()] });
  await until(() => keyless.stderr().includes('code '), 'the words');
  expect(keyless.stderr()).not.toContain('One-time');
});

test('K6: agreeing for this login is the fresh sign-in that a grant asks for; one that is remembered is as old as it is', async () => {
  await house.as('boot').act({ action: 'enrolment.create' }, (ctx, permit) =>
    addGrantControls(ctx, permit, {
      grantId,
      controls: { ...NO_CONTROLS, stepUpSeconds: 300 },
      because: 'test',
    }),
  );
  await policy({ rememberMinutes: 60 });
  await house.db.run(sql`delete from ssh_login`);
  const waiting = await asking({ by: key });
  const login = await find(waiting.code, house.lena.id);
  await agree(login?.id ?? '', house.lena.id);
  expect((await waiting.done).stdout.toString()).toBe('lena\n');
  expect((await ssh({ by: key }).done).stdout.toString()).toBe('lena\n'); // remembered
  house.clock.advance(310_000);
  const old = await ssh({ by: key }).done;
  expect(old.stderr.toString() + old.stdout.toString()).toContain('session.sign_in_needed');
  house.clock.set(new Date());
});

test('a key that is removed, over, or of somebody locked or gone lets nobody in, and ends what it opened', async () => {
  const pair = await makeSshKey('lena@other');
  const other = join(dir, 'other');
  writeFileSync(other, pair.privateKey, { mode: 0o600 });
  const id = await registerKey(house, house.lena.id, pair.publicKey);
  const live = await asking({ by: other, command: 'echo in; sleep 60' });
  const login = await find(live.code, house.lena.id);
  await agree(login?.id ?? '', house.lena.id);
  await until(() => children.at(-1)?.stdout().includes('in') === true, 'the session');
  const waiting = await asking({ by: other });
  const late = await find(waiting.code, house.lena.id);
  await house.perform('devices.removeSshKey', { id }, house.lena.id);
  expect((await live.done).stderr.toString()).toContain('key it was opened with was removed');
  // agreed to after its key was removed: the agreement lets nobody in
  await agree(late?.id ?? '', house.lena.id);
  expect(await waiting.done).toMatchObject({ code: 255 });
  await policy({ withoutKey: false });
  const gone = await ssh({ by: other }).done;
  expect(gone.stderr.toString()).toContain('Permission denied (publickey)');
});

test('K2, K9: half of a login opens nothing, nor does another key after it, nor an answer nobody asked for', async () => {
  const reach = async (): Promise<RawClient> => {
    const client = new RawClient();
    clients.push(client);
    await client.reach(house.gateway.address.port);
    return client;
  };
  const half = await reach();
  half.signIn('lena%web1', house.lena.raw);
  const failure = await half.waitFor(FAILURE, 10_000);
  expect(failure?.toString('latin1', 5)).toBe('keyboard-interactive\x01');
  // tomas' key is no second half, and does not replace the first
  half.signIn('lena%web1', house.tomas.raw);
  await until(() => half.types().filter((type) => type === FAILURE).length === 2, 'the second refusal');
  half.openSession(0);
  await half.whenClosed;
  expect(half.types()).not.toContain(SUCCESS);

  const early = await reach();
  early.send(byte(61), word(0));
  await early.whenClosed;
  expect(early.types()).not.toContain(SUCCESS);

  const many = await reach();
  many.signIn('lena%web1', house.lena.raw);
  await many.waitFor(FAILURE, 10_000);
  many.send(byte(50), text('lena%web1'), text('ssh-connection'), text('keyboard-interactive'), text(''), text(''));
  await many.waitFor(60, 10_000);
  many.send(byte(61), word(0xffff_ffff), text('x'));
  await many.whenClosed;
  expect(many.types()).not.toContain(SUCCESS);
});

test('one address can have only so many questions asked, and people with a key are still asked', async () => {
  await house.db.run(sql`delete from ssh_login`);
  const reach = async (): Promise<RawClient> => {
    const client = new RawClient();
    clients.push(client);
    await client.reach(house.gateway.address.port);
    client.send(byte(50), text('lena%web1'), text('ssh-connection'), text('keyboard-interactive'), text(''), text(''));
    return client;
  };
  for (let n = 0; n < 10; n += 1) expect(await (await reach()).waitFor(60, 10_000)).toBeDefined();
  const eleventh = await reach();
  await eleventh.whenClosed;
  expect(eleventh.types()).not.toContain(60);
  const waiting = await asking({ by: key });
  const login = await find(waiting.code, house.lena.id);
  await as('sshLogins.deny', { id: login?.id }, house.lena.id);
  expect(await waiting.done).toMatchObject({ code: 255 });
});

test('whoever has a key and nothing more begins only so many logins with it, and its person’s other key is still asked for', async () => {
  await house.db.run(sql`delete from ssh_login`);
  const before = await recorded('ssh_login.asked');
  const begin = async (): Promise<RawClient> => {
    const client = new RawClient();
    clients.push(client);
    await client.reach(house.gateway.address.port);
    client.signIn('lena%web1', house.lena.raw);
    await client.waitFor(FAILURE, 10_000);
    client.send(byte(50), text('lena%web1'), text('ssh-connection'), text('keyboard-interactive'), text(''), text(''));
    return client;
  };
  for (let n = 0; n < 30; n += 1) {
    const client = await begin();
    expect(await client.waitFor(60, 10_000)).toBeDefined();
    client.end();
    await until(
      async () => (await house.db.maybe(sql`select from ssh_login where state = 'waiting'`)) === undefined,
      'the login to be over',
    );
  }
  const refused = await begin();
  await refused.whenClosed;
  expect(refused.types()).not.toContain(60);
  expect(await recorded('ssh_login.asked')).toBe(before + 30);
  const waiting = await asking({ by: key });
  const login = await find(waiting.code, house.lena.id);
  await as('sshLogins.deny', { id: login?.id }, house.lena.id);
  expect(await waiting.done).toMatchObject({ code: 255 });
});
