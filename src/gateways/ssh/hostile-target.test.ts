import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import ssh2, { type Connection, type ServerChannel, type Session } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { nothingLeft } from '#test/ssh-rig/rig.ts';
import { FakePorts } from '#test/ssh-rig/fake-ports.ts';
import { until } from '#test/ssh-rig/run-program.ts';
import { byte, newRawKey, RawClient, text, word } from '#test/ssh-rig/raw-client.ts';
import { makeHostKey, startSshGateway, type SshGateway } from './index.ts';
import { toOpenSshKey } from './openssh-key.ts';
import { fingerprintOf } from './relay/connect-target.ts';
import { sendMessage } from './wire/ssh2-surface.ts';

const SECRET = 'correct horse battery staple';

/** An SSH server of ours that can be told to misbehave once somebody logged in. */
interface Target {
  readonly port: number;
  readonly pinned: string[];
  readonly passwords: string[];
  behave: (channel: ServerChannel, conn: Connection, session: Session) => void;
  /** Runs before the command is taken up; its channel is known by number only. */
  beforeExec?: (conn: Connection, id: number) => Promise<void>;
}

describe('a hostile target', () => {
  const person = newRawKey();
  const open: { close(): void }[] = [];
  const sockets: Socket[] = [];
  const clients: RawClient[] = [];
  let gateway: SshGateway;
  let ports: FakePorts;

  beforeAll(async () => {
    ports = new FakePorts({
      host: '127.0.0.1',
      port: 1,
      pinned: [],
      username: 'root',
      secret: { password: Buffer.from(SECRET) },
    });
    ports.known.set(person.fingerprint, 'identity-1');
    gateway = await startSshGateway({ hostKey: makeHostKey(), limits: { targetMs: 1500 } }, ports);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end();
    for (const socket of sockets.splice(0)) socket.destroy();
    await nothingLeft(gateway, ports);
  });
  afterAll(async () => {
    await gateway.stop(0);
    for (const it of open) it.close();
  });

  const tcpTarget = async (serve: (socket: Socket) => void): Promise<number> => {
    const server: Server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      serve(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    return (server.address() as AddressInfo).port;
  };

  const sshTarget = async (): Promise<Target> => {
    const key = toOpenSshKey(makeHostKey());
    const parsed = ssh2.utils.parseKey(key);
    if (parsed instanceof Error || Array.isArray(parsed)) throw new Error('host key');
    const passwords: string[] = [];
    const target = { port: 0, pinned: [fingerprintOf(parsed.getPublicSSH())], passwords, behave: () => {} } as {
      -readonly [K in keyof Target]: Target[K];
    };
    const server = new ssh2.Server({ hostKeys: [key] }, (conn) => {
      conn.on('error', () => {});
      conn.on('authentication', (context) => {
        if (context.method !== 'password') return context.reject(['password']);
        passwords.push(context.password);
        context.accept();
      });
      conn.on('session', (accept) => {
        const session = accept();
        session.on('pty', (yes) => (yes as (() => void) | undefined)?.());
        session.on('exec', (yes) => {
          const id = (session as unknown as { _chanInfo: { outgoing: { id: number } } })._chanInfo.outgoing.id;
          if (target.beforeExec === undefined) return target.behave(yes(), conn, session);
          void target.beforeExec(conn, id).then(() => target.behave(yes(), conn, session));
        });
        session.on('shell', (yes) => target.behave(yes(), conn, session));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    target.port = (server.address() as AddressInfo).port;
    ports.target = { ...ports.target, port: target.port, pinned: target.pinned };
    return target;
  };

  /** Logs a person in, runs a command, and answers what they were told when the channel is closed. */
  const visit = async (): Promise<{ client: RawClient; told: () => string; remote: number }> => {
    const client = new RawClient();
    clients.push(client);
    await client.reach(gateway.address.port);
    client.signIn('root%web1', person);
    await client.waitFor(52);
    client.openSession(0);
    const remote = (await client.waitFor(91))?.readUInt32BE(5) ?? 0;
    client.exec(remote, 'id');
    const told = (): string =>
      Buffer.concat(client.received.filter((p) => p[0] === 95).map((p) => p.subarray(13))).toString();
    return { client, told, remote };
  };
  const whatIsTold = async (): Promise<string> => {
    const { told } = await visit();
    await until(() => told() !== '', 'the person to be told');
    return told();
  };

  test('K18: with a host key that is not on record gets no credential, and person and record are told', async () => {
    const target = await sshTarget();
    ports.target = { ...ports.target, pinned: ['SHA256:someotherkey'] };
    expect(await whatIsTold()).toMatch(
      /host key of web1 is not the one on record \(it showed SHA256:.*Nothing was sent/s,
    );
    expect(target.passwords).toEqual([]);
    expect(gateway.metrics.hostKeysRefused).toBe(1);
    expect(ports.last().events).toContainEqual(
      expect.objectContaining({ type: 'refused', detail: expect.stringContaining(target.pinned[0] ?? '') }),
    );
  });

  test('without any host key on record is not even called', async () => {
    const target = await sshTarget();
    ports.target = { ...ports.target, pinned: [] };
    expect(await whatIsTold()).toMatch(/no host key of web1 is on record/);
    expect(target.passwords).toEqual([]);
  });

  test('with the right host key is given the credential, which is then overwritten', async () => {
    const target = await sshTarget();
    target.behave = (channel) => {
      channel.write('uid=0(root)\n');
      channel.exit(0);
      channel.end();
    };
    const leased: Buffer[] = [];
    const admit = ports.admit.bind(ports);
    ports.admit = async (ask) => {
      const answer = await admit(ask);
      if (answer.admitted && answer.ticket.credential.kind === 'password')
        leased.push(answer.ticket.credential.password);
      return answer;
    };
    const { client } = await visit();
    await client.waitFor(97);
    ports.admit = admit;
    expect(target.passwords).toEqual([SECRET]);
    expect(leased[0]?.every((b) => b === 0)).toBe(true);
  });

  test('that refuses the login is reported without the credential', async () => {
    const target = await sshTarget();
    target.passwords.push = () => {
      throw new Error('refused');
    };
    const { told } = await visit();
    await expect.poll(told, { timeout: 5000 }).toMatch(/Reeve: web1 /);
    expect(told()).not.toContain(SECRET);
    delete (target.passwords as { push?: unknown }).push;
  });

  test.each([
    ['is silent', () => {}, /did not answer in time/],
    ['closes at once', (s: Socket) => s.end(), /web1 broke off/],
    ['speaks another protocol', (s: Socket) => s.write('HTTP/1.1 400 Bad Request\r\n\r\n'), /did not answer in time/],
    [
      'sends garbage',
      (s: Socket) => s.write(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(4096, 0xff)])),
      /web1 broke off/,
    ],
    [
      'announces a packet of 4 GiB',
      (s: Socket) => s.write(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), word(0xfffffff8), Buffer.alloc(64)])),
      /web1 broke off/,
    ],
    [
      'greets without end',
      (s: Socket) => {
        const line = Buffer.from(`${'welcome '.repeat(100)}\r\n`);
        const pour = setInterval(() => s.write(Buffer.concat(Array.from({ length: 40 }, () => line))), 5);
        s.on('close', () => clearInterval(pour));
      },
      /sent more than it should before the login|broke off/,
    ],
  ] as const)('that %s costs a bounded time and a clear sentence', async (_what, serve, sentence) => {
    ports.target = { ...ports.target, port: await tcpTarget(serve), pinned: ['SHA256:x'] };
    const began = performance.now();
    expect(await whatIsTold()).toMatch(sentence);
    expect(performance.now() - began).toBeLessThan(4000);
  });

  test('that is not there is reported as unreachable', async () => {
    ports.target = { ...ports.target, port: 1, pinned: ['SHA256:x'] };
    expect(await whatIsTold()).toMatch(/web1 could not be reached \(ECONNREFUSED\)/);
  });

  test('K16: that sends more than its window ends this session only', async () => {
    const target = await sshTarget();
    target.behave = (channel, conn) => {
      const id = (channel as unknown as { outgoing: { id: number } }).outgoing.id;
      const chunk = Buffer.alloc(32_000, 0x43);
      const flood = setInterval(() => {
        for (let i = 0; i < 40; i += 1) sendMessage(conn, Buffer.concat([byte(94), word(id), text(chunk)]));
      }, 3);
      conn.on('close', () => clearInterval(flood));
    };
    const client = new RawClient();
    clients.push(client);
    await client.reach(gateway.address.port);
    client.signIn('root%web1', person);
    await client.waitFor(52);
    client.openSession(0, 0); // a person who takes nothing
    const remote = (await client.waitFor(91))?.readUInt32BE(5) ?? 0;
    client.exec(remote, 'id');
    await ports.last().whenEnded;
    expect(ports.last().ended).toMatchObject([{ reason: 'protocol violation by the target' }]);
    await client.whenClosed;
  });

  test('that opens channels of its own towards the gateway is refused them', async () => {
    const target = await sshTarget();
    const answers: string[] = [];
    target.behave = (channel, conn) => {
      conn.forwardOut('127.0.0.1', 1, '127.0.0.1', 2, (error) => answers.push(error?.message ?? 'opened'));
      conn.x11('127.0.0.1', 1, (error) => answers.push(error?.message ?? 'opened'));
      setTimeout(() => {
        channel.exit(0);
        channel.end();
      }, 100);
    };
    const { client } = await visit();
    await client.waitFor(97);
    expect(answers).toHaveLength(2);
    for (const answer of answers) expect(answer).toMatch(/open failure/);
  });

  test('that sends extra exits, data after its end and requests nobody knows ends cleanly', async () => {
    const target = await sshTarget();
    target.behave = (channel, conn) => {
      const id = (channel as unknown as { outgoing: { id: number } }).outgoing.id;
      const send = (...parts: Buffer[]): void => sendMessage(conn, Buffer.concat(parts));
      channel.write('hello\n');
      for (const status of [3, 4, 5]) send(byte(98), word(id), text('exit-status'), byte(0), word(status));
      send(byte(98), word(id), text('make-me-a-sandwich@example.org'), byte(1), text('x'));
      send(byte(96), word(id));
      send(byte(94), word(id), text('after the end\n'));
      send(byte(94), word(99), text('for a channel that is not there\n'));
      send(byte(97), word(id));
      send(byte(97), word(id));
    };
    const { client } = await visit();
    await client.waitFor(97);
    const status = client.received.find((p) => p[0] === 98);
    expect(status?.readUInt32BE(status.length - 4)).toBe(3);
  });

  test('that writes before it has taken the command up cannot fish for the bytes of another session', async () => {
    const target = await sshTarget();
    const bystander = await visit();
    await bystander.client.waitFor(99);
    const client = new RawClient();
    clients.push(client);
    let early: (() => void) | undefined;
    target.beforeExec = (conn, id) => {
      for (let i = 0; i < 4; i += 1)
        sendMessage(conn, Buffer.concat([byte(94), word(id), text(Buffer.alloc(30_000, 0x45))]));
      sendMessage(conn, Buffer.concat([byte(95), word(id), word(1), text(Buffer.alloc(30_000, 0x46))]));
      return new Promise((resolve) => (early = resolve));
    };
    target.behave = (channel) => {
      channel.write('real');
      channel.exit(0);
      channel.end();
    };
    await client.reach(gateway.address.port);
    client.signIn('root%web1', person);
    await client.waitFor(52);
    client.openSession(0);
    client.exec((await client.waitFor(91))?.readUInt32BE(5) ?? 0, 'id');
    await until(() => early !== undefined, 'the early bytes');
    // another session's secret passes through the same memory
    for (let i = 0; i < 40; i += 1)
      bystander.client.send(byte(94), word(bystander.remote), text(Buffer.alloc(30_000, 0x53)));
    await new Promise((resolve) => setTimeout(resolve, 200));
    early?.();
    await client.waitFor(97);
    const got = Buffer.concat(client.received.filter((p) => p[0] === 94 || p[0] === 95).map((p) => p.subarray(9)));
    expect(got.includes(0x53)).toBe(false);
    expect(got.toString()).toBe('real');
  });

  test('hears the signals of RFC 4254 from a person, and no others', async () => {
    const target = await sshTarget();
    const heard: string[] = [];
    target.behave = (channel, _conn, session) => {
      session.on('signal', (_accept, _reject, { name }) => {
        heard.push(name);
        if (name !== 'TERM') return;
        channel.exit('TERM', false, 'terminated');
        channel.end();
      });
      channel.write('ready\n');
    };
    const { client, remote } = await visit();
    await client.waitFor(94);
    for (const name of ['USR1', 'STOP; id', '', 'KILL\0', 'INT', 'TERM']) {
      client.send(byte(98), word(remote), text('signal'), byte(0), text(name));
    }
    await client.waitFor(97);
    expect(heard).toEqual(['USR1', 'INT', 'TERM']);
    expect(client.received.find((p) => p[0] === 98)?.toString('latin1')).toMatch(/exit-signal.*TERM.*terminated/s);
  });

  test('that dies in the middle leaves a person who is told, and a closed record', async () => {
    const target = await sshTarget();
    target.behave = (_channel, conn) =>
      void setTimeout(() => (conn as unknown as { _sock: Socket })._sock.destroy(), 50);
    const { told } = await visit();
    await expect.poll(told, { timeout: 3000 }).toContain('Reeve: web1 closed the connection.');
    expect(ports.last().recorder.channels[0]?.ends).toEqual([{}]);
  });

  test('that speaks before the login is left', async () => {
    const key = toOpenSshKey(makeHostKey());
    const parsed = ssh2.utils.parseKey(key);
    if (parsed instanceof Error || Array.isArray(parsed)) throw new Error('host key');
    const server = new ssh2.Server({ hostKeys: [key] }, (conn) => {
      conn.on('error', () => {});
      conn.on('authentication', () => sendMessage(conn, Buffer.concat([byte(94), word(0), text('early')])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    ports.target = {
      ...ports.target,
      port: (server.address() as AddressInfo).port,
      pinned: [fingerprintOf(parsed.getPublicSSH())],
    };
    expect(await whatIsTold()).toMatch(/spoke out of turn/);
  });
});
