import type { Socket } from 'node:net';
import ssh2, { type Connection } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeHostKey } from '#gateways/ssh/index.ts';
import { toOpenSshKey } from '#gateways/ssh/openssh-key.ts';
import { sendMessage } from '#gateways/ssh/wire/ssh2-surface.ts';
import { NO_TARGET, startDoor, type Door } from '#test/ssh-rig/door.ts';
import { idOf, OurTargets, type OurTarget } from '#test/ssh-rig/our-targets.ts';
import { until } from '#test/ssh-rig/run-program.ts';
import { byte, text, word } from '#test/ssh-rig/raw-client.ts';

const SECRET = 'correct horse battery staple';

describe('a malicious target', () => {
  const targets = new OurTargets();
  let door: Door;

  beforeAll(async () => {
    door = await startDoor(NO_TARGET, { targetMs: 1500 });
  });
  afterEach(async () => {
    targets.hangUp();
    await door.leave();
  });
  afterAll(async () => {
    await door.stop();
    targets.close();
  });

  const sshTarget = async (): Promise<OurTarget> => {
    const target = await targets.ssh();
    door.ports.target = { ...door.ports.target, port: target.port, pinned: target.pinned };
    return target;
  };
  const whatIsTold = async (): Promise<string> => {
    const { told } = await door.visit();
    await until(() => told() !== '', 'the person to be told');
    return told();
  };

  test('K18: with a host key that is not on record gets no credential, and person and record are told', async () => {
    const target = await sshTarget();
    door.ports.target = { ...door.ports.target, pinned: ['SHA256:someotherkey'] };
    expect(await whatIsTold()).toMatch(
      /host key of web1 is not the one on record \(it showed SHA256:.*Nothing was sent/s,
    );
    expect(target.passwords).toEqual([]);
    expect(door.gateway.metrics.hostKeysRefused).toBe(1);
    expect(door.ports.last().events).toContainEqual(
      expect.objectContaining({ type: 'refused', detail: expect.stringContaining(target.pinned[0] ?? '') }),
    );
  });

  test('K18: without any host key on record is not even called', async () => {
    const target = await sshTarget();
    door.ports.target = { ...door.ports.target, pinned: [] };
    expect(await whatIsTold()).toMatch(/no host key of web1 is on record/);
    expect(target.passwords).toEqual([]);
  });

  test('K18: that shows the key on record and cannot sign with it gets no credential', async () => {
    const target = await sshTarget();
    const stranger = ssh2.utils.parseKey(toOpenSshKey(makeHostKey()));
    if (stranger instanceof Error || Array.isArray(stranger)) throw new Error('host key');
    target.onConnection = (conn) => {
      const protocol = (conn as unknown as { _protocol: { _hostKeys: Record<string, object> } })._protocol;
      const sign = stranger.sign.bind(stranger);
      const shown = Object.assign(Object.create(protocol._hostKeys['ssh-ed25519'] ?? null) as object, { sign });
      protocol._hostKeys = { 'ssh-ed25519': shown };
    };
    expect(await whatIsTold()).toMatch(/web1 broke off while setting up the connection/);
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
    const admit = door.ports.admit.bind(door.ports);
    door.ports.admit = async (ask) => {
      const answer = await admit(ask);
      if (answer.admitted && answer.ticket.credential.kind === 'password')
        leased.push(answer.ticket.credential.password);
      return answer;
    };
    const { client } = await door.visit();
    await client.waitFor(97);
    door.ports.admit = admit;
    expect(target.passwords).toEqual([SECRET]);
    expect(leased[0]?.every((b) => b === 0)).toBe(true);
  });

  test('that refuses the login is reported without the credential', async () => {
    const target = await sshTarget();
    target.passwords.push = () => {
      throw new Error('refused');
    };
    const { told } = await door.visit();
    await expect.poll(told, { timeout: 5000 }).toMatch(/Reeve: web1 /);
    expect(told()).not.toContain(SECRET);
    delete (target.passwords as { push?: unknown }).push;
  });

  test('that asks for the login again later is left, and learns nothing', async () => {
    const target = await sshTarget();
    target.behave = (_channel, conn) =>
      sendMessage(conn, Buffer.concat([byte(51), text('keyboard-interactive,password'), byte(0)]));
    await door.visit();
    await until(() => door.ports.sessions.at(-1)?.ended.length === 1, 'the session to end');
    expect(door.ports.last().ended).toMatchObject([{ reason: 'protocol violation by the target' }]);
    expect(target.passwords).toEqual([SECRET]);
  });

  test('that speaks before the login is left', async () => {
    const target = await sshTarget();
    target.onConnection = (conn) => {
      conn.prependListener('authentication', () =>
        sendMessage(conn, Buffer.concat([byte(94), word(0), text('early')])),
      );
    };
    expect(await whatIsTold()).toMatch(/spoke out of turn/);
  });

  test('that leaves with words that would steer a screen or end the record is shown and recorded inert', async () => {
    const target = await sshTarget();
    target.onConnection = (conn) => {
      conn.prependListener('authentication', () =>
        sendMessage(
          conn,
          Buffer.concat([byte(1), word(2), text('gone\u001b]52;c;aWQ=\u0007\0\u009b2J\u202ebye'), text('')]),
        ),
      );
    };
    const told = await whatIsTold();
    expect(told).toContain('gone?]52;c;aWQ=');
    await door.ports.last().whenEnded;
    const { ended, events } = door.ports.last();
    for (const said of [told, ended[0]?.reason ?? '', ...events.map((e) => e.detail)])
      // oxlint-disable-next-line no-control-regex -- controls are what it looks for
      expect(said).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });

  test('that is not there is reported as unreachable', async () => {
    door.ports.target = { ...NO_TARGET, pinned: ['SHA256:x'] };
    expect(await whatIsTold()).toMatch(/web1 could not be reached \(ECONNREFUSED\)/);
  });

  test.each([false, true])(
    'K19: that opens channels of its own towards the gateway is refused them (terms with an agent: %s)',
    async (allowAgent) => {
      door.ports.allowAgent = allowAgent;
      const target = await sshTarget();
      const answers: string[] = [];
      target.behave = (channel, conn) => {
        const answered = (error: Error | undefined): void => void answers.push(error?.message ?? 'opened');
        conn.forwardOut('127.0.0.1', 1, '127.0.0.1', 2, answered);
        conn.x11('127.0.0.1', 1, answered);
        const open = (kind: string): void =>
          sendMessage(conn, Buffer.concat([byte(90), text(kind), word(77), word(1 << 21), word(32768)]));
        // K19: the person's agent, by either name, and a shell on the gateway
        for (const kind of ['auth-agent@openssh.com', 'auth-agent', 'session']) open(kind);
        setTimeout(() => {
          channel.exit(0);
          channel.end();
        }, 100);
      };
      let refused = 0;
      target.onConnection = (conn) => {
        const protocol = (conn as unknown as { _protocol: { _onPayload(p: Buffer): unknown } })._protocol;
        const onward = protocol._onPayload;
        protocol._onPayload = (payload) => {
          if (payload[0] === 91) throw new Error('the gateway opened a channel');
          if (payload[0] === 92 && payload.readUInt32BE(1) === 77) refused += 1;
          return onward(payload);
        };
      };
      const { client } = await door.visit();
      await client.waitFor(97);
      expect(answers).toHaveLength(2);
      for (const answer of answers) expect(answer).toMatch(/open failure/);
      expect(refused).toBe(3);
    },
  );

  test('that sends extra exits, data after its end and requests nobody knows ends cleanly', async () => {
    const target = await sshTarget();
    target.behave = (channel, conn) => {
      const id = idOf(channel);
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
    const { client } = await door.visit();
    await client.waitFor(97);
    const status = client.received.find((p) => p[0] === 98);
    expect(status?.readUInt32BE(status.length - 4)).toBe(3);
  });

  test('K28: that writes before it has taken the command up cannot fish for the bytes of another session', async () => {
    const target = await sshTarget();
    const bystander = await door.visit();
    // the gateway answers before it has reached the target: only what runs there counts
    await until(() => target.started === 1, "the bystander's command");
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
    const { client } = await door.visit();
    await until(() => early !== undefined, 'the early bytes');
    // another session's secret passes through the same memory
    for (let i = 0; i < 40; i += 1)
      bystander.client.send(byte(94), word(bystander.remote), text(Buffer.alloc(30_000, 0x53)));
    await until(() => door.ports.sessions.at(-2)?.recorder.channels[0]?.input.length === 40, 'the secret to pass');
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
    const { client, remote } = await door.visit();
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
    target.behave = (_channel, conn: Connection) =>
      void setTimeout(() => (conn as unknown as { _sock: Socket })._sock.destroy(), 50);
    const { told } = await door.visit();
    await expect.poll(told, { timeout: 3000 }).toContain('Reeve: web1 closed the connection.');
    expect(door.ports.last().recorder.channels[0]?.ends).toEqual([{}]);
  });
});
