import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enrolActor, invite, until, type Actor } from '#lab/demo/cast.ts';
import {
  ADDRESSES,
  makeSshKey,
  startHosts,
  startNetwork,
  startPostgres,
  whyNoNetwork,
  type CommandResult,
  type LabHost,
  type LabHosts,
  type LabNetwork,
  type LabPostgres,
  type NetworkPlace,
} from '#lab/index.ts';
import { sshUser, type SshUser } from '#lab/reeve/ssh-user.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';

/**
 * A client, a gateway with the whole of Reeve, a target with a real sshd and a real PostgreSQL, and a neighbour of the
 * target, each in a network of its own. What Reeve says the target is to be told is put there as it is said.
 */
const obstacle = await whyNoNetwork();
if (obstacle !== undefined) console.log(`SKIP only-the-gateway-reaches-it: ${obstacle}`);

let network: LabNetwork;
let reeve: Reeve;
let hosts: LabHosts;
let web1: LabHost;
let orders: LabPostgres;
let admin: Actor;
let lena: Actor;
let laptop: SshUser;
let token: string;
const ids = { web1: '', orders: '' };
const users: SshUser[] = [];

interface Shown {
  readonly gateways: string[];
  readonly parts: { name: string; file: string | null; text: string; apply: string[]; remove: string[] }[];
  readonly proof: { state: string | null; checks: { name: string; outcome: string; evidence: string }[] };
  readonly lookout: { lookedAt: string | null; blindSince: string | null; problem: string | null; leftOut: string[] };
}
interface Outside {
  readonly systemName: string;
  readonly accountName: string;
  readonly fromAddress: string;
  readonly at: string;
}

const FEED = `employee_id,first_name,last_name,preferred_name,email,username,company,department,org_unit,job_title,manager_employee_id,location,time_zone,employment_type,status,start_date,end_date,cost_centre
E1,Lena,Okafor,,lena@larkspur.example,lena,Larkspur,Operations,Operations,Engineer,,Berlin,Europe/Berlin,employee,active,2020-01-01,,CC-1
`;

/** A person who logs on directly, from a place, with a key or a password they have. */
function directly(place: NetworkPlace, privateKey: string): SshUser {
  const user = sshUser({ host: ADDRESSES.target, port: 22 }, privateKey, network.at(place));
  users.push(user);
  return user;
}
const sshFrom = (place: NetworkPlace, account: string, privateKey: string) =>
  directly(place, privateKey).run(account, ['id', '-un'], 8_000, ['-o', 'ConnectTimeout=1']);
const psqlFrom = (place: NetworkPlace, env: Readonly<Record<string, string>>): Promise<CommandResult> =>
  network.run(place, 'psql', ['-X', '-A', '-t', '-c', 'select current_user'], {
    env: { PATH: process.env['PATH'], PGCONNECT_TIMEOUT: '2', ...env },
    limit: 10_000,
  });
const show = (system: keyof typeof ids): Promise<Shown> => admin.get<Shown>(`/v1/systems/${ids[system]}/isolation`);
const part = async (system: keyof typeof ids, name: string): Promise<Shown['parts'][number]> => {
  const found = (await show(system)).parts.find((one) => one.name === name);
  if (found === undefined) throw new Error(`nothing is said of ${name} for ${system}`);
  return found;
};
const outside = async (system: string): Promise<Outside[]> =>
  (await admin.get<{ items: Outside[] }>('/v1/outside-logons?limit=100')).items.filter(
    (one) => one.systemName === system,
  );
const looked = async (system: keyof typeof ids): Promise<void> => {
  const begun = new Date().toISOString();
  await until(
    () => show(system),
    ({ lookout }) => (lookout.lookedAt ?? '') > begun,
    `a look at the log-ons of ${system}`,
    15_000,
  );
};
/** As its users run it, where they are. */
const reeveFrom = (place: NetworkPlace, args: readonly string[]): Promise<CommandResult> =>
  network.run(place, process.execPath, [join(import.meta.dirname, '../../bin/reeve'), ...args], {
    env: {
      PATH: process.env['PATH'],
      REEVE_URL: `http://${ADDRESSES.gatewayOutside}:${new URL(reeve.url).port}`,
      REEVE_TOKEN: token,
    },
    limit: 30_000,
  });
/** Puts a part on the host where it says, and does what it says is to be done. */
async function applyToHost(name: string): Promise<void> {
  const { file, text, apply } = await part('web1', name);
  const put = await web1.exec(`mkdir -p "$(dirname '${String(file)}')" && cat >'${String(file)}'`, { input: text });
  expect(put.stderr).toBe('');
  for (const command of apply) {
    const ran = await web1.exec(command.replace('systemctl reload ssh', 'kill -HUP "$(cat /run/sshd.pid)"'));
    expect(`${command}: ${ran.stderr}`).toBe(`${command}: `);
  }
}
const hba = (): string => join(orders.folder, 'data/pg_hba.conf');
const onServer = (statement: string): Promise<CommandResult> =>
  network.run('target', 'psql', ['-X', '-A', '-t', '-c', statement], {
    env: { PATH: process.env['PATH'], ...orders.env(), PGHOST: orders.folder, PGSSLMODE: 'disable' },
  });

async function start(): Promise<void> {
  network = await startNetwork();
  [reeve, hosts, orders] = await Promise.all([
    startReeve({
      before: network.at('gateway'),
      env: {
        REEVE_HTTP_HOST: '0.0.0.0',
        REEVE_SSH_HOST: '0.0.0.0',
        REEVE_POSTGRES_HOST: '0.0.0.0',
        REEVE_POSTGRES_PORT: '5470',
      },
    }),
    startHosts({ names: ['web1'], network: { name: network.name('target'), address: ADDRESSES.target } }),
    startPostgres({
      binaries: 'debian',
      plan: { name: 'orders', roles: [{ name: 'shop_read' }], databases: [] },
      address: ADDRESSES.target,
      network: network.name('target'),
    }),
  ]);
  web1 = hosts.get('web1');
  // As Debian ships it.
  await web1.exec(
    `mkdir -p /etc/ssh/sshd_config.d && sed -i '1i Include /etc/ssh/sshd_config.d/*.conf' /etc/ssh/sshd_config`,
  );
  await network.bringHere(Number(new URL(reeve.url).port), reeve.dataDir);
}

async function people(): Promise<void> {
  admin = await enrolActor(reeve.url, reeve.firstToken(), 'first-administrator', 'First Administrator');
  await admin.put('/v1/sources/hr', { timeZone: 'Europe/Berlin' });
  const run = await admin.post<{ id: string }>('/v1/sources/hr/feeds', { content: FEED });
  await until(
    () => admin.get<{ state: string }>(`/v1/runs/${run.id}`),
    ({ state }) => state !== 'applying',
    'the feed',
  );
  const { items } = await admin.get<{ items: { id: string }[] }>('/v1/identities?search=lena');
  lena = await invite(reeve.url, admin, items[0]?.id ?? '', 'lena');
  const key = makeSshKey('lena@laptop');
  const { certificate } = await lena.post<{ certificate: string }>('/v1/ssh-gateway/certificates', {
    publicKey: key.publicKey,
  });
  laptop = sshUser(
    { host: ADDRESSES.gatewayOutside, port: reeve.sshPort },
    key.privateKey,
    network.at('client'),
    certificate,
  );
  users.push(laptop);
  const day = new Date(Date.now() + 86_400_000).toISOString();
  ({ token } = await admin.post<{ token: string }>('/v1/tokens', { name: 'test', scopes: ['*'], endsAt: day }));
}

async function targets(): Promise<void> {
  ids.web1 = (
    await admin.post<{ id: string }>('/v1/systems', {
      name: 'web1',
      kind: 'linux',
      host: web1.host,
      port: web1.port,
      pinned: [web1.hostKeyFingerprint],
      username: web1.management.username,
      secret: { kind: 'ssh_key', value: web1.management.privateKey },
    })
  ).id;
  ids.orders = (
    await admin.post<{ id: string }>('/v1/systems', {
      name: 'orders',
      kind: 'postgres',
      host: orders.host,
      port: orders.port,
      pinned: [`tls-sha256:${orders.tls?.fingerprint256 ?? ''}`],
      username: orders.superuser.username,
      secret: { kind: 'password', value: orders.superuser.password },
    })
  ).id;
  await Promise.all(Object.values(ids).map((id) => admin.post(`/v1/systems/${id}/read`)));
  await until(
    () => admin.get<{ items: { state: string }[] }>('/v1/discovery/runs?limit=50'),
    ({ items }) => items.length >= 2 && items.every(({ state }) => state === 'done'),
    'reading the systems',
  );
  for (const [system, nativeId] of [
    [ids.web1, 'sudo:ALL'],
    [ids.orders, 'role:shop_read'],
  ] as const) {
    const { items } = await admin.get<{ items: { id: string; nativeId: string }[] }>(
      `/v1/entitlements?system=${system}&limit=500`,
    );
    const entitlementId = items.find((one) => one.nativeId === nativeId)?.id;
    await admin.post('/v1/grants', { identity: 'lena', entitlementId, because: 'test' });
  }
  await until(
    () => admin.get<{ items: { accountName: string; state: string }[] }>('/v1/rotations?limit=50'),
    ({ items }) => items.filter(({ accountName, state }) => accountName === 'lena' && state === 'done').length === 2,
    'her credentials',
    60_000,
  );
  const said = ['--gateways', ADDRESSES.gateway, '--exemptions', 'postgres@local', '--every-seconds', '1'];
  for (const name of Object.keys(ids)) {
    const ran = await reeveFrom('client', ['isolate', 'set', name, ...said]);
    expect([ran.stderr, ran.code]).toEqual(['', 0]);
  }
  await Promise.all([looked('web1'), looked('orders')]);
}

describe.skipIf(obstacle !== undefined)('only the gateway reaches it', () => {
  beforeAll(async () => {
    await start();
    await people();
    await targets();
  });
  afterAll(async () => {
    for (const user of users) user.forget();
    await Promise.allSettled([reeve?.stop(), hosts?.stop(), orders?.stop()]);
    await network?.stop();
  });

  const throughReeve = async (): Promise<[string, string]> => {
    const ssh = await laptop.run('lena@web1', ['id', '-un']);
    const issued = await lena.post<{ username: string; password: string; certificate: string }>(
      '/v1/gateway-passwords',
      {
        system: 'orders',
      },
    );
    const psql = await psqlFrom('client', {
      PGHOST: ADDRESSES.gatewayOutside,
      PGPORT: '5470',
      PGUSER: issued.username,
      PGPASSWORD: issued.password,
      PGDATABASE: 'postgres',
      PGSSLMODE: 'require',
    });
    return [ssh.out.trim() || ssh.err, psql.stdout.trim() || psql.stderr];
  };

  test('before anything is put there, whoever has a key or a password gets in from anywhere, and the proof says so', async () => {
    const root = web1.root.privateKey;
    expect((await sshFrom('client', 'root', root)).out).toBe('root\n');
    expect((await psqlFrom('client', orders.env())).stdout).toBe('postgres\n');
    const proved = await reeveFrom('client', ['isolate', 'prove', 'web1']);
    expect([proved.stderr, proved.code]).toEqual(['', 9]);
    for (const name of ['network', 'firewall', 'sshd_elsewhere', 'sshd_gateway'])
      expect(proved.stdout).toMatch(new RegExp(`failed +${name} `, 'u'));
    expect(proved.stdout).toMatch(/passed +through_reeve /u);
  });

  test('what Reeve says is put there as it is said: the client no longer gets there, and through Reeve it does', async () => {
    await applyToHost('nftables');
    await applyToHost('nftables'); // a second time it is the same
    await applyToHost('sshd');
    writeFileSync(hba(), `${(await part('orders', 'pg_hba')).text}${readFileSync(hba(), 'utf8')}`);
    await onServer('select pg_reload_conf()');
    const root = web1.root.privateKey;
    expect((await sshFrom('client', 'root', root)).err).toMatch(/timed out/u);
    expect((await psqlFrom('client', orders.env())).stderr).toMatch(/pg_hba.conf rejects connection/u);
    expect(await throughReeve()).toEqual(['lena', 'lena']);
    const shown = await Promise.all(
      (['web1', 'orders'] as const).map((system) => reeveFrom('client', ['isolate', 'prove', system])),
    );
    expect([shown[0]?.code, `${shown[0]?.stdout ?? ''}${shown[0]?.stderr ?? ''}`]).toEqual([
      0,
      expect.stringContaining('proved'),
    ]);
    expect(shown[0]?.stdout).not.toMatch(/failed|unknown/u);
    expect(shown[1]?.stdout).toMatch(/passed +hba_elsewhere /u);
  });

  test('past the firewall sshd refuses too, and a key left from another time opens nothing even from the gateway', async () => {
    await web1.exec('nft delete table inet reeve_isolation');
    expect((await sshFrom('neighbour', 'root', web1.root.privateKey)).err).toMatch(/Permission denied/u);
    expect((await sshFrom('gateway', 'root', web1.root.privateKey)).err).toMatch(/Permission denied/u);
    await applyToHost('nftables');
  });

  test('Reeve and who comes through it are no alert, and what is exempt is on the record only', async () => {
    await throughReeve();
    await onServer('select 1');
    await until(
      () => admin.get<{ items: object[] }>('/v1/audit/events?type=isolation.exemption_used'),
      ({ items }) => items.length > 0,
      'the exempt log-on on the record',
      15_000,
    );
    await Promise.all([looked('web1'), looked('orders')]);
    // From before the isolation: the two log-ons of the first test.
    expect((await outside('web1')).map(({ fromAddress }) => fromAddress)).toEqual([ADDRESSES.client]);
    expect((await outside('orders')).map(({ fromAddress }) => fromAddress)).toEqual([ADDRESSES.client]);
  });

  test('a log-on smuggled past Reeve from the target’s own network is told within a minute, and the isolation is found lost', async () => {
    await web1.exec(
      'nft delete table inet reeve_isolation; rm /etc/ssh/sshd_config.d/00-reeve-isolation.conf; kill -HUP "$(cat /run/sshd.pid)"',
    );
    writeFileSync(hba(), `hostssl all all ${ADDRESSES.neighbour}/32 scram-sha-256\n${readFileSync(hba(), 'utf8')}`);
    await onServer('select pg_reload_conf()');
    const at = performance.now();
    await until(
      () => sshFrom('neighbour', 'reeve', web1.management.privateKey),
      ({ out }) => out === 'reeve\n',
      'the smuggled log-on',
      10_000,
    );
    expect((await psqlFrom('neighbour', orders.env())).stdout).toBe('postgres\n');
    for (const [system, account] of [
      ['web1', 'reeve'],
      ['orders', 'postgres'],
    ] as const)
      await until(
        () => outside(system),
        (found) =>
          found.some(({ accountName, fromAddress }) => accountName === account && fromAddress === ADDRESSES.neighbour),
        `the log-on past Reeve on ${system}`,
        55_000,
      );
    expect(performance.now() - at).toBeLessThan(60_000);
    const queue = await admin.get<{ items: { systemName: string; accountName: string; evidence: string }[] }>(
      '/v1/findings?limit=200&kind=past_reeve',
    );
    for (const account of ['reeve@web1', 'postgres@orders'])
      expect(
        queue.items.some(
          ({ systemName, accountName, evidence }) =>
            `${accountName}@${systemName}` === account && evidence.includes(`from ${ADDRESSES.neighbour} at`),
        ),
        account,
      ).toBe(true);
    await reeveFrom('client', ['isolate', 'prove', 'web1']);
    const lost = await admin.get<{ items: { evidence: string }[] }>('/v1/findings?limit=200&kind=isolation_lost');
    expect(lost.items.map(({ evidence }) => evidence).join()).toMatch(
      /reeve_isolation.*from 192.0.2.1 may log on|from 192.0.2.1 may log on.*reeve_isolation/u,
    );
    for (const type of ['isolation.lost', 'discovery.used_outside'])
      expect((await admin.get<{ items: object[] }>(`/v1/audit/events?type=${type}`)).items, type).not.toEqual([]);
  });
});
