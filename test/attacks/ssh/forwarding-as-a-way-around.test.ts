import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { authorisedHouse, type AuthorisedHouse } from '#test/harness/authorised-house.ts';
import { NO_TARGET, startDoor, type Door } from '#test/ssh-rig/door.ts';
import { OurTargets } from '#test/ssh-rig/our-targets.ts';
import { bool, byte, text, word, type RawClient } from '#test/ssh-rig/raw-client.ts';
import { run, start, until } from '#test/ssh-rig/run-program.ts';
import { freePort } from '#lab/loopback.ts';

const CONFIRM = 91;
const OPEN_FAILURE = 92;

/** Something on loopback that nobody is to reach, and how often somebody did. */
async function startNeighbour(): Promise<{ server: Server; port: number; reached: number }> {
  const neighbour = { server: createServer(), port: 0, reached: 0 };
  neighbour.server.on('connection', (socket) => {
    neighbour.reached += 1;
    socket.end('the secret of the neighbour');
  });
  await new Promise<void>((resolve) => neighbour.server.listen(0, '127.0.0.1', resolve));
  neighbour.port = (neighbour.server.address() as AddressInfo).port;
  return neighbour;
}

/** A7, K19 to K21: what a client without manners asks for. */
describe('a client that asks for a way around', () => {
  const targets = new OurTargets();
  let door: Door;
  beforeAll(async () => {
    const target = await targets.ssh();
    door = await startDoor({ ...NO_TARGET, port: target.port, pinned: target.pinned });
  });
  afterEach(() => door.leave());
  afterAll(async () => {
    await door.stop();
    targets.close();
  });

  const admitted = async (): Promise<RawClient> => {
    const sessions = door.ports.sessions.length;
    const client = await door.login();
    await until(() => door.ports.sessions.length > sessions, 'the session');
    return client;
  };
  const forward = (client: RawClient, host: string, port: number): void =>
    client.send(
      byte(90),
      text('direct-tcpip'),
      word(7),
      word(1 << 21),
      word(32768),
      text(host),
      word(port),
      text('127.0.0.1'),
      word(1),
    );
  const answers = async (client: RawClient, count: number): Promise<Buffer[]> => {
    const all = (): Buffer[] => client.received.filter((p) => p[0] === CONFIRM || p[0] === OPEN_FAILURE);
    await until(() => all().length >= count, 'the answers');
    return all();
  };

  test('is refused each, in words, and the record says so', async () => {
    const client = await admitted();
    const session = door.ports.last();
    client.send(byte(80), text('tcpip-forward'), bool(true), text('0.0.0.0'), word(8080));
    client.send(byte(80), text('streamlocal-forward@openssh.com'), bool(true), text('/tmp/x'));
    forward(client, '127.0.0.1', 5432);
    const open = (kind: string, ...rest: Buffer[]): void =>
      client.send(byte(90), text(kind), word(2), word(1 << 21), word(32768), ...rest);
    open('direct-streamlocal@openssh.com', text('/var/run/docker.sock'), text(''), word(0));
    open('tun@openssh.com', word(2), word(0x7fffffff));
    open('forwarded-tcpip', text('127.0.0.1'), word(22), text('127.0.0.1'), word(1));
    open('x11', text('127.0.0.1'), word(1));
    open('auth-agent@openssh.com');
    client.openSession(3);
    const remote = (await client.waitFor(CONFIRM))?.readUInt32BE(5) ?? 0;
    client.send(byte(98), word(remote), text('auth-agent-req@openssh.com'), bool(true));
    const cookie = [bool(false), text('MIT-MAGIC-COOKIE-1'), text('00'), word(0)];
    client.send(byte(98), word(remote), text('x11-req'), bool(true), ...cookie);
    await until(() => client.types().filter((t) => t === 82).length === 2, 'the global requests to be refused');
    await until(() => client.types().filter((t) => t === OPEN_FAILURE).length === 6, 'the channels to be refused');
    await until(() => client.types().filter((t) => t === 100).length === 2, 'agent and X11 to be refused');
    for (const refusal of client.received.filter((p) => p[0] === OPEN_FAILURE))
      expect(refusal.toString()).toMatch(/Reeve: .* is not allowed in this session/);
    expect(session.events.filter((e) => e.type === 'refused').map((e) => e.detail)).toEqual([
      'listening on the target (tcpip-forward)',
      'listening on the target (streamlocal-forward@openssh.com)',
      'forward to 127.0.0.1:5432',
      'direct-streamlocal@openssh.com',
      'tun@openssh.com',
      'forwarded-tcpip',
      'x11',
      'auth-agent@openssh.com',
      'agent forwarding',
      'X11 forwarding',
    ]);
  });

  test('K20: reaches the one address its ticket names, and no other spelling of it', async () => {
    door.ports.allowForwarding = ['127.0.0.1:5432'];
    const client = await admitted();
    const others: [string, number][] = [
      ['localhost', 5432],
      ['127.1', 5432],
      ['127.0.0.1.', 5432],
      ['::1', 5432],
      ['::ffff:127.0.0.1', 5432],
      ['0.0.0.0', 5432],
      ['2130706433', 5432],
      ['127.0.0.1\0', 5432],
      [' 127.0.0.1', 5432],
      ['127.0.0.1:5432', 0],
      ['127.0.0.1', 5433],
      ['127.0.0.1', 5432 + 65_536],
      ['169.254.169.254', 80],
      ['', 5432],
    ];
    for (const [host, port] of others) forward(client, host, port);
    expect((await answers(client, others.length)).map((p) => p[0])).toEqual(others.map(() => OPEN_FAILURE));
    forward(client, '127.0.0.1', 5432);
    expect((await answers(client, others.length + 1)).at(-1)?.[0]).toBe(CONFIRM);
    door.ports.allowForwarding = [];
  });

  test('K20: in the breath of its login, is judged when it is decided who gets in, and goes on the record', async () => {
    door.ports.allowForwarding = ['127.0.0.1:5432'];
    door.ports.admitDelayMs = 150;
    const client = await door.login();
    for (const port of [5432, 5433]) forward(client, '127.0.0.1', port);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(client.types().filter((t) => t === CONFIRM || t === OPEN_FAILURE)).toEqual([]);
    expect((await answers(client, 2)).map((p) => p[0])).toEqual([CONFIRM, OPEN_FAILURE]);

    const hasty = await door.login();
    forward(hasty, '127.0.0.1', 5433);
    hasty.send(byte(80), text('tcpip-forward'), bool(true), text('0.0.0.0'), word(0));
    await hasty.waitFor(82);
    const sessions = door.ports.sessions.length;
    hasty.end();
    await until(() => door.ports.sessions.length > sessions, 'its session');
    await door.ports.last().whenEnded;
    expect(door.ports.last().events.map((e) => e.detail)).toEqual([
      'listening on the target (tcpip-forward)',
      'forward to 127.0.0.1:5433',
    ]);

    door.ports.refusal = { code: 'session.no_grant', message: 'you have no access. Ask for it' };
    const stranger = await door.login();
    forward(stranger, '127.0.0.1', 5432);
    expect((await answers(stranger, 1))[0]?.toString()).toContain('Reeve: you have no access. Ask for it');
    door.ports.refusal = undefined;
    door.ports.admitDelayMs = 0;
    door.ports.allowForwarding = [];
  });
});

describe('in a house where lena has every right on web1, the real client', () => {
  const dir = mkdtempSync(join(tmpdir(), 'reeve-forward-'));
  let house: AuthorisedHouse;
  let neighbour: Awaited<ReturnType<typeof startNeighbour>>;
  let options: string[];
  const TO = 'lena@web1@127.0.0.1';

  beforeAll(async () => {
    house = await authorisedHouse();
    await house.give();
    neighbour = await startNeighbour();
    writeFileSync(join(dir, 'key'), house.lena.key.privateKey, { mode: 0o600 });
    const settings = [
      'StrictHostKeyChecking=no',
      `UserKnownHostsFile=${join(dir, 'known')}`,
      'BatchMode=yes',
      'IdentitiesOnly=yes',
      'LogLevel=INFO',
      `IdentityFile=${join(dir, 'key')}`,
    ];
    options = ['-F', 'none', '-p', String(house.gateway.address.port), ...settings.flatMap((o) => ['-o', o])];
  });
  afterAll(async () => {
    neighbour?.server.close();
    await house?.close();
    rmSync(dir, { recursive: true });
  });
  let seen = 0;
  /** What the session that came last was refused. */
  const refused = async (): Promise<string[]> => {
    await until(() => house.gateway.metrics.connectionsOpen === 0, 'the client to be gone');
    await until(async () => (await house.sessions()).length > seen, 'its session');
    const all = await house.quiet();
    seen = all.length;
    const { id } = all.at(-1) ?? { id: '' };
    return (await house.events(id)).filter((e) => e.type === 'refused').map((e) => e.detail);
  };
  /** Connects, says something, and answers what came before the end. */
  const knock = (port: number, hello = Buffer.from('hello\n')): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(hello));
      let got = '';
      socket.on('data', (chunk) => (got += chunk.toString('latin1')));
      socket.on('error', () => {});
      socket.setTimeout(15_000, () => socket.destroy());
      socket.on('close', () => resolve(got));
    });

  test('K21: reaches nothing by -L, -D and -R, on loopback, Reeve’s own ports, sockets and metadata addresses', async () => {
    const near = `127.0.0.1:${neighbour.port}`;
    const own = `127.0.0.1:${house.gateway.address.port}`;
    const [toNeighbour, toReeve, toMetadata, toSocket, socks] = await Promise.all(
      [1, 2, 3, 4, 5].map(() => freePort()),
    );
    const it = start(
      'ssh',
      [
        ...options,
        '-N',
        ...[
          `${toNeighbour}:${near}`,
          `${toReeve}:${own}`,
          `${toMetadata}:169.254.169.254:80`,
          `${toSocket}:/run/systemd/private`,
        ].flatMap((l) => ['-L', l]),
        '-D',
        String(socks),
        ...[`0:${near}`, `/tmp/lena.sock:${near}`].flatMap((r) => ['-R', r]),
        TO,
      ],
      { stdin: 'open', limitMs: 60_000 },
    );
    await until(() => /remote port forwarding failed/.test(it.stderr()), 'the answer to -R', 30_000);
    for (const port of [toNeighbour, toReeve, toMetadata, toSocket]) expect(await knock(port ?? 0)).toBe('');
    const greeting = Buffer.from([5, 1, 0]);
    const ask = Buffer.from([5, 1, 0, 1, 127, 0, 0, 1, neighbour.port >> 8, neighbour.port & 255]);
    expect(await knock(socks ?? 0, Buffer.concat([greeting, ask]))).not.toContain('secret');
    it.child.kill();
    await it.done;
    for (const to of [near, own, '169.254.169.254:80'])
      expect(it.stderr()).toContain(
        `open failed: administratively prohibited: Reeve: forward to ${to} is not allowed in this session`,
      );
    expect(it.stderr()).toContain('Reeve: direct-streamlocal@openssh.com is not allowed in this session');
    expect(neighbour.reached).toBe(0);
    expect((await house.web1.exec('ls /tmp')).stdout).not.toContain('lena.sock');
    expect((await refused()).sort()).toEqual(
      [
        'direct-streamlocal@openssh.com',
        `forward to ${near}`,
        `forward to ${near}`,
        `forward to ${own}`,
        'forward to 169.254.169.254:80',
        'listening on the target (streamlocal-forward@openssh.com)',
        'listening on the target (tcpip-forward)',
      ].sort(),
    );
  });

  test('reaches nothing by -W and -J, and what -J would have reached stays unreached', async () => {
    const direct = await run('ssh', [...options, '-W', `127.0.0.1:${neighbour.port}`, TO]);
    expect([direct.code, direct.stdout.toString()]).toEqual([255, '']);
    expect(direct.stderr.toString()).toContain(`Reeve: forward to 127.0.0.1:${neighbour.port} is not allowed`);
    expect(await refused()).toEqual([`forward to 127.0.0.1:${neighbour.port}`]);
    const config = join(dir, 'jump');
    const said = options.flatMap((o) => (o.includes('=') ? [`  ${o.replace('=', ' ')}`] : []));
    writeFileSync(config, `Host *\n${said.join('\n')}\n`);
    const { web1 } = house;
    const jump = `${TO}:${house.gateway.address.port}`;
    const ran = await run('ssh', ['-F', config, '-J', jump, '-p', String(web1.port), `root@${web1.host}`, 'id']);
    expect([ran.code, ran.stdout.toString()]).toEqual([255, '']);
    expect(ran.stderr.toString()).toContain(`Reeve: forward to ${web1.host}:${web1.port} is not allowed`);
    expect(neighbour.reached).toBe(0);
    expect(await refused()).toEqual([`forward to ${web1.host}:${web1.port}`]);
  });

  test.each(['169.254.169.254', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', 'fe80::1', 'fd00:0ec2::254'])(
    'K21: nor is %s a system that could be connected, read or logged on to',
    async (host) => {
      const wanted = { name: 'metadata', kind: 'linux', host, port: 80, pinned: ['SHA256:x'], username: 'root' };
      const secret = { kind: 'password', value: 'x' };
      await expect(house.perform('systems.connect', { ...wanted, secret }, house.admin)).rejects.toMatchObject({
        errors: [expect.objectContaining({ pointer: '/host' })],
      });
    },
  );

  test('K19: lends neither its agent nor its display to the target', async () => {
    const socket = join(dir, 'agent');
    const agent = start('ssh-agent', ['-D', '-a', socket], { limitMs: 60_000 });
    await until(async () => (await run('ssh-add', ['-l'], { env: { SSH_AUTH_SOCK: socket } })).code === 1, 'the agent');
    const ran = await run(
      'ssh',
      [...options, '-A', '-Y', TO, 'echo "[$SSH_AUTH_SOCK][$DISPLAY]"; find /tmp -name "agent.*"'],
      {
        env: { SSH_AUTH_SOCK: socket, DISPLAY: '127.0.0.1:77' },
      },
    );
    agent.child.kill();
    await agent.done;
    expect(ran.stdout.toString()).toBe('[][]\n');
    expect(ran.stderr.toString()).toContain('X11 forwarding request failed');
    expect(await refused()).toEqual(expect.arrayContaining(['agent forwarding', 'X11 forwarding']));
  });
});
