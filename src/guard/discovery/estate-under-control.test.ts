/** Found, answered, gone: two real hosts, looked at over SSH, with everything that can be said about what was found. */
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { connectors } from '#connectors/index.ts';
import { discoveryModule } from './index.ts';
import { rotationModule } from '#guard/rotation/index.ts';
import { vaultModule } from '#guard/vault/index.ts';
import { sql } from '#kit/db/index.ts';
import { startEstate, type Estate } from '#lab/estate/start-estate.ts';
import {
  ADMIN_ROLES,
  createIdentity,
  graphModule,
  linkAccount,
  requireSystem,
  startGrant,
} from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';

const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};

interface Finding {
  readonly id: string;
  readonly accountName: string;
  readonly kind: string;
  readonly source: string;
  readonly power: boolean;
  readonly severity: string;
  readonly reason: string;
  readonly state: string;
  readonly ownerName: string | null;
  readonly underway: string | null;
  readonly problem: string | null;
}
interface Scores {
  readonly percent: number | null;
  readonly systems: readonly { systemName: string; percent: number | null; findings: number; owned: number }[];
  readonly trend: readonly { day: string; percent: number }[];
}

let estate: Estate | undefined;
let house: House | undefined;
let admin = '';
let person = '';
const ids = new Map<string, string>();

beforeAll(async () => {
  estate = await startEstate({ hosts: ['web1', 'jump1'], servers: [] });
  if (estate.targets.size < 2) return;
  const targets = estate.targets;
  const registry = connectors({ exchangeDir: '/nonexistent' });
  house = await testHouse(({ db, keys, decide }) => {
    const edges = {
      keys,
      decide,
      targets: {
        use: async <T>(
          systemId: string,
          work: Parameters<Parameters<typeof discoveryModule>[0]['targets']['use']>[1],
        ): Promise<T> => {
          const { name } = await db.tx((tx) => requireSystem(tx, systemId));
          const target = targets.get(name);
          const connector = registry.get('linux');
          if (target === undefined || connector === undefined) throw new Error(`no target ${name}`);
          return (await work(connector, { systemId, ...target })) as T;
        },
      },
    };
    return [graphModule, vaultModule({ keys }), discoveryModule(edges), rotationModule(edges), arrange];
  });
  const make = (name: string, role?: string): Promise<string> =>
    (house as House).as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
      const { id } = await createIdentity(ctx, permit, {
        kind: 'person',
        facts: { displayName: name, username: name },
      });
      if (role !== undefined)
        await startGrant(ctx, permit, { identityId: id, entitlementId: role, origin: 'admin', reason: 'test' });
      return id;
    });
  admin = await make('admin', ADMIN_ROLES.administrator);
  person = await make('karl');
  house.clock.set(new Date());
  for (const name of estate.targets.keys()) {
    const { id } = await house.perform<{ id: string }>('systems.connect', { name, kind: 'linux' }, admin);
    ids.set(name, id);
    await house.perform('discovery.read', { id }, admin);
  }
  await house.settle(60_000);
});
afterAll(async () => {
  await house?.close();
  await estate?.stop();
});

function open(context: TestContext): House {
  if (house === undefined) return context.skip(estate?.skipped.join('; ') ?? 'no hosts');
  return house;
}
const look = async (on: House, name: string): Promise<void> => {
  on.clock.advance(1_000);
  await on.perform('discovery.look', { id: ids.get(name) }, admin);
  await on.settle(60_000);
};
const found = async (on: House, filter: Record<string, unknown>): Promise<readonly Finding[]> =>
  (await on.perform<{ items: Finding[] }>('findings.list', { limit: 500, ...filter }, admin)).items;
const one = async (on: House, name: string, account: string, kind: string, state = 'open'): Promise<Finding> => {
  const [first] = await found(on, { systemId: ids.get(name), account, kind, state });
  if (first === undefined) throw new Error(`no ${state} finding ${kind} of ${account} on ${name}`);
  return first;
};
const looksOf = async (on: House, name: string): Promise<readonly { whole: boolean; spared: number | null }[]> =>
  (
    await on.perform<{ items: { whole: boolean; spared: number | null }[] }>(
      'discovery.looks',
      { systemId: ids.get(name) },
      admin,
    )
  ).items;
const estateOf = (on: House): Promise<Scores> => on.perform<Scores>('discovery.estate', {}, admin);

describe('the privileged estate', { timeout: 120_000 }, () => {
  it('is told once, however often it is looked at, and says the worst first', async (context) => {
    const on = open(context);
    await look(on, 'web1');
    await look(on, 'jump1');
    const first = await found(on, {});
    expect(first.length).toBeGreaterThan(15);
    expect(first[0]?.severity).toBe('critical');
    const schedule = { id: ids.get('jump1'), everySeconds: 86_400, wholeEverySeconds: 0 };
    expect(await on.perform('discovery.scheduleLooks', schedule, admin)).toEqual(schedule);
    await look(on, 'web1');
    await look(on, 'jump1');
    // The second look at web1 read only what had changed; jump1 is looked at whole every time.
    expect(await looksOf(on, 'web1')).toMatchObject([{ whole: false }, { whole: true, spared: 0 }]);
    expect((await looksOf(on, 'web1'))[0]?.spared).toBeGreaterThan(0);
    expect(await looksOf(on, 'jump1')).toMatchObject([
      { whole: true, spared: 0 },
      { whole: true, spared: 0 },
    ]);
    expect(await found(on, {})).toEqual(first.map((row) => ({ ...row, lastSeenAt: expect.anything() as unknown })));
    const events = await on.db.many<{ n: number }>(
      sql`select count(*)::int as n from audit_event where type = 'finding.opened' group by data->>'findingId'`,
    );
    expect(events.every(({ n }) => n === 1)).toBe(true);
  });

  it('what a look says of an account, a reading does not say again', async (context) => {
    const on = open(context);
    const all = await found(on, {});
    const byLook = new Set(
      all.filter(({ source, power }) => source !== 'reading' && power).map(({ accountName }) => accountName),
    );
    const byReading = all.filter(({ source }) => source === 'reading');
    expect(byReading.filter(({ kind, accountName }) => kind === 'privileged' && byLook.has(accountName))).toEqual([]);
    expect((await found(on, { state: 'gone', kind: 'privileged' })).length).toBeGreaterThan(3);
    await on.perform('discovery.read', { id: ids.get('web1') }, admin);
    await on.settle(60_000);
    expect((await found(on, {})).map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  });

  it('keeps no value of a secret that was found', async (context) => {
    const on = open(context);
    expect((await one(on, 'web1', 'www-data', 'secret_in_file')).reason).toContain('/var/www/app/.env');
    const everything = await on.db.many<{ row: string }>(sql`
      select f::text as row from finding f union all select data::text from audit_event union all select l::text from privilege_look l union all select p::text from privilege_schedule p`);
    for (const { row } of everything)
      for (const secret of ['k3Yb0ard-Cat-91', 'wJalrXUtnFEMI', 'AKIAQ7R3MZ2KLPW5TGHB'])
        expect(row).not.toContain(secret);
  });

  it('shows the way from an ordinary account to root of another host, through which key', async (context) => {
    const on = open(context);
    const graph = await on.perform<{
      ways: { from: string; to: string; steps: { by: string; fingerprint: string | null }[] }[];
    }>('discovery.keys', {}, admin);
    const way = graph.ways.find(
      ({ from, to }) => from === `${ids.get('jump1')}/hugo` && to === `${ids.get('web1')}/root`,
    );
    expect(way?.steps).toEqual([
      expect.objectContaining({ by: 'key', fingerprint: expect.stringMatching(/^SHA256:/u) }),
    ]);
  });

  it('accepted for a time, a path is under control until the time is over', async (context) => {
    const on = open(context);
    const before = await estateOf(on);
    const { id } = await one(on, 'web1', 'toor', 'uid_zero');
    await expect(
      on.perform(
        'findings.accept',
        { id, because: 'x', until: new Date(on.clock.now().getTime() - 1_000).toISOString() },
        admin,
      ),
    ).rejects.toMatchObject({ code: 'input.invalid' });
    await on.perform(
      'findings.accept',
      { id, because: 'kept for the old backup', until: new Date(on.clock.now().getTime() + 3_600_000).toISOString() },
      admin,
    );
    const accepted = await estateOf(on);
    expect(accepted.percent ?? 0).toBeGreaterThan(before.percent ?? 0);
    await look(on, 'web1');
    expect((await one(on, 'web1', 'toor', 'uid_zero', 'accepted')).id).toBe(id);
    on.clock.advance(7_200_000);
    await on.tasks['discovery.look_tick']?.(
      {},
      { id: '0', name: 'tick', attempt: 1, maxAttempts: 1, signal: new AbortController().signal },
    );
    expect((await one(on, 'web1', 'toor', 'uid_zero')).id).toBe(id);
    await on.settle(60_000);
  });

  it('an owner answers for all that is found about an account', async (context) => {
    const on = open(context);
    const { id } = await one(on, 'jump1', 'deploybot', 'sudo');
    await on.perform('findings.assignOwner', { id, owner: 'karl', because: 'runs the deployments' }, admin);
    expect((await one(on, 'jump1', 'deploybot', 'sudo')).ownerName).toBe('karl');
    expect((await estateOf(on)).systems.find(({ systemName }) => systemName === 'jump1')?.owned).toBeGreaterThan(0);
  });

  it('removed, a rule is off the host and the finding is gone when a look says so', async (context) => {
    const on = open(context);
    const { id } = await one(on, 'web1', 'ben', 'sudo');
    await on.perform('findings.remove', { id, because: 'nobody needs it' }, admin);
    await on.settle(60_000);
    expect(await on.perform('findings.show', { id }, admin)).toMatchObject({ state: 'gone' });
    expect((await estate?.hosts.get('web1')?.exec('cat /etc/sudoers.d/*'))?.stdout).not.toContain('ben ALL');
  });

  it('what no operation takes away says how it is done by hand', async (context) => {
    const on = open(context);
    const { id } = await one(on, 'jump1', 'root', 'trusted_host');
    await expect(on.perform('findings.remove', { id, because: 'no' }, admin)).rejects.toMatchObject({
      code: 'finding.removed_by_hand',
      fix: expect.stringContaining('.rhosts') as unknown,
    });
  });

  it('taken into the vault, the account has a new credential that logs in, and what rests on it is under control', async (context) => {
    const on = open(context);
    const { id } = await one(on, 'jump1', 'lars', 'sudo');
    const before = await estateOf(on);
    await on.perform('findings.vault', { id }, admin);
    await on.settle(60_000);
    const [secret] = await on.db.many<{ currentVersion: number | null }>(
      sql`select s.current_version from secret s join account a on a.id = s.account_id where a.name = 'lars'`,
    );
    expect(secret?.currentVersion).toBe(1);
    expect((await estateOf(on)).percent ?? 0).toBeGreaterThan(before.percent ?? 0);
  });

  it('made just-in-time, standing privilege is a grant of its owner with an end', async (context) => {
    const on = open(context);
    const { id } = await one(on, 'web1', 'chloe', 'sudo');
    await expect(on.perform('findings.makeTimed', { id, because: 'seldom needed' }, admin)).rejects.toMatchObject({
      code: 'finding.nobodys_account',
    });
    await on.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
      const { id: accountId } = await ctx.tx.one<{ id: string }>(sql`select id from account where name = 'chloe'`);
      await linkAccount(ctx, permit, { accountId, identityId: person, because: 'test' });
    });
    await expect(on.perform('findings.makeTimed', { id, because: 'seldom needed' }, admin)).rejects.toMatchObject({
      code: 'finding.nobody_answers',
    });
    await on.perform('findings.assignOwner', { id, owner: person, because: 'runs the web' }, admin);
    const made = await on.perform<{ grantId: string }>(
      'findings.makeTimed',
      { id, hours: 2, because: 'seldom needed' },
      admin,
    );
    expect(
      await on.db.one(sql`select origin, valid_to is not null as ends from access_grant where id = ${made.grantId}`),
    ).toEqual({ origin: 'jit', ends: true });
  });

  it('a log-on that no session of Reeve explains is told once', async (context) => {
    const on = open(context);
    const host = estate?.hosts.get('web1');
    const stamp = new Date(on.clock.now().getTime() - 60_000).toISOString();
    await host?.exec(
      `echo '${stamp} web1 sshd[7]: Accepted publickey for root from 192.0.2.9 port 50022 ssh2: ED25519 SHA256:abc' >>/var/log/auth.log`,
    );
    await look(on, 'web1');
    await look(on, 'web1');
    const { items } = await on.perform<{ items: { accountName: string; fromAddress: string }[] }>(
      'discovery.outside',
      {},
      admin,
    );
    expect(items.filter(({ fromAddress }) => fromAddress === '192.0.2.9')).toEqual([
      expect.objectContaining({ accountName: 'root' }),
    ]);
  });

  it('a sweep of loopback finds the hosts, and knows which of them nobody has connected', async (context) => {
    const on = open(context);
    const target = estate?.targets.get('web1');
    await expect(on.perform('discovery.sweep', { ranges: ['8.8.8.0/24'] }, admin)).rejects.toMatchObject({
      code: 'input.invalid',
    });
    await on.perform('discovery.sweep', { ranges: [`${target?.host}/32`], ports: [target?.port, 9] }, admin);
    await on.settle(60_000);
    const { items } = await on.perform<{ items: Record<string, unknown>[] }>(
      'discovery.services',
      { unknown: true },
      admin,
    );
    expect(items).toEqual([
      expect.objectContaining({ address: target?.host, port: target?.port, service: 'ssh', systemName: null }),
    ]);
  });

  it('nobody who is not an officer sees any of it', async (context) => {
    const on = open(context);
    await expect(on.perform('findings.list', {}, person)).rejects.toMatchObject({ status: 403 });
  });
});
