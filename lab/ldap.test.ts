import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labFoldersOf, sweepLeftovers } from './lab-directory.ts';
import { findSlapd } from './ldap/find-slapd.ts';
import { startLdap, type LabLdap } from './ldap.ts';
import { isFree } from './loopback.ts';
import { runCommand, waitUntil, type CommandResult } from './run-command.ts';

const hasServer = findSlapd() !== undefined;
if (!hasServer) process.stderr.write('SKIP the LDAP target: slapd is not installed\n');
const hasClient = existsSync('/usr/bin/ldapsearch');
if (!hasClient)
  process.stderr.write('SKIP the LDAP target with a real client: ldapsearch is not installed (ldap-utils)\n');

describe.skipIf(!hasServer || !hasClient)('the LDAP target', () => {
  let target: LabLdap;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'reeve-ldap-client-'));
    target = await startLdap();
    writeFileSync(join(folder, 'ca.crt'), target.tls.certificate);
  });
  afterAll(async () => {
    await target.stop();
    rmSync(folder, { recursive: true });
  });

  /** A real ldapsearch that checks the certificate; the password travels in a file. */
  async function ask(dn: string, password: string, args: readonly string[], url?: string): Promise<CommandResult> {
    const file = join(folder, 'password');
    writeFileSync(file, password, { mode: 0o600 });
    const base = ['-x', '-LLL', '-o', 'ldif-wrap=no', '-H', url ?? `ldaps://${target.host}:${target.port}`];
    const env = { PATH: '/usr/bin:/bin', LDAPTLS_CACERT: join(folder, 'ca.crt') };
    return runCommand('ldapsearch', [...base, '-D', dn, '-y', file, '-b', target.suffix, ...args], { env });
  }
  const manage = (...args: readonly string[]): Promise<CommandResult> =>
    ask(target.management.username, target.management.password, args);

  it('lets a planted account in over LDAPS and StartTLS, and nobody with a wrong password', async () => {
    const [dn, password] = [target.dn('lena'), target.passwords.get('lena') ?? ''];
    expect(await ask(dn, password, ['(uid=lena)', 'cn'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('cn: Lena Okafor'),
    });
    const startTls = `ldap://${target.host}:${target.startTlsPort}`;
    expect((await ask(dn, password, ['-ZZ', '(uid=lena)', 'cn'], startTls)).code).toBe(0);
    expect((await ask(dn, 'wrong', ['(uid=lena)'])).code).toBe(49);
    expect((await ask(target.dn('gareth'), target.passwords.get('gareth') ?? '', [])).code).toBe(49);
  });

  it('shows the management account what it needs, and passwords to nobody else', async () => {
    const seen = await manage('(uid=tomas)', 'memberOf', 'entryUUID', 'userPassword');
    expect(seen.stdout).toMatch(/memberOf: cn=platform,.*\n/u);
    expect(seen.stdout).toMatch(/entryUUID: [0-9a-f-]{36}/u);
    expect(seen.stdout).toContain('userPassword:: ');
    const own = await ask(target.dn('ines'), target.passwords.get('ines') ?? '', [
      '(uid=tomas)',
      'userPassword',
      'mail',
    ]);
    expect([own.stdout.includes('userPassword'), own.stdout.includes('tomas@larkspur.example')]).toEqual([false, true]);
  });

  it('keeps what was written when it is killed and when it is restarted', async () => {
    const change = `dn: ${target.dn('hanna')}\nchangetype: modify\nreplace: title\ntitle: kept\n`;
    const file = join(folder, 'password');
    writeFileSync(file, target.management.password, { mode: 0o600 });
    const env = { PATH: '/usr/bin:/bin', LDAPTLS_CACERT: join(folder, 'ca.crt') };
    const url = `ldaps://${target.host}:${target.port}`;
    const written = await runCommand('ldapmodify', ['-x', '-H', url, '-D', target.management.username, '-y', file], {
      env,
      input: change,
    });
    expect(written.code).toBe(0);
    await target.kill9();
    expect((await manage()).code).not.toBe(0);
    await target.up();
    expect((await manage('(uid=hanna)', 'title')).stdout).toContain('title: kept');
    await target.restart();
    expect((await manage('(uid=hanna)', 'title')).stdout).toContain('title: kept');
  });

  it('keeps every password of the run out of its log and its process list', async () => {
    const secrets = [target.root.password, target.management.password, ...target.passwords.values()];
    const seen = `${target.logs()}\n${(await runCommand('ps', ['axeww'])).stdout}`;
    expect(target.logs()).toContain('BIND dn=');
    expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
  });

  it('runs beside a second one, which leaves nothing when stopped', async () => {
    const before = labFoldersOf(process.pid);
    const second = await startLdap({ accessLog: false, sshKeys: true });
    expect(second.port).not.toBe(target.port);
    await second.stop();
    await second.stop();
    expect(await isFree(second.host, second.port)).toBe(true);
    expect(labFoldersOf(process.pid)).toEqual(before);
  });
});

describe.skipIf(!hasServer)('an LDAP target whose parent is killed', () => {
  it('ends, and the next start sweeps the folder it left', async () => {
    const program = `import { startLdap } from ${JSON.stringify(join(import.meta.dirname, 'ldap.ts'))};
      console.log((await startLdap()).port); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const port = await new Promise<number>((resolve) => {
      child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(Number(text.trim())));
    });
    const folders = labFoldersOf(child.pid ?? 0);
    expect(folders).toHaveLength(1);
    expect(await isFree('127.0.0.1', port)).toBe(false);
    child.kill('SIGKILL');
    await waitUntil('slapd to end with its parent', 5000, () => isFree('127.0.0.1', port), 50);
    await sweepLeftovers();
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  });
});
