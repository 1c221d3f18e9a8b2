import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Ticket } from '#gateways/port.ts';
import { gatewayPorts } from '#guard/sessions/index.ts';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { breakableRelay, type BreakableRelay } from '../../harness/breakable-relay.ts';
import { logOnSmallDisk } from '../../harness/full-log-disk.ts';
import { openAccount, type OpenAccount } from '../../harness/open-account.ts';
import { proveAfresh, proving } from '../../harness/fresh-proof.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';

/** What Reeve waits here for a statement, for a free connection and for a server that comes back. */
const PATIENCE = { statementTimeoutMs: 500, waitMs: 2_000, reconnectMs: 1_000 };
/** The longest of it twice (an admission also tries to record that it refused), and a busy machine. */
const LIMIT_MS = 2 * (PATIENCE.statementTimeoutMs + 5_000) + 7_000;

let relay: BreakableRelay;
let house: PeopledHouse;
let boss: Caller;
let officer: Caller;
let lena: Caller;
let secretId: string;
let account: OpenAccount;
/** As superuser and not through the relay: how a test breaks the database. */
let admin: Client;
/** Opened before anything breaks. */
let open: Ticket;

beforeAll(async () => {
  const { adminUrl } = inject('reeveTestServer');
  relay = await breakableRelay(Number(new URL(adminUrl).port));
  house = await peopledHouse({
    database: {
      ...PATIENCE,
      through: (direct) => {
        const url = new URL(direct);
        url.hostname = '127.0.0.1';
        url.port = String(relay.port);
        return url.href;
      },
    },
  });
  const url = new URL(adminUrl);
  url.pathname = new URL(house.databaseUrl).pathname;
  admin = new Client({ connectionString: url.href });
  await admin.connect();
  boss = proving(house, await house.person('boss', {}, ['administrator']));
  officer = proving(house, await house.person('joaquin', {}, ['security_officer']));
  lena = await house.person('lena');
  secretId = must<{ id: string }>(
    await officer.call('POST', '/v1/vault/secrets', { name: 'team/key', kind: 'password', value: 'never-shown' }),
  ).id;
  account = await openAccount(house, {
    system: 'web1',
    host: '127.0.0.1',
    port: 22,
    hostKeyFingerprint: 'SHA256:none',
    account: 'lena',
    privateKey: 'a key nobody uses here',
    holder: lena.id,
  });
  open = await opened();
  await nothingIsDue();
});
afterEach(() => relay.mend());
afterAll(async () => {
  await relay?.mend();
  await open?.ended({ reason: 'the person left', bytesIn: 0, bytesOut: 0 });
  await admin?.end();
  await house?.close();
  await relay?.stop();
});

const admit = (): ReturnType<ReturnType<typeof gatewayPorts>['admit']> =>
  gatewayPorts(house.edges).admit({
    identityId: lena.id,
    account: 'lena',
    system: 'web1',
    protocol: 'ssh',
    clientAddress: '127.0.0.1',
    clientVersion: 'test',
  });

/** A session of lena's, as the gateway holds it. */
async function opened(): Promise<Ticket> {
  const admission = await admit();
  if (!admission.admitted) throw new Error(admission.message);
  return admission.ticket;
}

interface Tried {
  readonly done: boolean;
  readonly said: string;
  readonly code: string;
}
const called = async (who: Caller, path: string, body: unknown): Promise<Tried> => {
  const answer = await who.call('POST', path, body);
  return { done: answer.status < 300, said: answer.text, code: String(answer.body['code']) };
};

/** What must not happen unrecorded, each the way its user asks for it. */
const PRIVILEGED: Readonly<Record<string, () => Promise<Tried>>> = {
  'a checkout': () => called(officer, `/v1/vault/secrets/${secretId}/checkout`, { reason: 'looking' }),
  'a grant': () =>
    called(boss, '/v1/grants', { identity: 'joaquin', entitlementId: account.entitlementId, because: 'test' }),
  'a new password for an account': () => called(boss, `/v1/accounts/${account.accountId}/rotate`, { because: 'test' }),
  'a new value of a secret': () => called(officer, `/v1/vault/secrets/${secretId}/versions`, { value: 'newer' }),
  'a new root key': () => called(boss, '/v1/vault/rekey', { place: 'file' }),
  'sealing the vault': () => called(officer, '/v1/vault/seal', { because: 'test' }),
  'a session': async () => {
    const admission = await admit();
    if (!admission.admitted) return { done: false, said: admission.message, code: admission.code };
    await admission.ticket.ended({ reason: 'the person left', bytesIn: 0, bytesOut: 0 });
    return { done: true, said: '', code: '' };
  },
};

const COUNTED = [
  'secret_version',
  'root_key',
  'ring_key',
  'secret_checkout',
  'access_grant',
  'session',
  'rotation',
  'access_use',
  'audit_event',
];
async function counts(): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of COUNTED)
    found[table] = Number((await admin.query<{ n: string }>(`select count(*) as n from ${table}`)).rows[0]?.n);
  return found;
}

/** Breaks it, tries everything at once, mends it, and looks that each was told what is wrong and nothing came of any. */
async function refusedWhile(
  how: { readonly break: () => Promise<unknown>; readonly mend: () => Promise<unknown> },
  codes: RegExp,
): Promise<void> {
  // Without it, what refuses would only be that nobody proved that it is them.
  await proveAfresh(house, boss, { action: 'vault_key.change', resourceId: 'reeve' });
  const before = await counts();
  await how.break();
  const tries: (Tried & { readonly what: string; readonly ms: number })[] = [];
  try {
    await Promise.all(
      Object.entries(PRIVILEGED).map(async ([what, attempt]) => {
        const began = performance.now();
        tries.push({ ...(await attempt()), what, ms: performance.now() - began });
      }),
    );
  } finally {
    await how.mend();
  }
  expect(tries.length).toBe(Object.keys(PRIVILEGED).length);
  for (const { what, done, said, code, ms } of tries) {
    expect([done, code], `${what}: ${said}`).toEqual([false, expect.stringMatching(codes)]);
    expect(said, what).toMatch(/database|audit log/);
    expect(said).not.toContain('never-shown');
    expect(ms, what).toBeLessThan(LIMIT_MS);
  }
  expect(await counts()).toEqual(before);
}

/** Nobody restarts anything. */
async function worksAgain(): Promise<void> {
  await until(async () => (await officer.call('GET', '/v1/vault/secrets')).status === 200, {
    timeoutMs: 15_000,
    what: 'Reeve to answer again',
  });
  const uses = async (): Promise<number> =>
    (await house.db.one<{ n: number }>(sql`select count(*) as n from audit_event where type like 'use.%'`)).n;
  const before = await uses();
  const session = await PRIVILEGED['a session']?.();
  expect(session?.done, session?.said).toBe(true);
  expect((await uses()) - before).toBe(2);
  const out = must<{ checkoutId: string }>(
    await officer.call('POST', `/v1/vault/secrets/${secretId}/checkout`, { reason: 'looking' }),
  );
  must(await officer.call('POST', `/v1/vault/checkouts/${out.checkoutId}/checkin`));
  // And what follows from it: the worker was cut off too.
  await nothingIsDue();
}

/** Whatever was to follow has been tried, so that what is counted next is of what is tried next. */
async function nothingIsDue(): Promise<void> {
  const due = sql`
    select count(*) as n from graphile_worker.jobs where locked_at is not null or (attempts = 0 and run_at <= now())`;
  await until(async () => (await house.db.one<{ n: number }>(due)).n === 0, {
    timeoutMs: 60_000,
    what: 'what follows to have been tried',
  });
}

describe('a privileged action is refused, leaves nothing behind, and works again by itself', () => {
  const unwritten = /^(audit\.not_recorded|database\.cannot_write)$/;

  test('while the log refuses every row', async () => {
    await refusedWhile(
      {
        break: () => admin.query('alter table audit_event add constraint nothing_goes_in check (false) not valid'),
        mend: () => admin.query('alter table audit_event drop constraint nothing_goes_in'),
      },
      /^audit\.not_recorded$/,
    );
    await worksAgain();
  });

  test('while Reeve has lost its right to write the log', async () => {
    const { rows } = await admin.query<{ owner: string }>(
      `select tableowner as owner from pg_tables where tablename = 'audit_event'`,
    );
    const owner = rows[0]?.owner ?? '';
    await refusedWhile(
      {
        break: async () => {
          await admin.query('alter table audit_event owner to current_user');
          await admin.query(`grant select on audit_event to ${owner}`);
        },
        mend: () => admin.query(`alter table audit_event owner to ${owner}`),
      },
      unwritten,
    );
    await worksAgain();
  });

  test('while somebody holds the log, which is not waited for without end', async () => {
    await refusedWhile(
      {
        break: async () => {
          await admin.query('begin');
          await admin.query('lock table audit_event in share mode');
        },
        mend: () => admin.query('rollback'),
      },
      unwritten,
    );
    await worksAgain();
  });

  test('while the database may only be read, as a standby is', async () => {
    const name = new URL(house.databaseUrl).pathname.slice(1);
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`;
    await refusedWhile(
      {
        break: async () => {
          await admin.query(`alter database ${name} set default_transaction_read_only = on`);
          await admin.query(cut);
        },
        mend: async () => {
          await admin.query(`alter database ${name} reset default_transaction_read_only`);
          await admin.query(cut);
        },
      },
      /^(audit\.not_recorded|database\.(cannot_write|unreachable))$/,
    );
    await worksAgain();
  });

  test('while the disk of the log is full', async (ctx) => {
    const disk = await logOnSmallDisk(admin);
    if (typeof disk === 'string') return ctx.skip(`no small disk: ${disk}`);
    try {
      await refusedWhile({ break: () => disk.fill(), mend: () => disk.free() }, unwritten);
      await worksAgain();
    } finally {
      await disk.remove();
    }
  });

  test('and who had a session open has it still, since the database was there all the while', () => {
    expect(open.kill.aborted).toBe(false);
  });

  const gone = /^database\.(unreachable|busy)$/;

  test('while nobody answers at the address of the database', async () => {
    await refusedWhile({ break: () => relay.break('refused'), mend: () => relay.mend() }, gone);
    await worksAgain();
  });

  test('while the database takes everything and says nothing', async () => {
    await refusedWhile({ break: () => relay.break('silent'), mend: () => relay.mend() }, gone);
    await worksAgain();
  });
});

test('a session whose gateway is cut off from the database ends within eight seconds, and is on record once it can be', async () => {
  const ticket = await opened();
  await new Promise((done) => setTimeout(done, 500)); // it is looked at once more right after it opened
  await relay.break('refused');
  const cutOff = performance.now();
  ticket.event({ atMs: 5, type: 'exec', detail: 'id' });
  await until(() => ticket.kill.aborted, { timeoutMs: 12_000, what: 'the session to be ended' });
  expect(performance.now() - cutOff).toBeGreaterThan(3_500);
  expect(performance.now() - cutOff).toBeLessThan(8_900);
  expect(ticket.kill.reason).toBe('Reeve could not tell whether the access still holds');
  const ended = ticket.ended({ reason: String(ticket.kill.reason), bytesIn: 1, bytesOut: 2 });
  await relay.mend();
  await ended;
  const { data } = await house.db.one<{ data: Record<string, unknown> }>(
    sql`select data from audit_event where type = 'use.ended' and data->>'useId' = ${ticket.sessionId}`,
  );
  expect(data).toMatchObject({
    because: 'Reeve could not tell whether the access still holds',
    commands: 1,
    recordingHead: expect.any(String) as string,
  });
  const row = await house.db.one(sql`
    select s.state, (select count(*)::int from session_event e where e.session_id = s.id) as events
      from session s where s.id = ${ticket.sessionId}`);
  expect(row).toEqual({ state: 'ended', events: 1 });
});

test('a session whose record somebody closed, taking its gateway for dead, does not go on unseen', async () => {
  const ticket = await opened();
  await house.db.run(sql`
    update session set state = 'ended', ended_at = ${house.clock.now()}, ended_because = 'its gateway died'
     where id = ${ticket.sessionId}`);
  await until(() => ticket.kill.aborted, { timeoutMs: 8_000, what: 'the session to be ended' });
  expect(ticket.kill.reason).toMatch(/its record was closed/);
  await ticket.ended({ reason: String(ticket.kill.reason), bytesIn: 0, bytesOut: 0 });
});
