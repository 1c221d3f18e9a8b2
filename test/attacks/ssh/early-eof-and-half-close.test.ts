import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Connection, ServerChannel } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { onInputEnd, sendMessage } from '#gateways/ssh/wire/ssh2-surface.ts';
import { factsOf, startDoor, type Door } from '#test/ssh-rig/door.ts';
import { idOf, OurTargets, type OurTarget } from '#test/ssh-rig/our-targets.ts';
import { bool, byte, RawClient, text, word } from '#test/ssh-rig/raw-client.ts';
import { startRig, type Rig } from '#test/ssh-rig/rig.ts';
import { run, until } from '#test/ssh-rig/run-program.ts';
import { findSshd, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';

const CONFIRM = 91;
const DATA = 94;
const EOF = 96;
const CLOSE = 97;
const REQUEST = 98;

const sshdPath = findSshd();
if (sshdPath === undefined)
  console.log('SKIP early-eof-and-half-close: no sshd on this machine (apt-get install openssh-server)');

/** A11: no crash, no session left on the target, exit codes right. Every test ends by looking for what is left. */
describe.skipIf(sshdPath === undefined)('an end at the wrong time', () => {
  const targets = new OurTargets();
  let sshd: Sshd;
  let door: Door;
  let rig: Rig;
  let marks = 0;

  beforeAll(async () => {
    sshd = await startSshd(sshdPath ?? '');
    door = await startDoor(factsOf(sshd), { targetMs: 5000 });
    rig = await startRig(sshd);
  });
  afterEach(async () => {
    targets.hangUp();
    await door.leave();
    door.ports.target = factsOf(sshd);
  });
  afterAll(async () => {
    await rig.stop();
    await door.stop();
    await sshd.stop();
    targets.close();
  });

  /** A command on the target that can be looked for. */
  const marked = (): string => `exec cat - /61.${process.pid}.${(marks += 1)}`;
  const runs = async (command: string): Promise<boolean> =>
    (await run('pgrep', ['-f', command.replace('exec ', '^')])).code === 0;
  /** Whether the target's sshd serves anybody. */
  const serves = async (): Promise<boolean> =>
    (await run('pgrep', ['-P', readFileSync(join(sshd.dir, 'pid')).toString().trim()])).code === 0;

  const STEPS: readonly [string, (command: string) => Promise<RawClient>][] = [
    ['after the key exchange', () => door.reach()],
    [
      'after offering a key',
      async () => {
        const client = await door.reach();
        client.offer('root%web1', door.person);
        await client.waitFor(60);
        return client;
      },
    ],
    ['after the login', () => door.login()],
    [
      'after opening a channel',
      async () => {
        const client = await door.login();
        client.openSession(0);
        await client.waitFor(CONFIRM);
        return client;
      },
    ],
    [
      'right after asking for a command',
      async (command) => {
        const { client } = await door.visit(command);
        return client;
      },
    ],
    [
      'while its command runs',
      async (command) => {
        const { client } = await door.visit(command);
        await until(() => runs(command), 'the command', 20_000);
        return client;
      },
    ],
  ];
  test.each(STEPS.flatMap(([step, get]) => (['abruptly', 'half'] as const).map((way) => [way, step, get] as const)))(
    'of the network, closed %s %s, leaves nothing anywhere',
    async (way, _step, get) => {
      const command = marked();
      const client = await get(command);
      if (way === 'half') client.socket.end();
      else client.socket.resetAndDestroy();
      await client.whenClosed;
      await until(() => door.gateway.metrics.connectionsOpen === 0, 'the connection to be gone', 5000);
      await until(async () => !(await runs(command)) && !(await serves()), 'the target to be clear', 15_000);
      for (const session of door.ports.sessions) expect(session.ended).toHaveLength(1);
    },
  );

  test('of the network before the first key, at every byte of the greeting, leaves nothing', async () => {
    const greeting = Buffer.from('SSH-2.0-OpenSSH_9.9\r\n');
    await Promise.all(
      Array.from({ length: greeting.length + 1 }, async (_, length) => {
        const socket: Socket = connect(door.gateway.address.port, '127.0.0.1');
        socket.on('error', () => {});
        socket.resume();
        socket.end(greeting.subarray(0, length));
        await new Promise((resolve) => socket.once('close', resolve));
      }),
    );
    await until(() => door.gateway.metrics.connectionsOpen === 0, 'all to be gone', 5000);
    expect(door.gateway.metrics.sessionsOpen).toBe(0);
  });

  const ourTarget = async (): Promise<OurTarget> => {
    const target = await targets.ssh();
    const { port, pinned } = target;
    door.ports.target = { ...door.ports.target, port, pinned, secret: { password: Buffer.from('x') } };
    return target;
  };
  const session = async (): Promise<{ client: RawClient; remote: number }> => {
    const client = await door.login();
    client.openSession(0);
    return { client, remote: (await client.waitFor(CONFIRM))?.readUInt32BE(5) ?? 0 };
  };
  const shown = (client: RawClient): string =>
    Buffer.concat(client.received.filter((p) => p[0] === DATA).map((p) => p.subarray(9))).toString();
  /** The requests and ends a client was sent, in order. */
  const told = (client: RawClient): string[] =>
    client.received
      .filter((p) => [EOF, CLOSE, REQUEST].includes(p[0] ?? 0))
      .map((p) => {
        if (p[0] === EOF) return 'eof';
        if (p[0] === CLOSE) return 'close';
        const kind = p.toString('latin1', 9, 9 + p.readUInt32BE(5));
        return kind === 'exit-status' ? `status ${p.readUInt32BE(p.length - 4)}` : kind;
      });

  test('of the input, before the command is asked for, is the end of its input', async () => {
    const { client, remote } = await session();
    client.send(byte(EOF), word(remote));
    client.exec(remote, 'cat; echo done; exit 5');
    await client.waitFor(CLOSE, 15_000);
    expect(shown(client)).toBe('done\n');
    expect(told(client)).toContain('status 5');
  });

  test('of the input does not keep a signal from the command', async () => {
    const target = await ourTarget();
    target.behave = (channel, _conn, session) => {
      onInputEnd(session, () => channel.write('ended'));
      session.on('signal', (_accept, _reject, { name }) => {
        channel.exit(name, false, '');
        channel.end();
      });
    };
    const { client, remote } = await door.visit('id');
    client.send(byte(EOF), word(remote));
    await until(() => shown(client) === 'ended', 'the end of the input');
    client.send(byte(REQUEST), word(remote), text('signal'), bool(false), text('TERM'));
    await client.waitFor(CLOSE, 10_000);
    expect(told(client)).toContain('exit-signal');
  });

  test('of the input, said twice and followed by data, is the end of its input', async () => {
    const { client, remote } = await session();
    client.exec(remote, 'wc -c');
    client.send(byte(DATA), word(remote), text('12345'));
    for (let i = 0; i < 2; i += 1) {
      client.send(byte(EOF), word(remote));
      client.send(byte(DATA), word(remote), text('too late'));
    }
    await client.waitFor(CLOSE, 15_000);
    expect([shown(client).trim(), ...told(client).filter((t) => t.startsWith('status'))]).toEqual(['5', 'status 0']);
  });

  test('of a channel, before and right after its command is asked for, twice over, leaves the connection whole', async () => {
    const { client, remote } = await session();
    client.send(byte(CLOSE), word(remote));
    client.exec(remote, 'echo never');
    client.send(byte(CLOSE), word(remote));
    const command = marked();
    client.openSession(1);
    const second = (await client.waitFor(CONFIRM, 5000, client.received.length))?.readUInt32BE(5) ?? 0;
    client.exec(second, command);
    for (let i = 0; i < 2; i += 1) client.send(byte(CLOSE), word(second));
    client.openSession(2);
    const third = (await client.waitFor(CONFIRM, 5000, client.received.length))?.readUInt32BE(5) ?? 0;
    client.exec(third, 'echo third');
    await until(() => shown(client) === 'third\n', 'the third', 15_000);
    await until(async () => !(await runs(command)), 'the second to be gone', 5000);
    expect(client.closed).toBe(false);
  });

  const status = (n: number): Buffer => Buffer.concat([text('exit-status'), byte(0), word(n)]);
  const killed = Buffer.concat([text('exit-signal'), byte(0), text('KILL'), bool(false), text(''), text('')]);
  test.each<[string, readonly [number, Buffer?][], readonly string[]]>([
    ['status, eof, close', [[REQUEST, status(3)], [EOF], [CLOSE]], ['eof', 'status 3', 'close']],
    ['eof, status, close', [[EOF], [REQUEST, status(3)], [CLOSE]], ['eof', 'status 3', 'close']],
    ['status, close', [[REQUEST, status(3)], [CLOSE]], ['eof', 'status 3', 'close']],
    ['close without a status', [[CLOSE]], ['eof', 'close']],
    ['eof, close', [[EOF], [CLOSE]], ['eof', 'close']],
    ['signal, eof, close', [[REQUEST, killed], [EOF], [CLOSE]], ['eof', 'exit-signal', 'close']],
    ['status, then signal', [[REQUEST, status(3)], [REQUEST, killed], [EOF], [CLOSE]], ['eof', 'status 3', 'close']],
    ['status after the close', [[EOF], [CLOSE], [REQUEST, status(3)]], ['eof', 'close']],
  ])(
    'of a command, told by the target as %s, is told to the person in an order that every client takes',
    async (_what, says, expected) => {
      const target = await ourTarget();
      target.behave = (channel: ServerChannel, conn: Connection) => {
        for (const [type, rest = Buffer.alloc(0)] of says)
          sendMessage(conn, Buffer.concat([byte(type), word(idOf(channel)), rest]));
      };
      const { client } = await door.visit('id');
      await client.waitFor(CLOSE, 10_000);
      expect(told(client)).toEqual(expected);
      expect(door.ports.last().recorder.channels[0]?.ends).toHaveLength(1);
    },
  );

  test.each(['after the login', 'instead of taking the command', 'in the middle of its output'])(
    'of the target, %s, is told to the person with an exit code',
    async (when) => {
      const target = await ourTarget();
      const socketOf = (conn: Connection): Socket => (conn as unknown as { _sock: Socket })._sock;
      if (when === 'after the login')
        target.onConnection = (conn) => void conn.on('ready', () => socketOf(conn).destroy());
      if (when === 'instead of taking the command')
        target.beforeExec = (conn) => {
          socketOf(conn).resetAndDestroy();
          return Promise.resolve();
        };
      target.behave = (channel, conn) => {
        channel.write('half of', () => socketOf(conn).end());
      };
      const { client, told: words } = await door.visit('id');
      await until(() => words() !== '', 'the person to be told');
      await client.whenClosed;
      expect(words()).toMatch(/Reeve: .*web1 .*closed the connection/);
    },
  );

  test('of a command by a signal or a status is, with the real client, what it is without the gateway', async () => {
    for (const command of ['exit 77', 'kill -TERM $$', 'kill -KILL $$', 'exec 1>&- 2>&-; exit 9']) {
      const [direct, through] = await Promise.all([
        run('ssh', [...rig.direct(), command], { stdin: Buffer.from('input') }),
        run('ssh', [...rig.ssh(), command], { stdin: Buffer.from('input') }),
      ]);
      expect([command, through.code, through.stderr.toString()]).toEqual([
        command,
        direct.code,
        direct.stderr.toString(),
      ]);
    }
  });
});
