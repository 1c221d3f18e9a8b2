import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { carryOutDue } from '#guard/jit/index.ts';
import { sql } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { makeSshKey, runCommand, startHosts, startPostgres, type LabHosts, type LabPostgres } from '#lab/index.ts';
import { sshUser } from '#lab/reeve/ssh-user.ts';
import { ADMIN_ROLES, createIdentity, putEntitlement, startGrant } from '#spine/graph/index.ts';
import { generateCompany, PERSON_COLUMNS } from '#test/fixtures/company/index.ts';
import { guardedHouse, type GuardedHouse } from '#test/harness/guarded-house.ts';
import { registerKey } from '#test/harness/register-key.ts';

const hasClient = existsSync('/usr/bin/psql');
if (!hasClient) console.log('SKIP one verdict on every path: psql is not installed (postgresql-client)');

const MODES = ['record', 'warn', 'enforce'] as const;
type Mode = (typeof MODES)[number];
const OUTCOME = { record: 'recorded', warn: 'warned', enforce: 'blocked' } as const;
const RULE = 'Change orders and report on them';
const HOUR = 3_600_000;

let house: GuardedHouse;
let orders: LabPostgres;
let hosts: LabHosts;
let admin: string;
let officer: string;
let ruleId = '';
const systems: Record<string, string> = {};
/** Entitlements: `dba` contains `shop_write` two groups down; `svc_report` is a shared account that holds `reporting`. */
const what: Record<string, string> = {};
const who: Record<string, string> = {};
const id = (of: Record<string, string>, name: string): string => {
  const found = of[name];
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

/** One way by which access comes: brings the second side to somebody who holds the first. */
interface Path {
  readonly way: string;
  /** What comes by it; everybody has the first side on the database. */
  readonly brings: 'reporting' | 'sudo';
  /** Before there is any rule. */
  readonly prepare?: (person: string, mode: Mode) => Promise<unknown>;
  readonly bring: (person: string, mode: Mode) => Promise<unknown>;
}

const psql = async (statement: string): Promise<string> => {
  const { code, stdout, stderr } = await runCommand('psql', ['-XAtc', statement], {
    env: { PATH: '/usr/bin:/bin', ...orders.env() },
  });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
};
const reports = async (person: string): Promise<boolean> =>
  (await psql(`select pg_has_role('${person}', 'reporting', 'member')`)) === 't';
const give = (person: string, entitlement: string, more: Record<string, unknown> = {}): Promise<{ id: string }> =>
  house.perform(
    'grants.give',
    { identity: id(who, person), entitlementId: id(what, entitlement), because: 'test', ...more },
    admin,
  );
/** Code of the refusal, or undefined where it went through. */
const refusalOf = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof AppError) return error.code;
      throw error;
    },
  );
const nameOf = (way: string, mode: string): string => `${way}_${mode}`;
const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
const departments = new Map<string, string>();
async function deliver(): Promise<void> {
  house.clock.advance(1_000);
  const template = generateCompany({ today: dayOf(house.clock.now()) }).person('lena');
  const rows = [...departments].map(([username, department], i) => ({
    ...template,
    employee_id: `F${i}`,
    email: `${username}@larkspur.example`,
    username,
    department,
    manager_employee_id: '',
    status: 'active',
    start_date: '2025-01-01',
    end_date: '',
  }));
  const content = [PERSON_COLUMNS.join(','), ...rows.map((r) => PERSON_COLUMNS.map((c) => r[c]).join(','))].join('\n');
  const run = await house.perform<{ state: string; problems: unknown; heldBecause: unknown }>(
    'sources.feed',
    { source: 'hr', content: `${content}\n` },
    admin,
  );
  expect(run.state, JSON.stringify(run)).toBe('applying');
  await house.settle(60_000);
}

const PATHS: readonly Path[] = [
  {
    way: 'request',
    brings: 'reporting',
    bring: async (person) => {
      const { request } = await house.perform<{ request: { id: string } }>(
        'requests.submit',
        { reason: 'test', lines: [{ entitlementId: id(what, 'reporting') }] },
        id(who, person),
      );
      for (const approver of ['boss', 'owner'])
        await refusalOf(house.perform('requests.approve', { id: request.id }, id(who, approver)));
    },
  },
  {
    way: 'birthright',
    brings: 'reporting',
    bring: async (person, mode) => {
      await house.perform(
        'birthrights.put',
        { name: `for ${person}`, condition: { department: [`Born ${mode}`] }, entitlementId: id(what, 'reporting') },
        admin,
      );
      await house.settle(60_000);
    },
  },
  {
    way: 'feed',
    brings: 'reporting',
    bring: async (person) => {
      departments.set(person, 'Moved');
      await deliver();
    },
  },
  {
    way: 'reconciliation',
    brings: 'reporting',
    bring: async (person) => {
      await psql(`grant reporting to ${person}`);
      house.clock.advance(60_000);
      await house.perform('discovery.read', { id: systems['orders'] }, admin);
      await house.settle(60_000);
      const found = await house.db.one<{ id: string }>(sql`
        select id from drift_case where identity_id = ${id(who, person)} and entitlement_id = ${id(what, 'reporting')} and state = 'open'`);
      await house.perform('drift.decide', { ids: [found.id], reaction: 'adopt', because: 'looked into it' }, admin);
      await house.settle(60_000);
    },
  },
  { way: 'direct', brings: 'reporting', bring: (person) => give(person, 'reporting') },
  {
    way: 'activation',
    brings: 'reporting',
    prepare: async (person, mode) => {
      const hours = MODES.indexOf(mode) + 1;
      await give(person, 'reporting', { from: new Date(house.clock.now().getTime() + hours * HOUR).toISOString() });
    },
    bring: async (person) => {
      const planned = await house.db.one<{ validFrom: Date }>(
        sql`select valid_from from access_grant where identity_id = ${id(who, person)} and not started`,
      );
      house.clock.set(planned.validFrom.toISOString());
      await carryOutDue(house.as('jit'));
      await house.settle(60_000);
    },
  },
  {
    way: 'session',
    brings: 'sudo',
    prepare: (person) => give(person, 'sudo'),
    bring: async (person) => {
      const key = await makeSshKey(`${person}@laptop`);
      await registerKey(house, id(who, person), key.publicKey);
      const ssh = sshUser({ port: house.gateway.address.port }, key.privateKey);
      const ran = await ssh.run(`${person}@web1`, ['sudo', '-n', 'id', '-u']);
      ssh.forget();
      if (ran.code === 0) expect(ran.out.trim()).toBe('0');
      else
        throw new AppError({
          code: /\((sod\.\w+)\)/.exec(ran.out + ran.err)?.[1] ?? ran.err,
          status: 409,
          detail: ran.err,
        });
    },
  },
];

/** What the log says of somebody's last verdict by a way. */
const judged = async (person: string, way: string): Promise<unknown> =>
  (
    await house.db.maybe<{ data: unknown }>(sql`
      select data from audit_event where type = 'sod.judged' and data->>'identityId' = ${id(who, person)} and data->>'way' = ${way}
       order by id desc limit 1`)
  )?.data;
const started = async (person: string, entitlement: string): Promise<number> =>
  (
    await house.db.one<{ n: number }>(sql`
      select count(*)::int as n from access_grant where identity_id = ${id(who, person)} and entitlement_id = ${id(what, entitlement)}
         and started and ended_because is null`)
  ).n;
const sessionsOf = async (person: string): Promise<number> =>
  (
    await house.db.one<{ n: number }>(
      sql`select count(*)::int as n from session where identity_id = ${id(who, person)}`,
    )
  ).n;

async function people(): Promise<void> {
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const made = async (username: string, facts: { department?: string; managerId?: string } = {}): Promise<void> => {
      const person = { displayName: username, username, ...facts };
      who[username] = (await createIdentity(ctx, permit, { kind: 'person', facts: person })).id;
    };
    for (const one of ['first_admin', 'officer', 'boss', 'owner']) await made(one);
    for (const { way } of PATHS.filter((p) => p.way !== 'feed'))
      for (const mode of [...MODES, 'apart'])
        await made(nameOf(way, mode), {
          managerId: id(who, 'boss'),
          ...(way === 'birthright' ? { department: `Born ${mode}` } : {}),
        });
    for (const one of ['violator', 'sharer']) await made(one);
    for (const [one, role] of [
      ['first_admin', 'administrator'],
      ['officer', 'security_officer'],
    ] as const)
      await startGrant(ctx, permit, {
        identityId: id(who, one),
        entitlementId: ADMIN_ROLES[role],
        origin: 'admin',
        reason: 'test',
      });
  });
  admin = id(who, 'first_admin');
  officer = id(who, 'officer');
}

async function targets(): Promise<void> {
  const web1 = hosts.get('web1');
  const connect = async (name: string, more: Record<string, unknown>): Promise<void> => {
    const { id: made } = await house.perform<{ id: string }>('systems.connect', { name, ...more }, admin);
    systems[name] = made;
    await house.perform('discovery.read', { id: made }, admin);
  };
  await connect('orders', {
    kind: 'postgres',
    host: orders.host,
    port: orders.port,
    settings: { database: 'shop' },
    pinned: [orders.tls === undefined ? 'tls:none' : `tls-sha256:${orders.tls.fingerprint256}`],
    username: orders.superuser.username,
    secret: { kind: 'password', value: orders.superuser.password },
  });
  await connect('web1', {
    kind: 'linux',
    host: web1.host,
    port: web1.port,
    pinned: [web1.hostKeyFingerprint],
    username: web1.management.username,
    secret: { kind: 'ssh_key', value: web1.management.privateKey },
  });
  await house.settle(60_000);
  const named = async (name: string, system: string, where: ReturnType<typeof sql>): Promise<void> => {
    const found = await house.db.one<{ id: string }>(
      sql`select id from entitlement where system_id = ${id(systems, system)} and valid_to is null and ${where}`,
    );
    what[name] = found.id;
  };
  for (const name of ['shop_write', 'dba', 'reporting', 'shop_read'])
    await named(name, 'orders', sql`name = ${name} and kind <> 'account'`);
  const shared = await house.db.one<{ id: string; nativeId: string }>(
    sql`select id, native_id from account where system_id = ${id(systems, 'orders')} and name = 'svc_report'`,
  );
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    // As discovery offers the use of an account that several people share.
    const offered = await putEntitlement(ctx, permit, {
      systemId: id(systems, 'orders'),
      kind: 'account',
      nativeId: `account:${shared.nativeId}`,
      name: 'use svc_report',
      accountId: shared.id,
    });
    what['svc_report'] = offered.id;
  });
  await named('sudo', 'web1', sql`native_id = 'sudo:ALL'`);
  await house.perform(
    'entitlements.describe',
    {
      id: id(what, 'reporting'),
      ownerId: id(who, 'owner'),
      description: 'Read what the reports are made of',
      requestable: true,
    },
    admin,
  );
}

describe.skipIf(!hasClient)('the same conflict, by whichever of the seven ways its second side comes', () => {
  beforeAll(async () => {
    [house, orders, hosts] = await Promise.all([guardedHouse(), startPostgres(), startHosts({ names: ['web1'] })]);
    await people();
    await targets();
    await house.perform('sources.put', { source: 'hr' }, admin);
    for (const mode of MODES) departments.set(nameOf('feed', mode), 'Desk');
    await deliver();
    for (const mode of MODES)
      who[nameOf('feed', mode)] = (
        await house.db.one<{ id: string }>(
          sql`select identity_id as id from identity_facts where username = ${nameOf('feed', mode)} and valid_to is null`,
        )
      ).id;
    await house.perform(
      'birthrights.put',
      { name: 'moved people report', condition: { department: ['Moved'] }, entitlementId: id(what, 'reporting') },
      admin,
    );
    for (const { way, prepare } of PATHS)
      for (const mode of MODES) {
        await give(nameOf(way, mode), 'dba');
        await prepare?.(nameOf(way, mode), mode);
      }
    await give('violator', 'dba');
    await give('violator', 'reporting');
    await house.settle(120_000);
  }, 240_000);
  afterAll(async () => {
    await house?.close();
    await Promise.allSettled([orders?.stop(), hosts?.stop()]);
  });

  for (const mode of MODES)
    test(`a rule that is to ${mode} it gives one verdict on all seven, and the log says so`, async () => {
      if (ruleId === '') {
        const functions = [
          { name: 'change orders', entitlementIds: [id(what, 'shop_write')] },
          { name: 'report on orders', entitlementIds: [id(what, 'reporting'), id(what, 'sudo')] },
        ];
        const rule = { name: RULE, severity: 'high', mode, functions };
        ruleId = (await house.perform<{ id: string }>('sod.createRule', rule, officer)).id;
      } else await house.perform('sod.changeRule', { rule: ruleId, mode }, officer);

      for (const { way, brings, bring } of PATHS) {
        const person = nameOf(way, mode);
        const refused = await refusalOf(bring(person, mode));
        await house.settle(60_000);
        expect(await judged(person, way), way).toEqual({
          identityId: id(who, person),
          way,
          outcome: OUTCOME[mode],
          conflicts: [
            {
              ruleId,
              rule: RULE,
              severity: 'high',
              mode,
              tolerated: false,
              sides: [
                { function: 'change orders', entitlementIds: [id(what, 'shop_write')] },
                { function: 'report on orders', entitlementIds: [id(what, brings)] },
              ],
            },
          ],
        });
        if (way === 'session') expect(await sessionsOf(person), way).toBe(mode === 'enforce' ? 0 : 1);
        else expect(await started(person, 'reporting'), way).toBe(mode === 'enforce' ? 0 : 1);
        if (way !== 'session' && way !== 'reconciliation') expect(await reports(person), way).toBe(mode !== 'enforce');
        const code = { request: 'request.conflict', direct: 'sod.conflict', session: 'sod.conflict' }[way];
        expect(refused, way).toBe(mode === 'enforce' ? code : undefined);
      }
    }, 240_000);

  test('enforced, it stops nothing else of those who violate it already', async () => {
    await give('violator', 'shop_read');
    await house.settle(60_000);
    expect(await started('violator', 'shop_read')).toBe(1);
    expect(await judged('violator', 'direct')).toBeUndefined();
    await expect(give('violator', 'svc_report')).resolves.toBeDefined();
  });

  test('at times apart the two sides do not meet, and moved together they do', async () => {
    const at = (hours: number): string => new Date(house.clock.now().getTime() + hours * HOUR).toISOString();
    await give('direct_apart', 'dba', { until: at(48) });
    await give('direct_apart', 'reporting', { from: at(48), until: at(72) });
    expect(await judged('direct_apart', 'direct')).toBeUndefined();
    expect(await refusalOf(give('request_apart', 'dba', { until: at(48) }))).toBeUndefined();
    expect(await refusalOf(give('request_apart', 'reporting', { from: at(47), until: at(72) }))).toBe('sod.conflict');
  });

  test('through a shared account it is found, with the account on the path', async () => {
    await give('sharer', 'dba');
    const { conflicts } = await house.perform<{
      conflicts: { sides: { function: string; access: { path: { kind: string; name: string }[] }[] }[] }[];
    }>('sod.check', { identity: 'sharer', proposed: [{ entitlementId: id(what, 'svc_report') }] }, officer);
    const paths = conflicts[0]?.sides.map((side) => side.access.map((a) => a.path.map((step) => step.name)));
    expect(paths?.[0]?.[0]).toEqual(expect.arrayContaining(['dba', 'shop_admin', 'shop_write']));
    expect(paths?.[1]?.[0]).toEqual(expect.arrayContaining(['svc_report', 'reporting']));
    expect(await refusalOf(give('sharer', 'svc_report'))).toBe('sod.conflict');
    expect(await judged('sharer', 'direct')).toMatchObject({ outcome: 'blocked', conflicts: [{ rule: RULE }] });
    expect(await started('sharer', 'svc_report')).toBe(0);
  });
});
