import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { nothingLeft, startRig, type Rig } from '#test/ssh-rig/rig.ts';
import { run, start, until, type Running } from '#test/ssh-rig/run-program.ts';
import { findSshd, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';

const WITHIN_MS = 100;
const SENTENCE = 'Reeve: access ended: your grant for web1 was revoked';

const sshdPath = findSshd();
if (sshdPath === undefined) console.log('SKIP kill-switch: no sshd on this machine (apt-get install openssh-server)');

describe.skipIf(sshdPath === undefined)('the kill switch', () => {
  let sshd: Sshd;
  let rig: Rig;
  let running: Running[] = [];

  beforeAll(async () => {
    sshd = await startSshd(sshdPath ?? '');
  });
  beforeEach(async () => {
    rig = await startRig(sshd);
  });
  afterEach(async () => {
    for (const it of running.splice(0)) {
      it.child.kill('SIGKILL');
      await it.done;
    }
    await rig.stop();
    await nothingLeft(rig.gateway, rig.ports);
  });
  afterAll(() => sshd.stop());

  const begin = (args: string[], stdin: 'open' | Buffer = 'open'): Running => {
    const it = start('ssh', args, { stdin, limitMs: 20_000 });
    running.push(it);
    return it;
  };
  /** Fires the switch and answers when both connections of the gateway were gone, in milliseconds. */
  const kill = async (): Promise<number> => {
    const began = performance.now();
    rig.ports.last().kill(SENTENCE);
    await rig.ports.last().whenEnded;
    await until(() => rig.gateway.metrics.connectionsOpen === 0, 'the connection to be gone', 2000);
    return performance.now() - began;
  };
  /** What the target's sshd still runs for us. */
  const left = async (mark: string): Promise<string> => (await run('pgrep', ['-f', mark])).stdout.toString();

  test('ends an interactive session at once, and says why', async () => {
    const it = begin(rig.ssh('-tt'));
    // Its own number: another run on this machine may have one too.
    const command = `sleep 4711.${process.pid}`;
    it.child.stdin?.write(`echo ready-$((40+2)); ${command}\n`);
    await until(() => it.stdout().includes('ready-42'), 'the shell');
    await until(async () => (await left(command)) !== '', 'the command on the target', 5000);
    expect(await kill()).toBeLessThan(WITHIN_MS);
    const ran = await it.done;
    expect(ran.stderr.toString()).toContain(`${SENTENCE}\r\n`);
    expect(ran.code).toBe(255);
    expect(rig.ports.last().ended).toMatchObject([{ reason: `killed: ${SENTENCE}` }]);
    await until(async () => (await left(command)) === '', 'the command on the target to end', 5000);
  });

  test('ends a session whose client is stopped and reads nothing', async () => {
    const it = begin([...rig.ssh(), 'cat /dev/zero']);
    await until(() => rig.gateway.metrics.bytesOut > 8 * 1024 * 1024, 'the flood');
    it.child.kill('SIGSTOP');
    it.child.stdout?.pause();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await kill()).toBeLessThan(WITHIN_MS);
    it.child.kill('SIGCONT');
  });

  test('ends a session that is stalled by its recorder', async () => {
    const it = begin([...rig.ssh(), 'cat /dev/zero | head -c 900000000']);
    await until(() => rig.ports.sessions.length > 0, 'the session');
    const recorder = rig.ports.last().recorder;
    recorder.stalled = true;
    await until(() => rig.gateway.metrics.recorderWaits > 0, 'the stall');
    expect(await kill()).toBeLessThan(WITHIN_MS);
    await it.done;
  });

  test('ends a session in the middle of a flood in both directions', async () => {
    const it = begin([...rig.ssh(), 'cat'], Buffer.alloc(200 * 1024 * 1024, 0x61));
    await until(() => rig.gateway.metrics.bytesOut > 4 * 1024 * 1024, 'the flood');
    expect(await kill()).toBeLessThan(WITHIN_MS);
    const ran = await it.done;
    expect(ran.code).toBe(255);
  });

  test('ends a background connection without any channel', async () => {
    const it = begin(['-N', ...rig.ssh()]);
    await until(() => rig.ports.sessions.length > 0, 'the session');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await kill()).toBeLessThan(WITHIN_MS);
    expect((await it.done).code).toBe(255);
  });

  test('tells a background connection why, where the client shows it', async () => {
    const it = begin(['-N', '-o', 'LogLevel=INFO', ...rig.ssh()]);
    await until(() => rig.ports.sessions.length > 0, 'the session');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await kill();
    expect((await it.done).stderr.toString()).toContain(SENTENCE);
  });

  test('ends a ControlMaster with every command it carries, and nothing can be started through it', async () => {
    const control = join(rig.dir, 'control');
    begin(['-M', '-N', '-S', control, ...rig.ssh()]);
    await until(async () => (await run('ssh', ['-S', control, '-O', 'check', ...rig.ssh()])).code === 0, 'the master');
    const carried = ['4712', '4713'].map((n) => begin(['-S', control, ...rig.ssh(), `sleep ${n}`]));
    await until(() => rig.gateway.metrics.channelsOpen === 2, 'both commands');
    expect(await kill()).toBeLessThan(WITHIN_MS);
    for (const it of carried) expect((await it.done).code).toBe(255);
    const after = await run('ssh', ['-S', control, '-o', 'ControlMaster=no', '-O', 'check', ...rig.ssh()]);
    expect(after.code).not.toBe(0);
    expect(rig.ports.sessions).toHaveLength(1);
  });

  test('ends a session that is still on its way to the target', async () => {
    rig.ports.target = { ...rig.ports.target, host: '127.0.0.1', port: await deafPort() };
    const it = begin([...rig.ssh(), 'id']);
    await until(() => rig.ports.sessions.length > 0, 'the session');
    expect(await kill()).toBeLessThan(WITHIN_MS);
    expect((await it.done).code).toBe(255);
  });

  test('that fired before the gateway looked opens nothing on the target', async () => {
    const admit = rig.ports.admit.bind(rig.ports);
    rig.ports.admit = async (ask) => {
      const answer = await admit(ask);
      rig.ports.last().kill(SENTENCE);
      return answer;
    };
    const ran = await begin([...rig.ssh(), 'echo never']).done;
    expect(ran.stdout.toString()).toBe('');
    expect(rig.ports.last().recorder.channels).toHaveLength(0);
  });

  test('is within its limit every time of ten', async () => {
    const took: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      const it = begin([...rig.ssh('-tt'), 'echo up; sleep 30']);
      await until(() => it.stdout().includes('up'), 'the command');
      took.push(await kill());
      await it.done;
    }
    expect(Math.max(...took)).toBeLessThan(WITHIN_MS);
  });

  const deaf: { close(): void }[] = [];
  afterAll(() => {
    for (const it of deaf) it.close();
  });
  /** Accepts and never says a word. */
  const deafPort = async (): Promise<number> => {
    const { createServer } = await import('node:net');
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    deaf.push(server);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
});
