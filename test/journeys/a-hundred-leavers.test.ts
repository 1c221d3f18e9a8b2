import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Ticket } from '#gateways/port.ts';
import { gatewayPorts } from '#guard/sessions/index.ts';
import { hashToken } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { until } from '#kit/testing/index.ts';
import { createAuthenticator } from '#platform/signin/index.ts';
import { ADMIN_ROLES, createIdentity, startGrant } from '#spine/graph/index.ts';
import { generateCompany, PERSON_COLUMNS, type Person } from '#test/fixtures/company/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';
import { openAccount } from '#test/harness/open-account.ts';

const LEAVERS = 100;
const LIMIT_MS = 5_000;
const company = generateCompany({ today: '2026-03-02' });
const people = Array.from({ length: 2 * LEAVERS }, (_, i): Person => ({
  ...company.person('lena'),
  employee_id: `L${i}`,
  email: `p${i}@larkspur.example`,
  username: `p${i}`,
  manager_employee_id: '',
}));
const csvOf = (all: readonly Person[]): string =>
  `${[PERSON_COLUMNS.join(','), ...all.map((p) => PERSON_COLUMNS.map((c) => p[c]).join(','))].join('\n')}\n`;

/** What somebody has open when they leave. */
interface Open {
  readonly identityId: string;
  readonly username: string;
  readonly ticket: Ticket;
  readonly checkoutId: string;
}

let house: GuardedHouse;
let admin: string;
let open: Open[];

// Each try begins afresh: whom the try before made leave has nothing left that could end.
beforeEach(async () => {
  open = [];
  house = await guardedHouse();
  admin = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const made = await createIdentity(ctx, permit, {
      kind: 'person',
      facts: { displayName: 'First Administrator', username: 'first-admin' },
    });
    await startGrant(ctx, permit, {
      identityId: made.id,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    return made.id;
  });
  await house.perform(
    'sources.put',
    { source: 'hr', limits: { left: { percent: 100, free: LEAVERS, most: null } } },
    admin,
  );
  await house.perform('sources.feed', { source: 'hr', content: csvOf(people) }, admin);
  await house.settle(60_000);
  for (const { username } of people.slice(0, LEAVERS)) {
    const { id } = await house.db.one<{ id: string }>(
      sql`select identity_id as id from identity_facts where username = ${username} and valid_to is null`,
    );
    open.push(await everythingOpen(id, username));
  }
  await house.settle(60_000);
});
afterEach(() => house?.close());

/** A session, a checked-out secret, a sign-in and a token. */
async function everythingOpen(identityId: string, username: string): Promise<Open> {
  const system = `desk-${username}`;
  await openAccount(house, {
    system,
    host: '127.0.0.1',
    port: 22,
    hostKeyFingerprint: 'SHA256:none',
    account: username,
    privateKey: 'a key nobody uses here',
    holder: identityId,
  });
  const admission = await gatewayPorts(house.edges).admit({
    identityId,
    account: username,
    system,
    protocol: 'ssh',
    clientAddress: '127.0.0.1',
    clientVersion: 'test',
  });
  if (!admission.admitted) throw new Error(admission.message);
  const secret = await house.perform<{ id: string }>(
    'vault.create',
    { name: `people/${username}`, kind: 'password', value: 'never-shown' },
    admin,
  );
  await house.db.run(sql`update secret set owner_id = ${identityId} where id = ${secret.id}`);
  const { checkoutId } = await house.perform<{ checkoutId: string }>(
    'vault.checkOut',
    { id: secret.id, reason: 'looking' },
    identityId,
  );
  await house.db.run(sql`
    insert into signin (id, token_hash, identity_id, method, ends_at)
    values (${newId()}, ${hashToken(`rvs_${username}`)}, ${identityId}, 'passkey', ${house.clock.now()}::timestamptz + interval '1 hour')`);
  await house.db.run(sql`
    insert into api_token (id, token_hash, identity_id, name, scopes, created_at, ends_at)
    values (${newId()}, ${hashToken(`rv_${username}`)}, ${identityId}, 't', '{*}', ${house.clock.now()}, ${house.clock.now()}::timestamptz + interval '1 day')`);
  return { identityId, username, ticket: admission.ticket, checkoutId };
}

test('of a hundred who leave with one feed every session, lease and token has ended within five seconds', async () => {
  const authenticate = createAuthenticator(house.db, house.clock);
  const proves = async ({ username }: Open): Promise<boolean> => {
    const [signin, token] = await Promise.all([
      authenticate({ cookie: `rvs_${username}`, token: undefined, address: '127.0.0.1' }),
      authenticate({ cookie: undefined, token: `rv_${username}`, address: '127.0.0.1' }),
    ]);
    return signin !== undefined || token !== undefined;
  };
  for (const one of open) expect(await proves(one)).toBe(true);
  const ended = new Map<string, number>();
  const began = performance.now();
  for (const { ticket, identityId } of open)
    ticket.kill.addEventListener('abort', () => ended.set(`session ${identityId}`, performance.now() - began));
  const gone = people.map((p, i) => (i < LEAVERS ? { ...p, status: 'terminated' as const } : p));
  const run = await house.perform<{ state: string }>('sources.feed', { source: 'hr', content: csvOf(gone) }, admin);
  expect(run.state).toBe('applying');

  const notes = async (): Promise<boolean> => {
    const back = await house.db.many<{ identityId: string }>(sql`
      select distinct identity_id from secret_checkout where ended_at is not null`);
    for (const { identityId } of back) note(`lease ${identityId}`);
    // Up to the first whose proofs still hold: looking at all hundred again and again was a good part of the time measured.
    for (const one of open) {
      if (ended.has(`proof ${one.identityId}`)) continue;
      if (await proves(one)) break;
      note(`proof ${one.identityId}`);
    }
    return ended.size === 3 * LEAVERS;
  };
  const note = (what: string): void => void (ended.has(what) || ended.set(what, performance.now() - began));
  await until(notes, { timeoutMs: 30_000, what: 'everything of everybody to end' });
  const times = [...ended.values()].toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(times[Math.ceil(share * times.length) - 1] ?? Number.NaN);
  console.log(
    `${LEAVERS} leavers, 3 things each: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, all ${at(1)} ms after delivery`,
  );
  expect(at(0.99)).toBeLessThan(LIMIT_MS);
  for (const { ticket } of open) await ticket.ended({ reason: String(ticket.kill.reason), bytesIn: 0, bytesOut: 0 });
});
