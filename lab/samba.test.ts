import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLdap, type Ldap } from '#kit/ldap/index.ts';
import { startLab } from './index.ts';
import { labFoldersOf, sweepLeftovers } from './lab-directory.ts';
import { isFree } from './loopback.ts';
import { runCommand, waitUntil } from './run-command.ts';
import type { DomainPlan } from './samba/plan.ts';
import { startSamba, whyNoSamba, type LabSamba } from './samba.ts';

const obstacle = whyNoSamba();
if (obstacle !== undefined) process.stderr.write(`SKIP the Active Directory target: ${obstacle}\n`);

/** A domain in which nobody is planted: quick to start. */
const EMPTY: DomainPlan = {
  name: 'empty',
  realm: 'CORP.LARKSPUR.EXAMPLE',
  netbios: 'LARKSPUR',
  units: [],
  groups: [],
  users: [],
  delegations: [],
};

const connect = (dc: LabSamba): Promise<Ldap> =>
  openLdap({
    address: { host: dc.host, port: dc.port, tls: 'ldaps', connectMs: 5_000 },
    pinned: [`tls-sha256:${dc.tls.fingerprint256}`],
    answerMs: 20_000,
  });

/** The result code of a log-in: 0, or 49 for a wrong name or password. */
async function login(dc: LabSamba, user: string, password: string): Promise<number> {
  const ldap = await connect(dc);
  const { code } = await ldap.tryBind(`${user}@${dc.realm.toLowerCase()}`, password);
  ldap.close();
  return code;
}

describe.skipIf(obstacle !== undefined)('the Active Directory target', () => {
  let dc: LabSamba;
  beforeAll(async () => {
    dc = await startSamba();
  });
  afterAll(() => dc.stop());

  it('lets the administrator and planted people in over LDAPS, and nobody with a wrong password', async () => {
    expect(await login(dc, 'Administrator', dc.administrator.password)).toBe(0);
    expect(await login(dc, 'lena', dc.passwords.get('lena') ?? '')).toBe(0);
    expect(await login(dc, 'lena', 'wrong')).toBe(49);
    expect(dc.logs()).toMatch(/^\s*Auth: \[LDAP,simple bind\/TLS\].*\[lena/mu);
  });

  it('holds what was planted: people in their units, a hidden administrator, a delegation', async () => {
    const [lena] = await dc.search('(sAMAccountName=lena)', ['department', 'memberOf', 'mail']);
    expect(lena?.dn).toBe(`CN=lena,OU=Engineering,OU=People,OU=Larkspur,${dc.base}`);
    expect(lena?.attributes.get('department')).toEqual(['Engineering']);
    const [print] = await dc.search('(sAMAccountName=svc-print)', ['primaryGroupID', 'memberOf']);
    expect(print?.attributes.get('primaryGroupID')).toEqual(['512']);
    expect(print?.attributes.get('memberOf')?.join()).not.toContain('Domain Admins');
    const [feed] = await dc.search('(sAMAccountName=svc-hrfeed)', ['objectSid']);
    const [finance] = await dc.search('(ou=Finance)', ['nTSecurityDescriptor']);
    // The directory splits it: everything on the unit itself, and again for what is below it.
    const sid = feed?.attributes.get('objectSid')?.[0];
    expect(finance?.attributes.get('nTSecurityDescriptor')?.[0]).toContain(`(A;CIIO;GA;;;${sid})`);
  });

  it('listens on its own address only and shows the certificate it says it shows', async () => {
    const listening = await runCommand('ss', ['-Hltnup']);
    const own = listening.stdout.split('\n').filter((line) => line.includes('"samba"') && line.includes(dc.host));
    expect(own.length).toBeGreaterThan(5);
    const shown = await runCommand('openssl', ['s_client', '-connect', `${dc.host}:${dc.port}`], { input: '' });
    expect(shown.stdout).toContain(dc.tls.certificate.trim());
  });

  it('keeps what was written over a restart and a power cut', async () => {
    const ldap = await connect(dc);
    await ldap.bind('Administrator@corp.larkspur.example', dc.administrator.password);
    const dn = `CN=kept,OU=Services,OU=Larkspur,${dc.base}`;
    await ldap.add(dn, { objectClass: ['user'], sAMAccountName: ['kept'] });
    ldap.close();
    await dc.restart();
    expect(await dc.search('(sAMAccountName=kept)', ['cn'])).toHaveLength(1);
    await dc.kill9();
    await expect(login(dc, 'lena', 'x')).rejects.toMatchObject({ code: 'unreachable' });
    await dc.up();
    expect(await login(dc, 'lena', dc.passwords.get('lena') ?? '')).toBe(0);
  });

  it('keeps every password of the run out of its log and its process list', async () => {
    const seen = `${dc.logs()}\n${(await runCommand('ps', ['axeww'])).stdout}`;
    expect([...dc.passwords.values()].filter((secret) => seen.includes(secret))).toEqual([]);
  });

  it('runs beside a second one of the whole lab, which leaves nothing when stopped', async () => {
    const before = labFoldersOf(process.pid);
    const lab = await startLab({ hosts: [], postgres: false, mail: false, ad: true });
    const second = lab.ad;
    if (second === undefined) throw new Error(`no second domain controller: ${lab.skipped.join()}`);
    expect(second.host).not.toBe(dc.host);
    expect(await login(second, 'lena', dc.passwords.get('lena') ?? '')).toBe(49);
    await lab.stop();
    await lab.stop();
    expect(await isFree(second.host, 636)).toBe(true);
    expect(labFoldersOf(process.pid)).toEqual(before);
  });

  it('ends with its parent when that is killed, and the next start sweeps the folder it left', async () => {
    const program = `import { startSamba } from ${JSON.stringify(join(import.meta.dirname, 'samba.ts'))};
      console.log((await startSamba({ plan: ${JSON.stringify(EMPTY)} })).host); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const host = await new Promise<string>((resolve) => {
      child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    });
    const folders = labFoldersOf(child.pid ?? 0);
    expect(folders).toHaveLength(1);
    expect(await isFree(host, 636)).toBe(false);
    child.kill('SIGKILL');
    await waitUntil('Samba to end with its parent', 10_000, () => isFree(host, 636), 50);
    await sweepLeftovers();
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  });
});
