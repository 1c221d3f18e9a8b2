import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { nothingLeft, startRig, type Rig } from '#test/ssh-rig/rig.ts';
import { run, start, until, type Ran, type Running } from '#test/ssh-rig/run-program.ts';
import { findSshd, makeKey, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';

const sshdPath = findSshd();
if (sshdPath === undefined)
  console.log('SKIP agent-forwarding: no sshd on this machine (apt-get install openssh-server)');

/** `ssh -A` of OpenSSH with a real agent, before real sshds. */
describe.skipIf(sshdPath === undefined)('the agent of whoever is there', () => {
  let sshd: Sshd;
  let rig: Rig;
  let agent: Running;
  let key: { readonly file: string; readonly fingerprint: string };
  let socket: string;

  beforeAll(async () => {
    sshd = await startSshd(sshdPath ?? '');
    key = await makeKey(join(sshd.dir, 'agents-own'));
    appendFileSync(join(sshd.dir, 'authorized_keys'), readFileSync(`${key.file}.pub`));
  });
  beforeEach(async () => {
    rig = await startRig(sshd);
    socket = join(rig.dir, 'agent');
    agent = start('ssh-agent', ['-D', '-a', socket], { limitMs: 120_000 });
    await until(async () => (await add('-l')).code !== 2, 'the agent to start');
    await add(key.file);
  });
  afterEach(async () => {
    agent.child.kill('SIGKILL');
    await rig.stop();
    await nothingLeft(rig.gateway, rig.ports);
  });
  afterAll(() => sshd.stop());

  const add = (...args: string[]): Promise<Ran> => run('ssh-add', args, { env: { SSH_AUTH_SOCK: socket } });
  const ssh = (command: string, ...extra: string[]): Promise<Ran> =>
    run('ssh', [...rig.ssh('-A', ...extra), command], { env: { SSH_AUTH_SOCK: socket } });
  /** A connection that stays, to be used through `control`. */
  const goesOn = async (control = ''): Promise<{ end(): Promise<unknown> }> => {
    const master = start('ssh', ['-M', '-S', control, '-N', ...rig.ssh('-A')], {
      env: { SSH_AUTH_SOCK: socket },
      limitMs: 60_000,
    });
    await until(async () => (await run('ssh', ['-S', control, '-O', 'check', 'x'])).code === 0, 'the master');
    return {
      end: () => {
        master.child.kill();
        return master.done;
      },
    };
  };
  const QUIET =
    '-o BatchMode=yes -o LogLevel=ERROR -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -F none';
  const told = (type: string): string[] => {
    const { events } = rig.ports.last();
    return events.filter((event) => event.type === type).map(({ detail }) => detail);
  };

  test('is not there where the terms say nothing of it, and what runs goes on', async () => {
    const ran = await ssh('echo runs; ssh-add -l');
    expect(ran.stdout.toString()).toBe('runs\n');
    expect(ran.stderr.toString()).toMatch(/Could not open a connection to your authentication agent/);
    expect(told('refused')).toEqual(['agent forwarding']);
  });

  test('lists its keys and signs, and each signature is on the record', async () => {
    rig.ports.allowAgent = true;
    const ran = await ssh(`ssh-add -l; ssh ${QUIET} -p ${sshd.port} ${sshd.user}@127.0.0.1 echo onward`);
    expect(ran.stderr.toString()).toBe('');
    expect(ran.stdout.toString()).toMatch(new RegExp(`${key.fingerprint}[^]*\nonward\n$`.replaceAll('+', '\\+')));
    expect(told('forward')).toContain(`agent: ${key.fingerprint} signs a login as ${sshd.user}`);
    expect(told('refused')).toEqual([]);
  });

  test('is there at a terminal too, and signs files', async () => {
    rig.ports.allowAgent = true;
    const sign = `ssh-keygen -Y sign -q -n release -f ${key.file}.pub < /dev/null | head -1`;
    const ran = await ssh(sign, '-tt');
    expect(ran.stdout.toString()).toContain('BEGIN SSH SIGNATURE');
    expect(told('forward')).toContain(`agent: ${key.fingerprint} signs something of the kind release`);
  });

  test('is not changed from a target', async () => {
    rig.ports.allowAgent = true;
    const other = await makeKey(join(rig.dir, 'planted'));
    const ran = await ssh(`ssh-add -D; ssh-add ${other.file}; ssh-add -x < /dev/null; ssh-add -l`);
    expect(ran.stdout.toString()).toContain(key.fingerprint);
    expect((await add('-l')).stdout.toString().trim().split('\n')).toHaveLength(1);
    expect(told('refused')).toEqual(
      expect.arrayContaining(['agent: asked to lose all keys', 'agent: asked to be given a key']),
    );
  });

  test('K19: lets nobody come back through Reeve as the person', async () => {
    rig.ports.allowAgent = true;
    rig.ports.known.set(key.fingerprint, 'identity-1');
    const { port } = rig.gateway.address;
    const back = `ssh ${QUIET} -p ${port} ${sshd.user}@web1@127.0.0.1 echo in`;
    const ran = await ssh(`${back}; ${back.replace('@web1', '%web1')}; echo over`);
    expect(ran.stdout.toString()).toBe('over\n');
    expect(ran.stderr.toString()).toMatch(/Permission denied[^]*Permission denied/);
    expect(rig.ports.sessions).toHaveLength(1);
    expect(told('refused')).toContain(
      `agent: a login as ${sshd.user}@web1, which would come through Reeve as this person`,
    );
    // the same key does let in who holds it
    const held = await run('ssh', [...rig.ssh('-o', `IdentityAgent=${socket}`), 'echo in']);
    expect(held.stdout.toString()).toBe('in\n');
  });

  test('K19: is out of reach once what asked for it is over, though the connection goes on', async () => {
    rig.ports.allowAgent = true;
    const control = join(rig.dir, 'control');
    const master = await goesOn(control);
    const through = (command: string, agent: '-A' | '-a'): Promise<Ran> =>
      run('ssh', ['-S', control, agent, 'anybody@nowhere', command], { env: { SSH_AUTH_SOCK: socket } });
    const path = (await through('echo $SSH_AUTH_SOCK', '-A')).stdout.toString().trim();
    expect(path).not.toBe('');
    const later = await through(`SSH_AUTH_SOCK=${path} ssh-add -l`, '-a');
    expect(later.stdout.toString()).toBe('');
    expect(later.code).not.toBe(0);
    expect(told('refused')).toEqual(['the agent, which nobody lends now']);
    expect((await through('ssh-add -l', '-A')).stdout.toString()).toContain(key.fingerprint);
    await master.end();
  });

  test('K19: signs nothing by which Reeve knows a host', async () => {
    rig.ports.allowAgent = true;
    const ran = await ssh(`ssh-keygen -Y sign -q -n reeve-workload -f ${key.file}.pub < /dev/null | head -1`);
    expect(ran.stdout.toString()).toBe('');
    expect(told('refused')).toEqual([
      'agent: something of the kind reeve-workload, which would come through Reeve as this person',
    ]);
  });

  test('K19: a way that was open is closed once what asked for it is over, though the connection goes on', async () => {
    rig.ports.allowAgent = true;
    const [control, held, go, heard] = ['control', 'held', 'go', 'heard'].map((name) => join(rig.dir, name));
    const master = await goesOn(control);
    // stays behind with its way to the agent open, and asks for the keys when it is told to
    const script = join(rig.dir, 'stays.cjs');
    writeFileSync(
      script,
      `const fs = require('node:fs'); const LIST = Buffer.from([0, 0, 0, 1, 11]);
      const way = require('node:net').connect(process.env.SSH_AUTH_SOCK, () => way.write(LIST));
      let answers = 0; const say = (what) => { fs.writeFileSync('${heard}', what); process.exit(); };
      way.on('data', () => { answers += 1; if (answers > 1) say('listed'); fs.writeFileSync('${held}', ''); });
      way.on('error', () => {}); way.on('close', () => say('closed'));
      setInterval(() => { if (fs.existsSync('${go}')) way.write(LIST); }, 20); setTimeout(() => process.exit(), 20000);`,
    );
    const stays = `setsid '${process.execPath}' '${script}' > /dev/null 2>&1 < /dev/null & until [ -e '${held}' ]; do sleep 0.05; done`;
    const asker = await run('ssh', ['-S', control ?? '', '-A', 'anybody@nowhere', stays], {
      env: { SSH_AUTH_SOCK: socket },
    });
    expect(asker.code).toBe(0);
    writeFileSync(go ?? '', '');
    await until(() => existsSync(heard ?? ''), 'what stayed behind to be answered or cut off');
    expect(readFileSync(heard ?? '', 'utf8')).toBe('closed');
    await master.end();
  });

  test('K19: a way that waits for a paused session to go on is closed with what asked for it', async () => {
    rig.ports.allowAgent = true;
    const [control, go, heard] = ['control', 'go', 'heard'].map((name) => join(rig.dir, name));
    const master = await goesOn(control);
    const script = join(rig.dir, 'comes.cjs');
    writeFileSync(
      script,
      `const fs = require('node:fs'); const path = process.env.SSH_AUTH_SOCK;
      const wait = setInterval(() => { if (!fs.existsSync('${go}')) return; clearInterval(wait);
        const way = require('node:net').connect(path, () => { way.write(Buffer.from([0, 0, 0, 1, 11])); fs.writeFileSync('${heard}', 'waits'); });
        way.on('error', () => {}); way.on('data', () => fs.writeFileSync('${heard}', 'listed'));
        way.on('close', () => { fs.appendFileSync('${heard}', ', closed'); process.exit(); }); }, 20);
      setTimeout(() => process.exit(), 20000);`,
    );
    const stays = `setsid '${process.execPath}' '${script}' > /dev/null 2>&1 < /dev/null & echo up; sleep 30`;
    const asker = start('ssh', ['-S', control ?? '', '-A', 'anybody@nowhere', stays], {
      env: { SSH_AUTH_SOCK: socket },
    });
    await until(() => asker.stdout().includes('up'), 'it to run');
    rig.ports.last().order('pause', 'Reeve: paused');
    writeFileSync(go ?? '', '');
    await until(() => existsSync(heard ?? ''), 'a program to come for the agent');
    await until(() => told('forward').includes('agent of whoever is there'), 'the gateway to hear of it');
    asker.child.kill('SIGKILL');
    await until(() => readFileSync(heard ?? '', 'utf8').endsWith('closed'), 'it to be cut off');
    expect(readFileSync(heard ?? '', 'utf8')).toBe('waits, closed');
    await master.end();
  });

  test('K19: a flood of what is told of leaves no signature untold', { timeout: 60_000 }, async () => {
    rig.ports.allowAgent = true;
    const script = join(rig.dir, 'flood.cjs');
    // comes and goes more often than a session tells of
    writeFileSync(
      script,
      `const net = require('node:net'); let left = 2100;
      const one = () => { if (left-- <= 0) return; const way = net.connect(process.env.SSH_AUTH_SOCK, () => way.write(Buffer.from([0, 0, 0, 1, 11])));
        way.on('data', () => way.end()); way.on('error', () => {}); way.on('close', one); };
      for (let i = 0; i < 4; i += 1) one();`,
    );
    const onward = `ssh ${QUIET} -p ${sshd.port} ${sshd.user}@127.0.0.1 echo onward`;
    const running = start('ssh', [...rig.ssh('-A'), `'${process.execPath}' '${script}'; ${onward}`], {
      env: { SSH_AUTH_SOCK: socket },
      limitMs: 55_000,
    });
    expect((await running.done).stdout.toString()).toBe('onward\n');
    expect(told('forward')).toContain(`agent: ${key.fingerprint} signs a login as ${sshd.user}`);
  });

  test('waits while the session is paused', async () => {
    rig.ports.allowAgent = true;
    const running = start('ssh', [...rig.ssh('-A'), 'echo up; sleep 0.5; ssh-add -l'], {
      env: { SSH_AUTH_SOCK: socket },
    });
    await until(() => running.stdout().includes('up'), 'it to run');
    rig.ports.last().order('pause', 'Reeve: paused');
    await new Promise((later) => setTimeout(later, 1500));
    expect(running.stdout()).toBe('up\n');
    rig.ports.last().order('resume', 'Reeve: it goes on');
    expect((await running.done).stdout.toString()).toContain(key.fingerprint);
  });

  test('is not there where the target forwards none, and what runs goes on', async () => {
    const strict = await startSshd(sshdPath ?? '', ['AllowAgentForwarding no']);
    const other = await startRig(strict);
    try {
      other.ports.allowAgent = true;
      const ran = await run('ssh', [...other.ssh('-A'), 'echo runs; ssh-add -l'], { env: { SSH_AUTH_SOCK: socket } });
      expect(ran.stdout.toString()).toBe('runs\n');
    } finally {
      await other.stop();
      await strict.stop();
    }
  });
});
