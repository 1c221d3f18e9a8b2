import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHosts, whyNotIsolated, type LabAccount, type LabHost, type LabHosts } from './hosts.ts';
import { labFoldersOf, processStart } from './lab-directory.ts';
import { makeSshKey, runCommand, waitUntil, type CommandResult } from './index.ts';

const obstacle = await whyNotIsolated();
if (obstacle !== undefined) process.stderr.write(`SKIP isolated lab hosts: ${obstacle}\n`);

const scratch = mkdtempSync(join(tmpdir(), 'lab-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** One command over a real OpenSSH client with that key, the host key pinned and nothing asked. */
async function ssh(host: LabHost, username: string, privateKey: string, command: string): Promise<CommandResult> {
  const folder = mkdtempSync(join(scratch, 'ssh-'));
  writeFileSync(join(folder, 'key'), privateKey, { mode: 0o600 });
  writeFileSync(join(folder, 'known'), `[${host.host}]:${host.port} ${host.hostKey}\n`);
  const options = [
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${join(folder, 'known')}`,
    'ConnectTimeout=5',
  ];
  return runCommand('ssh', [
    '-F',
    'none',
    '-i',
    join(folder, 'key'),
    '-p',
    String(host.port),
    ...options.flatMap((option) => ['-o', option]),
    `${username}@${host.host}`,
    command,
  ]);
}
const keyOf = (account: LabAccount | undefined): string => account?.key?.privateKey ?? '';

describe.skipIf(obstacle !== undefined)('lab hosts', () => {
  let lab: LabHosts;
  beforeAll(async () => {
    lab = await startHosts({ names: ['web1', 'db1'] });
  });
  afterAll(() => lab.stop());

  it('lets root and a planted user in with the key of this run', async () => {
    const web1 = lab.get('web1');
    expect(await ssh(web1, 'root', web1.root.privateKey, 'id -u; hostname')).toMatchObject({
      code: 0,
      stdout: '0\nweb1\n',
    });
    expect(await ssh(web1, 'ruben', keyOf(web1.accounts.get('ruben')), 'id -un; id -Gn')).toMatchObject({
      code: 0,
      stdout: 'ruben\nruben webops docker\n',
    });
    expect(web1.logs()).toContain('Accepted publickey for ruben');
  });

  it('lets the management account become root without a password', async () => {
    const db1 = lab.get('db1');
    expect(await ssh(db1, 'reeve', db1.management.privateKey, 'sudo -n id -u')).toMatchObject({
      code: 0,
      stdout: '0\n',
    });
  });

  it('refuses a key of another host, a fresh key and an unknown user', async () => {
    const web1 = lab.get('web1');
    for (const [username, key] of [
      ['root', lab.get('db1').root.privateKey],
      ['root', makeSshKey('stranger').privateKey],
      ['nobody-here', web1.root.privateKey],
    ] as const) {
      const result = await ssh(web1, username, key, 'true');
      expect(result.code).toBe(255);
      expect(result.stderr).toContain('Permission denied');
    }
  });

  it('is refused by a client that pinned another host key', async () => {
    const result = await ssh(
      { ...lab.get('web1'), hostKey: lab.get('db1').hostKey },
      'root',
      lab.get('web1').root.privateKey,
      'true',
    );
    expect(result.code).toBe(255);
    expect(result.stderr).toContain('Host key verification failed');
  });

  it('has the planted ways to more privilege', async () => {
    const [web1, db1] = [lab.get('web1'), lab.get('db1')];
    expect((await db1.exec('getent passwd sysmaint')).stdout).toMatch(/^sysmaint:x:0:0:/);
    expect((await web1.exec('su svc-deploy -c "sudo -n id -u"')).stdout).toBe('0\n');
    expect((await web1.exec('grep -c old-laptop /root/.ssh/authorized_keys')).stdout).toBe('1\n');
    expect((await db1.exec('chage -l mhollis')).stdout).toMatch(/Password expires\s+: never/);
    expect((await db1.exec('lastlog -u mhollis')).stdout).not.toContain('Never logged in');
    expect((await db1.exec('visudo -c')).code).toBe(0);
    expect((await db1.exec('pwck -r -q; grpck -r')).stdout).not.toContain('delete line');
  });

  it('takes new accounts, passwords, keys and sudo rules, and keeps them over a power cut', async () => {
    const web1 = lab.get('web1');
    const key = makeSshKey('newcomer');
    const made = await web1.exec(
      'useradd -m -s /bin/bash lena && chpasswd && usermod -aG webops lena && install -d -m 700 -o lena -g lena ~lena/.ssh',
      { input: 'lena:a-passing-Phrase-7\n' },
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    await web1.exec('cat > ~lena/.ssh/authorized_keys && chown lena: ~lena/.ssh/authorized_keys', {
      input: `${key.publicKey}\n`,
    });
    expect((await ssh(web1, 'lena', key.privateKey, 'id -un')).stdout).toBe('lena\n');
    await web1.down();
    expect((await ssh(web1, 'lena', key.privateKey, 'true')).stderr).toContain('Connection refused');
    await web1.up();
    expect((await ssh(web1, 'lena', key.privateKey, 'id -un')).stdout).toBe('lena\n');
  });

  it('ends live sessions when it restarts', async () => {
    const db1 = lab.get('db1');
    const session = ssh(db1, 'root', db1.root.privateKey, 'echo in; sleep 30');
    await waitUntil('the session to open', 5000, async () => (await db1.exec('pgrep -c sleep')).stdout === '1\n');
    await db1.restart();
    expect(await session).toMatchObject({ code: 255, stdout: 'in\n' });
    expect((await ssh(db1, 'root', db1.root.privateKey, 'pgrep -c sleep')).stdout).toBe('0\n');
  });

  it('shows nothing of the machine’s own accounts, homes and disks, and may not mount', async () => {
    const web1 = lab.get('web1');
    const look = await ssh(
      web1,
      'root',
      web1.root.privateKey,
      `ls ${scratch} ${import.meta.dirname}; ls /dev/vda /dev/sda; mount -t tmpfs none /mnt; mknod /tmp/disk b 254 0; ls -A /root`,
    );
    expect(look.stdout).toBe('.ssh\n');
    expect(look.stderr).toContain('mount: ');
    expect(look.stderr).toContain('Operation not permitted');
    const users = (await web1.exec('cut -d: -f1 /etc/passwd')).stdout.split('\n');
    expect(users).toContain('ruben');
    expect(users).not.toContain('_apt');
  });

  it('leaves no trace on the machine’s own accounts and mounts', async () => {
    const mounts = (await runCommand('cat', ['/proc/self/mounts'])).stdout;
    expect(mounts).not.toContain('lab-host');
    expect((await runCommand('getent', ['passwd', 'svc-deploy'])).code).toBe(2);
  });

  it('runs beside another lab with the same host names', async () => {
    const other = await startHosts({ names: ['web1'] });
    try {
      const [ours, theirs] = [lab.get('web1'), other.get('web1')];
      expect(theirs.host).not.toBe(ours.host);
      expect((await ssh(theirs, 'root', theirs.root.privateKey, 'hostname')).stdout).toBe('web1\n');
      expect((await ssh(theirs, 'root', ours.root.privateKey, 'true')).code).toBe(255);
    } finally {
      await other.stop();
    }
    expect((await ssh(lab.get('web1'), 'root', lab.get('web1').root.privateKey, 'hostname')).stdout).toBe('web1\n');
  });

  it('takes the addresses it is told to, and says so when another lab has them', async () => {
    const block = `127.${randomInt(2, 19)}.${randomInt(1, 250)}`;
    const fixed = await startHosts({ names: ['web1', 'app1'], block });
    try {
      expect([...fixed.hosts.values()].map((host) => host.host)).toEqual([`${block}.11`, `${block}.12`]);
      await expect(startHosts({ names: ['web1'], block })).rejects.toThrow('is another lab up on the same block?');
    } finally {
      await fixed.stop();
    }
  });

  it('ends with every process and folder when stopped, and stop may be called twice', async () => {
    const before = labFoldersOf(process.pid);
    const short = await startHosts({ names: ['app1'] });
    const app1 = short.get('app1');
    const inside = await app1.exec('sleep 60 >/dev/null 2>&1 & readlink /proc/1/ns/pid');
    const namespace = inside.stdout.trim();
    expect(processesIn(namespace).length).toBeGreaterThan(1);
    await short.stop();
    await short.stop();
    expect(processesIn(namespace)).toEqual([]);
    expect(labFoldersOf(process.pid)).toEqual(before);
  });

  it('dies with a killed parent, and the next start sweeps the folder it left', async () => {
    const program = `import { startHosts } from ${JSON.stringify(join(import.meta.dirname, 'hosts.ts'))};
      const lab = await startHosts({ names: ['bastion1'] });
      const ns = await lab.get('bastion1').exec('readlink /proc/1/ns/pid');
      console.log(ns.stdout.trim()); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const namespace = await new Promise<string>((resolve) =>
      child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim())),
    );
    expect(namespace).toMatch(/^pid:\[\d+\]$/);
    const folders = labFoldersOf(child.pid ?? 0);
    expect(folders).toHaveLength(1);
    child.kill('SIGKILL');
    await waitUntil('the host to end with its parent', 3000, () => processesIn(namespace).length === 0);
    await (await startHosts({ names: ['web2'] })).stop();
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  });
});

/** Pids of every live process in that pid namespace. */
function processesIn(namespace: string): readonly string[] {
  return readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && processStart(Number(pid)) !== undefined && namespaceOf(pid) === namespace,
  );
}
function namespaceOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

describe.skipIf(!existsSync('/usr/sbin/sshd'))('the host of an ordinary user', () => {
  it('is one sshd of their own, reached by key only, and the rest is named as skipped', async () => {
    const lab = await startHosts({ mode: 'user' });
    try {
      expect(lab.skipped).toHaveLength(1);
      expect(lab.skipped[0]).toContain('web2, db1, app1, bastion1');
      const web1 = lab.get('web1');
      expect(web1.isolated).toBe(false);
      expect((await ssh(web1, web1.root.username, web1.root.privateKey, 'echo here')).stdout).toBe('here\n');
      expect((await ssh(web1, web1.root.username, makeSshKey('stranger').privateKey, 'true')).stderr).toContain(
        'Permission denied (publickey)',
      );
      const session = ssh(web1, web1.root.username, web1.root.privateKey, 'echo in; sleep 30');
      await waitUntil('the session to open', 5000, () => web1.logs().includes('Starting session'));
      await web1.restart();
      expect((await session).code).toBe(255);
      expect((await ssh(web1, web1.root.username, web1.root.privateKey, 'echo again')).stdout).toBe('again\n');
    } finally {
      await lab.stop();
    }
  });
});
