import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Logon } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { ADMIN_ROLES, createIdentity, registerSystem, startGrant } from '#spine/graph/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';
import { unexplained } from './lookout/explain-logons.ts';
import { claimDue, keepProblem } from './lookout/store.ts';
import { notTold, tellLogons } from './lookout/tell-logons.ts';

let house: GuardedHouse;
let systemId: string;
let accountId: string;
const who: Record<string, string> = {};

beforeAll(async () => {
  house = await guardedHouse();
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    for (const [name, role] of [
      ['admin', 'administrator'],
      ['owner', undefined],
    ] as const) {
      const { id } = await createIdentity(ctx, permit, {
        kind: 'person',
        facts: { displayName: name, username: name },
      });
      who[name] = id;
      if (role !== undefined)
        await startGrant(ctx, permit, {
          identityId: id,
          entitlementId: ADMIN_ROLES[role],
          origin: 'admin',
          reason: 'test',
        });
    }
    const system = await registerSystem(ctx, permit, {
      name: 'web1',
      kind: 'linux',
      host: '198.51.100.11',
      port: 22,
      ownerId: who['owner'],
    });
    systemId = system.id;
    accountId = newId();
    await ctx.tx.run(sql`insert into account (id, system_id, native_id, name, identity_id, valid_from)
      values (${accountId}, ${systemId}, 'deploy', 'deploy', ${who['owner'] ?? ''}, ${ctx.now})`);
  });
});
afterAll(() => house?.close());

const set = (input: object): Promise<{ gateways: string[]; parts: { name: string }[] }> =>
  house.perform('isolation.set', { systemId, ...input }, who['admin'] ?? '');
const logon = (account: string, from: string, how = 'publickey SHA256:abc'): Logon => ({
  account,
  from,
  how,
  at: house.clock.now().toISOString(),
});
const GATEWAY = '198.51.100.1';
const STRANGER = '198.51.100.77';
const known = () => ({
  systemId,
  gateways: [GATEWAY],
  exemptions: [{ account: 'breakglass', address: '198.51.100.9' }],
  own: ['reeve'],
});
const judge = async (...logons: readonly Logon[]): Promise<string[]> =>
  (await house.db.tx((tx) => unexplained(tx, known(), logons))).map(
    ({ account, from, exempt }) => `${account} ${from}${exempt ? ' exempt' : ''}`,
  );

describe('who may reach a system', () => {
  test.each([
    [{ gateways: ['gateway.example'] }, 'gateways'],
    [{ gateways: ['0.0.0.0/0'] }, 'gateways'],
    [{ gateways: [`${GATEWAY} }`] }, 'gateways'],
    [{ exemptions: ['breakglass'] }, 'exemptions'],
    [{ exemptions: ['breakglass@bastion.example'] }, 'exemptions'],
    [{ exemptions: ['a b@198.51.100.9'] }, 'exemptions'],
    [{ gateways: ['10.0.0.5/8'] }, 'gateways'],
    [{ gateways: ['2001:db8::1/32'] }, 'gateways'],
    [{ exemptions: ['breakglass@198.51.100.9/28'] }, 'exemptions'],
    [{ everySeconds: 31 }, 'everySeconds'],
  ])('%j is refused, and the field is named', async (input, field) => {
    await expect(set(input)).rejects.toMatchObject({ errors: [{ pointer: expect.stringContaining(`/${field}`) }] });
  });

  test('where nothing was said the addresses gateways announced hold, and where none is known nothing is shown to be put there', async () => {
    const show = (): Promise<{ gateways: string[]; parts: unknown[] }> =>
      house.perform('isolation.show', { systemId }, who['admin'] ?? '');
    expect(await show()).toMatchObject({ gateways: ['127.0.0.1'] });
    await house.db.run(sql`delete from ssh_gateway`);
    expect(await show()).toMatchObject({ gateways: [], parts: [] });
  });

  test('what is not named stays as it was', async () => {
    await set({ gateways: [GATEWAY], exemptions: ['breakglass@198.51.100.9'], everySeconds: 20 });
    expect(await set({ everySeconds: 10 })).toMatchObject({
      gateways: [GATEWAY],
      exemptions: ['breakglass@198.51.100.9'],
      everySeconds: 10,
      parts: [{ name: 'sshd' }, { name: 'nftables' }],
    });
  });
});

test.each([
  ['log_ons_are_looked_for_within_half_a_minute', sql`update isolation set every_seconds = 31`],
  ['proof_state_is_known', sql`update isolation set proof_state = 'maybe', proof_at = now()`],
  ['proof_says_when', sql`update isolation set proof_state = 'proved'`],
  ['proof_is_a_list_of_checks', sql`update isolation set proof = '{}'`],
  ['blind_lookout_says_why', sql`update lookout set blind_since = now()`],
  ['lookout_is_claimed_by_a_node', sql`update lookout set claimed_until = now()`],
])('the database keeps %s', async (constraint, statement) => {
  await expect(house.db.run(statement)).rejects.toThrow(constraint);
});

describe('a log-on', () => {
  test('from elsewhere than a gateway is past Reeve, of Reeve’s own account too', async () => {
    expect(await judge(logon('root', STRANGER), logon('reeve', STRANGER), logon('reeve', GATEWAY))).toEqual([
      `root ${STRANGER}`,
      `reeve ${STRANGER}`,
    ]);
  });

  test('from a gateway is past Reeve where no session, rotation or check is about it', async () => {
    expect(await judge(logon('deploy', GATEWAY))).toEqual([`deploy ${GATEWAY}`]);
  });

  test('that is exempt is known as such', async () => {
    expect(await judge(logon('breakglass', '198.51.100.9'), logon('breakglass', STRANGER))).toEqual([
      'breakglass 198.51.100.9 exempt',
      `breakglass ${STRANGER}`,
    ]);
  });

  test('is explained by a check that is due or was just made, and by none that is long overdue', async () => {
    const secret = newId();
    await house.db.run(sql`insert into secret (id, name, kind, purpose, system_id, account_id)
      values (${secret}, 'accounts/web1/deploy', 'password', 'account', ${systemId}, ${accountId})`);
    const check = (checked: number, next: number): Promise<number> =>
      house.db.run(sql`
        insert into credential_check (secret_id, state, checked_at, since, next_at)
        values (${secret}, 'works', ${seconds(checked)}, ${seconds(checked)}, ${seconds(next)})
        on conflict (secret_id) do update set checked_at = excluded.checked_at, next_at = excluded.next_at`);
    const seconds = (from: number): Date => new Date(house.clock.now().getTime() + from * 1000);
    await check(-86_400, -30);
    expect(await judge(logon('deploy', GATEWAY))).toEqual([]);
    await check(-10, 86_400);
    expect(await judge(logon('deploy', GATEWAY))).toEqual([]);
    await check(-86_400, 86_400);
    expect(await judge(logon('deploy', GATEWAY))).toEqual([`deploy ${GATEWAY}`]);
    await check(-86_400, -3_600);
    expect(await judge(logon('deploy', GATEWAY))).toEqual([`deploy ${GATEWAY}`]);
    await house.db.run(sql`delete from credential_check where secret_id = ${secret}`);
  });

  test('of a session is explained from the gateway, and not from elsewhere while it runs', async () => {
    const id = newId();
    await house.db.run(sql`
      insert into session (id, identity_id, account_id, system_id, grant_ids, protocol, node, client_address, client_version, started_at, seen_at, recorded)
      values (${id}, ${who['owner'] ?? ''}, ${accountId}, ${systemId}, ${sql.array([newId()])}::uuid[], 'ssh', 'here', '203.0.113.2', '', ${house.clock.now()}, ${house.clock.now()}, true)`);
    expect(await judge(logon('deploy', GATEWAY), logon('deploy', STRANGER))).toEqual([`deploy ${STRANGER}`]);
    await house.db.run(sql`delete from session where id = ${id}`);
  });

  test('past Reeve is told once: on the record, in the queue, and to whoever owns the system', async () => {
    const past = [
      { ...logon('root', STRANGER), exempt: false },
      { ...logon('breakglass', '198.51.100.9'), exempt: true },
    ];
    expect(await house.db.tx((tx) => notTold(tx, systemId, past))).toHaveLength(2);
    await house
      .as('isolation')
      .act({ action: 'isolation.keep' }, (ctx, permit) => tellLogons(ctx, permit, { systemId, logons: past }));
    expect(await house.db.tx((tx) => notTold(tx, systemId, past))).toEqual([]);
    const told = await house.db.many(sql`
      select type from audit_event where type in ('discovery.used_outside', 'isolation.exemption_used', 'finding.opened', 'notice.wanted') order by type`);
    expect(told.map((row) => (row as { type: string }).type)).toEqual([
      'discovery.used_outside',
      'finding.opened',
      'isolation.exemption_used',
      'notice.wanted',
    ]);
    const listed = await house.perform<{ items: object[] }>('discovery.outside', {}, who['admin'] ?? '');
    expect(listed.items).toMatchObject([{ accountName: 'root', fromAddress: STRANGER }]);
    const queue = await house.perform<{ items: object[] }>('findings.list', { kind: 'past_reeve' }, who['admin'] ?? '');
    expect(queue.items).toMatchObject([
      { accountName: 'root', evidence: expect.stringContaining(`from ${STRANGER}`), severity: 'high', state: 'open' },
    ]);
  });
});

describe('looking for log-ons', () => {
  const claim = async (node: string): Promise<number> =>
    (await house.db.tx((tx) => claimDue(tx, node, house.clock.now(), 10))).length;

  test('stays with one node, and goes to another when that one falls silent', async () => {
    expect(await claim('one')).toBe(1);
    house.clock.advance(11_000);
    expect(await claim('two')).toBe(0);
    expect(await claim('one')).toBe(1);
    house.clock.advance(26_000);
    expect(await claim('two')).toBe(1);
  });

  test('is tried later and later where nothing can be read, and five minutes apart at most', async () => {
    const pause = async (): Promise<number> => {
      const now = house.clock.now();
      await keepProblem(house.db, { systemId, problem: 'no answer', now });
      const { nextAt } = await house.db.one<{ nextAt: Date }>(
        sql`select next_at from lookout where system_id = ${systemId}`,
      );
      house.clock.set(nextAt);
      await house.db.tx((tx) => claimDue(tx, 'two', nextAt, 10));
      return (nextAt.getTime() - now.getTime()) / 1000;
    };
    const pauses: number[] = [];
    for (let n = 0; n < 9; n += 1) pauses.push(await pause());
    expect(pauses).toEqual([10, 10, 20, 40, 80, 160, 300, 300, 300]);
  });
});
