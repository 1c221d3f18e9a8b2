import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MemoryRecorder, sha256 } from '#test/ssh-rig/fake-ports.ts';
import { startChopper } from '#test/ssh-rig/chopper.ts';
import { nothingLeft, startRig, type Rig } from '#test/ssh-rig/rig.ts';
import { run, start, until } from '#test/ssh-rig/run-program.ts';
import { findSshd, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';

const sshdPath = findSshd();
if (sshdPath === undefined)
  console.log('SKIP session-through-gateway: no sshd on this machine (apt-get install openssh-server)');

describe.skipIf(sshdPath === undefined)('a session through the gateway', () => {
  let sshd: Sshd;
  let rig: Rig;

  beforeAll(async () => {
    sshd = await startSshd(sshdPath ?? '');
  });
  beforeEach(async () => {
    rig = await startRig(sshd);
  });
  afterEach(async () => {
    await rig.stop();
    await nothingLeft(rig.gateway, rig.ports);
  });
  afterAll(() => sshd.stop());

  test('carries output, error output, input and the exit code, and hands the recorder all of it', async () => {
    const stdin = randomBytes(300_000);
    const ran = await run('ssh', [...rig.ssh(), 'cat; echo oops >&2; exit 7'], { stdin });
    expect(ran.code).toBe(7);
    expect(sha256(ran.stdout)).toBe(sha256(stdin));
    expect(ran.stderr.toString()).toBe('oops\n');
    const session = rig.ports.last();
    await session.whenEnded;
    const [channel] = session.recorder.channels;
    expect(channel?.meta).toMatchObject({ kind: 'exec', command: 'cat; echo oops >&2; exit 7' });
    expect(sha256(Buffer.concat(channel?.output ?? []))).toBe(sha256(stdin));
    expect(sha256(Buffer.concat(channel?.input ?? []))).toBe(sha256(stdin));
    expect(Buffer.concat(channel?.stderr ?? []).toString()).toBe('oops\n');
    expect(channel?.ends).toEqual([{ code: 7 }]);
    expect(session.ended).toEqual([{ reason: 'the person left', bytesIn: stdin.length, bytesOut: stdin.length + 5 }]);
    expect(session.ask).toMatchObject({
      identityId: 'identity-1',
      account: sshd.user,
      system: 'web1',
      clientAddress: '127.0.0.1',
    });
    expect(session.ask.clientVersion).toMatch(/^OpenSSH_/);
  });

  test('loses and alters no byte while keys are exchanged in mid-stream, on either leg', async () => {
    const stdin = randomBytes(24 * 1024 * 1024);
    const file = join(rig.dir, 'data');
    writeFileSync(file, stdin);
    for (const rekey of [['-o', 'RekeyLimit=2M'], []]) {
      const up = await run('ssh', [...rekey, ...rig.ssh(), 'sha256sum'], { stdin });
      expect(up.stdout.toString()).toBe(`${sha256(stdin)}  -\n`);
      const down = await run('ssh', [...rekey, ...rig.ssh(), `cat ${file}`]);
      expect(sha256(down.stdout)).toBe(sha256(stdin));
      await rig.ports.last().whenEnded;
      expect(sha256(Buffer.concat(rig.ports.last().recorder.channels[0]?.output ?? []))).toBe(sha256(stdin));
    }
    const rekeying = await startSshd(sshdPath ?? '', ['RekeyLimit 2M']);
    rig.ports.target = {
      ...rig.ports.target,
      port: rekeying.port,
      pinned: [rekeying.hostFingerprint],
      secret: { privateKey: rekeying.privateKey },
    };
    const echoed = await run('ssh', [...rig.ssh(), 'cat'], { stdin });
    await rekeying.stop();
    expect(sha256(echoed.stdout)).toBe(sha256(stdin));
  });

  test.each([1, 2, 3, 4])('loses and alters no byte however the network cuts its packets (seed %i)', async (seed) => {
    const stdin = randomBytes(6 * 1024 * 1024);
    const near = await startChopper(rig.gateway.address.port, seed);
    const far = await startChopper(sshd.port, seed + 100);
    rig.ports.target = { ...rig.ports.target, port: far.port };
    const cipher = seed === 4 ? ['-o', 'Ciphers=aes256-gcm@openssh.com'] : [];
    const ran = await run('ssh', ['-o', `Port=${near.port}`, ...cipher, ...rig.ssh(), 'cat'], { stdin });
    near.stop();
    far.stop();
    expect(ran.stderr.toString()).toBe('');
    expect(ran.code).toBe(0);
    expect(sha256(ran.stdout)).toBe(sha256(stdin));
  });

  test('that is refused says why on the channel, with an exit code, and opens nothing on the target', async () => {
    rig.ports.refusal = {
      code: 'request_needed',
      message:
        'you have no access to root on web1. Ask for it: https://reeve.example/requests/new?for=web1\u001b]0;x\u0007',
    };
    const ran = await run('ssh', [...rig.ssh(), 'id']);
    expect(ran.code).toBe(1);
    expect(ran.stdout.toString()).toBe('');
    expect(ran.stderr.toString()).toBe(
      'Reeve: you have no access to root on web1. Ask for it: https://reeve.example/requests/new?for=web1?]0;x?\n',
    );
    const shell = await run('ssh', [...rig.ssh('-tt')]);
    expect(shell.code).toBe(1);
    expect(shell.stderr.toString()).toContain('requests/new?for=web1');
    expect(shell.stderr.toString()).toContain('\r\n');
    const sftp = await run('sftp', [
      ...rig.options('gateway').options,
      '-b',
      '/dev/null',
      rig.options('gateway').destination,
    ]);
    expect(sftp.stderr.toString()).toContain('requests/new?for=web1');
    const held = await run('ssh', ['-N', ...rig.ssh()]);
    expect(held.code).toBe(255);
    expect(rig.ports.sessions).toHaveLength(0);
  });

  test('with a login name that names no system is told how to write one', async () => {
    const { options } = rig.options('gateway');
    const ran = await run('ssh', [...options, 'root@127.0.0.1', 'id']);
    expect(ran.code).toBe(1);
    expect(ran.stderr.toString()).toContain('account@system');
  });

  test('of somebody unknown is refused at the door', async () => {
    rig.ports.known.clear();
    const ran = await run('ssh', [...rig.ssh(), 'id']);
    expect(ran.code).toBe(255);
    expect(ran.stderr.toString()).toContain('Permission denied (publickey)');
    expect(rig.ports.identified).toHaveLength(0);
  });

  test('shows the notice at a terminal and nowhere else', async () => {
    const shell = await run('ssh', rig.ssh('-tt'), { stdin: Buffer.from('exit 3\n') });
    expect(shell.stderr.toString()).toBe('Reeve: this session is recorded.\r\n');
    expect(shell.code).toBe(3);
    expect(rig.ports.last().recorder.channels[0]?.meta).toMatchObject({ kind: 'shell', cols: 0, rows: 0 });
    const exec = await run('ssh', [...rig.ssh('-tt'), 'echo hi']);
    expect(exec.stderr.toString()).toBe('');
    const plain = await run('ssh', rig.ssh('-T'), { stdin: Buffer.from('echo hi\n') });
    expect(plain.stderr.toString()).toBe('');
    expect(plain.stdout.toString()).toBe('hi\n');
  });

  test('waits for the recorder: nothing flows while it is stalled, and nothing is lost after', async () => {
    const recorder = new MemoryRecorder();
    recorder.stalled = true;
    rig.ports.recorderOf = () => recorder;
    const running = start(
      'ssh',
      [...rig.ssh(), 'head -c 20000000 /dev/urandom | tee /proc/self/fd/2 2>/dev/null | head -c 20000000'],
      { limitMs: 15_000 },
    );
    await until(
      () => recorder.channels.length > 0 && (recorder.channels[0]?.output.length ?? 0) > 0,
      'the first bytes',
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = Buffer.concat(recorder.channels[0]?.output ?? []).length;
    expect(before).toBeLessThan(1024 * 1024);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(Buffer.concat(recorder.channels[0]?.output ?? []).length).toBe(before);
    recorder.release();
    const ran = await running.done;
    expect(ran.code).toBe(0);
    expect(ran.stdout).toHaveLength(20_000_000);
    await rig.ports.last().whenEnded;
    expect(sha256(Buffer.concat(recorder.channels[0]?.output ?? []))).toBe(sha256(ran.stdout));
    expect(rig.gateway.metrics.recorderWaits).toBe(1);
  });

  test('ends when it can no longer be recorded', async () => {
    const running = start('ssh', [...rig.ssh(), 'sleep 30'], { limitMs: 10_000 });
    await until(() => (rig.ports.sessions.at(-1)?.recorder.channels.length ?? 0) > 0, 'the session');
    rig.ports.last().recorder.break();
    const ran = await running.done;
    expect(ran.ms).toBeLessThan(5000);
    expect(ran.stderr.toString()).toContain('can no longer be recorded');
    expect(rig.ports.last().ended).toMatchObject([{ reason: 'recording failed' }]);
  });

  test('whose recorder throws ends, and the gateway lives on', async () => {
    const broken = new MemoryRecorder();
    broken.channel = () => {
      throw new Error('no space left');
    };
    rig.ports.recorderOf = () => broken;
    const ran = await run('ssh', [...rig.ssh(), 'echo never']);
    expect(ran.stdout.toString()).toBe('');
    expect(rig.ports.last().ended).toHaveLength(1);
    rig.ports.recorderOf = undefined;
    expect((await run('ssh', [...rig.ssh(), 'echo still here'])).stdout.toString()).toBe('still here\n');
  });

  test('names the files that SFTP touches', async () => {
    const { options, destination } = rig.options('gateway');
    writeFileSync(
      join(rig.dir, 'batch'),
      `put ${join(rig.dir, 'batch')} ${join(rig.dir, 'copy')}\nrename ${join(rig.dir, 'copy')} ${join(rig.dir, 'moved')}\nrm ${join(rig.dir, 'moved')}\n`,
    );
    const batch = readFileSync(join(rig.dir, 'batch'));
    const [size, digest] = [batch.length, sha256(batch)];
    expect((await run('sftp', [...options, '-b', join(rig.dir, 'batch'), destination])).code).toBe(0);
    await rig.ports.last().whenEnded;
    const files = rig.ports
      .last()
      .events.filter((e) => e.type === 'file')
      .map((e) => e.detail);
    expect(files).toEqual([
      `write ${rig.dir}/copy, ${size} bytes, sha256 ${digest}`,
      `rename ${rig.dir}/copy to ${rig.dir}/moved`,
      `remove ${rig.dir}/moved`,
    ]);
  });

  test('whose record breaks in the middle ends once, and so does one whose end is not taken', async () => {
    const admit = rig.ports.admit.bind(rig.ports);
    rig.ports.admit = async (ask) => {
      const answer = await admit(ask);
      if (!answer.admitted) return answer;
      const ended = answer.ticket.ended.bind(answer.ticket);
      return {
        admitted: true,
        ticket: {
          ...answer.ticket,
          event: () => {
            throw new Error('the database is gone');
          },
          ended: async (how) => {
            await ended(how);
            throw new Error('and stays gone');
          },
        },
      };
    };
    const ran = await run('ssh', [...rig.ssh(), 'echo never']);
    expect(ran.stdout.toString()).toBe('');
    expect(ran.stderr.toString()).toContain('ended by an internal fault');
    expect(rig.ports.last().ended).toMatchObject([{ reason: 'internal fault' }]);
  });

  test('may forward to an address its ticket names, recorded, and to no other', async () => {
    rig.ports.allowForwarding = [`127.0.0.1:${sshd.port}`];
    const allowed = start('ssh', ['-W', `127.0.0.1:${sshd.port}`, ...rig.ssh()], { stdin: 'open', limitMs: 10_000 });
    await until(() => allowed.stdout().startsWith('SSH-2.0-'), 'the banner behind the forward');
    allowed.child.stdin?.end();
    allowed.child.kill();
    await allowed.done;
    await rig.ports.last().whenEnded;
    expect(rig.ports.last().recorder.channels[0]?.meta).toEqual({ kind: 'forward', command: `127.0.0.1:${sshd.port}` });
    expect(Buffer.concat(rig.ports.last().recorder.channels[0]?.output ?? []).toString()).toContain('SSH-2.0-');
    const refused = await run('ssh', ['-W', '127.0.0.1:1', '-o', 'LogLevel=INFO', ...rig.ssh()]);
    expect(refused.stderr.toString()).toContain('not allowed in this session');
    expect(rig.ports.last().events).toContainEqual(
      expect.objectContaining({ type: 'refused', detail: 'forward to 127.0.0.1:1' }),
    );
  });

  test('K20: -J through the gateway reaches nothing', async () => {
    const { options, destination } = rig.options('gateway');
    const config = join(rig.dir, 'jump');
    const keep = options.filter((o) => o.includes('=') && !/^(LogLevel|Port)=/.test(o));
    writeFileSync(
      config,
      `Host *\n  IdentityFile ${rig.key.file}\n${keep.map((o) => `  ${o.replace('=', ' ')}\n`).join('')}`,
    );
    const ran = await run('ssh', [
      '-F',
      config,
      '-J',
      `${destination}:${rig.gateway.address.port}`,
      '-p',
      String(sshd.port),
      `${sshd.user}@127.0.0.1`,
      'id',
    ]);
    expect(ran.code).toBe(255);
    expect(ran.stdout.toString()).toBe('');
    expect(ran.stderr.toString()).toContain('not allowed in this session');
  });

  test('with a ControlMaster runs every command on the one ticket', async () => {
    const control = join(rig.dir, 'control');
    const master = start('ssh', ['-M', '-N', '-S', control, ...rig.ssh()], { limitMs: 20_000 });
    await until(async () => (await run('ssh', ['-S', control, '-O', 'check', ...rig.ssh()])).code === 0, 'the master');
    const ran = await Promise.all(
      [1, 2, 3, 4].map((n) => run('ssh', ['-S', control, ...rig.ssh(), `echo ${n}; exit ${n}`])),
    );
    expect(ran.map((r) => [r.code, r.stdout.toString()])).toEqual([1, 2, 3, 4].map((n) => [n, `${n}\n`]));
    expect(rig.ports.sessions).toHaveLength(1);
    expect(rig.ports.last().recorder.channels).toHaveLength(4);
    await run('ssh', ['-S', control, '-O', 'exit', ...rig.ssh()]);
    await master.done;
    await rig.ports.last().whenEnded;
  });

  test('that is given up before it is admitted still tells its ticket that it ended', async () => {
    rig.ports.admitDelayMs = 600;
    const running = start('ssh', [...rig.ssh(), 'id'], { limitMs: 10_000 });
    await until(() => rig.gateway.metrics.loginsAccepted === 1, 'the login');
    running.child.kill('SIGKILL');
    await running.done;
    await until(() => rig.ports.sessions.length === 1, 'the admission');
    await rig.ports.last().whenEnded;
    expect(rig.ports.last().ended).toMatchObject([{ reason: 'the person left' }]);
  });

  test('that cannot be decided is refused, and says so', async () => {
    rig.ports.admit = () => Promise.reject(new Error('the database is down: password=hunter2'));
    const ran = await run('ssh', [...rig.ssh(), 'id']);
    expect(ran.code).toBe(1);
    expect(ran.stderr.toString()).toBe('Reeve: access could not be decided just now; try again in a moment\n');
  });

  test('is drained when the gateway stops, and ended when the time is over', async () => {
    const short = start('ssh', [...rig.ssh(), 'sleep 0.5; echo finished'], { limitMs: 10_000 });
    const long = start('ssh', [...rig.ssh(), 'sleep 30'], { limitMs: 10_000 });
    await until(
      () => rig.ports.sessions.length === 2 && rig.ports.sessions.every((s) => s.recorder.channels.length === 1),
      'both sessions',
    );
    const began = performance.now();
    await rig.gateway.stop(4000);
    const took = performance.now() - began;
    expect((await short.done).stdout.toString()).toBe('finished\n');
    expect((await long.done).stderr.toString()).toContain('the gateway is stopping');
    expect(took).toBeGreaterThan(3900);
    expect(took).toBeLessThan(6000);
  });

  test('overwrites the leased credential once the target has taken it', async () => {
    const leased: Buffer[] = [];
    const admit = rig.ports.admit.bind(rig.ports);
    rig.ports.admit = async (ask) => {
      const answer = await admit(ask);
      if (answer.admitted && answer.ticket.credential.kind === 'ssh_key')
        leased.push(answer.ticket.credential.privateKey);
      return answer;
    };
    expect((await run('ssh', [...rig.ssh(), 'true'])).code).toBe(0);
    expect(leased).toHaveLength(1);
    expect(leased[0]?.every((b) => b === 0)).toBe(true);
  });
});
