/** Things a real host does to a connector that reads and changes it, each tried on a lab host. */
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { makePassword, makeSshKey, startHosts, type LabHost } from '#lab/index.ts';
import type { Change, Target } from '../port.ts';
import { linuxConnector } from './index.ts';

let hosts: Awaited<ReturnType<typeof startHosts>> | undefined;
let web1: LabHost | undefined;
beforeAll(async () => {
  hosts = await startHosts({ names: ['web1'] });
  const found = hosts.hosts.get('web1');
  if (found?.isolated === true) web1 = found;
  else console.log(`SKIP linux on a real host: ${hosts.skipped.join('; ')}`);
});
afterAll(async () => hosts?.stop());

function on(context: TestContext): { host: LabHost; target: Target } {
  if (!web1) return context.skip(hosts?.skipped.join('; ') ?? 'no lab host');
  const { management, hostKeyFingerprint, host, port } = web1;
  const credential = { kind: 'ssh_key', username: management.username, privateKey: management.privateKey } as const;
  return {
    host: web1,
    target: { systemId: 'web1', kind: 'linux', host, port, settings: {}, pinned: [hostKeyFingerprint], credential },
  };
}
const apply = (target: Target, change: Change): Promise<{ changed: boolean }> => linuxConnector.apply(target, change);
async function sh(host: LabHost, command: string): Promise<string> {
  const done = await host.exec(command, { limit: 10_000 });
  if (done.code !== 0) throw new Error(`${command}: ${done.stderr}`);
  return done.stdout;
}
async function person(
  target: Target,
  account: string,
): Promise<{ kind: 'password'; username: string; password: string }> {
  const password = makePassword();
  await apply(target, { do: 'create_account', account, fullName: 'Test Person' });
  await apply(target, { do: 'set_password', account, password });
  return { kind: 'password', username: account, password };
}

describe('discovery on a real host', { timeout: 60_000 }, () => {
  it('finds a uid-0 twin, a shared key, a key pair that opens root, and says where', async (context) => {
    const { host, target } = on(context);
    const pair = makeSshKey('pair');
    await sh(host, 'echo "toor:x:0:0::/root2:/bin/bash" >>/etc/passwd; echo "toor:*:19000::::::" >>/etc/shadow');
    await sh(
      host,
      `echo '${pair.publicKey}' >>/root/.ssh/authorized_keys; echo '${pair.publicKey}' >/home/testuser/.ssh/id_ed25519.pub`,
    );
    const { accounts } = await linuxConnector.read(target);
    const because = (name: string) => accounts.find((account) => account.name === name)?.privilegedBecause;
    const lines = (await sh(host, 'wc -l </root/.ssh/authorized_keys')).trim();
    expect(because('toor')).toContainEqual({
      reason: 'has uid 0: it is root under another name',
      evidence: expect.stringMatching(/^\/etc\/passwd:\d+$/u),
    });
    expect(because('testuser')).toEqual([
      {
        reason: 'holds a key that opens root',
        evidence: `${pair.fingerprint} in /home/testuser/.ssh/id_ed25519.pub:1 and /root/.ssh/authorized_keys:${lines}`,
      },
    ]);
    await sh(
      host,
      `sed -i '/^toor:/d' /etc/passwd /etc/shadow; rm /home/testuser/.ssh/id_ed25519.pub; sed -i '$d' /root/.ssh/authorized_keys`,
    );
  });

  it('a key added by hand is seen with its file, line and options', async (context) => {
    const { host, target } = on(context);
    const key = makeSshKey('added by hand');
    await sh(host, `printf '# mine\\nfrom="10.0.0.0/8" ${key.publicKey}\\n' >/home/testuser/.ssh/authorized_keys2`);
    const one = await linuxConnector.readAccount(target, 'testuser');
    expect(one?.account.attributes['keys']).toContainEqual({
      fingerprint: key.fingerprint,
      type: 'ssh-ed25519',
      options: ['from="10.0.0.0/8"'],
      comment: 'added by hand',
      place: '/home/testuser/.ssh/authorized_keys2:2',
      ours: false,
    });
    await sh(host, 'rm /home/testuser/.ssh/authorized_keys2');
  });

  it('sudoers of included files and folders are found, backups and dotted names are not', async (context) => {
    const { host, target } = on(context);
    await sh(
      host,
      `cd /etc; mkdir -p "more rules"; umask 337; printf 'testuser ALL=/bin/one\\n' >"more rules/10"; printf 'testuser ALL=/bin/two\\n' >sudoers.local
       printf 'testuser ALL=/bin/no\\n' >sudoers.d/old.bak; printf 'testuser ALL=/bin/no\\n' >sudoers.d/old~; printf 'testuser ALL=/bin/host\\n' >sudoers-web1
       printf '@include ../sudoers.local\\n@include /etc/sudoers-%%h\\n@includedir /etc/more\\\\ rules\\n' >sudoers.d/includes; visudo -c >/dev/null`,
    );
    const { entitlements } = await linuxConnector.read(target);
    const rules = entitlements.filter((one) => one.kind === 'sudo').map((one) => one.attributes['rule']);
    expect(rules).toEqual(expect.arrayContaining(['(root) /bin/one', '(root) /bin/two', '(root) /bin/host']));
    expect(rules).not.toContain('(root) /bin/no');
    await sh(host, 'cd /etc; rm -r "more rules" sudoers.local sudoers-web1 sudoers.d/includes sudoers.d/old*');
  });

  it('a sudoers file nobody understands, or includes without end, stop the reading with their place', async (context) => {
    const { host, target } = on(context);
    await sh(host, 'echo "testuser ALL=broken here" >/etc/sudoers.d/broken');
    await expect(linuxConnector.read(target)).rejects.toThrow(/\/etc\/sudoers\.d\/broken line 1/u);
    await sh(host, 'echo "@include /etc/sudoers.d/broken" >/etc/sudoers.d/broken');
    await expect(linuxConnector.read(target)).rejects.toThrow(/nest deeper/u);
    await sh(host, 'rm /etc/sudoers.d/broken');
  });

  it('what a user plants as authorized_keys neither hangs nor leaks nor floods the reading', async (context) => {
    const { host, target } = on(context);
    const read = async () => (await linuxConnector.readAccount(target, 'testuser'))?.account.attributes;
    const plant = (command: string): Promise<string> =>
      sh(host, `cd /home/testuser/.ssh; rm -rf authorized_keys; ${command}`);
    await plant('mkfifo authorized_keys');
    expect(await read()).toMatchObject({ keys: [] });
    await plant('ln -s /etc/shadow authorized_keys');
    expect(await read()).toMatchObject({ keys: [] });
    await plant('ln -s /dev/zero authorized_keys');
    expect(await read()).toMatchObject({ keys: [] });
    await plant('ln -s authorized_keys authorized_keys');
    expect(await read()).toMatchObject({ keys: [] });
    await plant('mkdir authorized_keys');
    expect(await read()).toMatchObject({ keys: [] });
    await plant(`head -c 3000000 /dev/zero | tr '\\0' '#' >authorized_keys`);
    expect(await read()).toHaveProperty('keysUnread');
    await plant('touch authorized_keys');
    expect(await read()).not.toHaveProperty('keysUnread');
  });

  it('a member of a thousand groups among thousands of accounts is read in seconds', async (context) => {
    const { host, target } = on(context);
    await sh(
      host,
      `cp -p /etc/passwd /etc/passwd.kept; cp -p /etc/shadow /etc/shadow.kept; cp -p /etc/group /etc/group.kept
       seq 3000 | awk '{ print "mass" $1 ":x:" 20000+$1 ":" 20000+$1 ":Mass " $1 ":/home/mass" $1 ":/bin/bash" }' >>/etc/passwd
       seq 3000 | awk '{ print "mass" $1 ":*:19000::::::" }' >>/etc/shadow; seq 3000 | awk '{ print "mass" $1 ":x:" 20000+$1 ":" }' >>/etc/group
       seq 1000 | awk '{ print "crowd" $1 ":x:" 40000+$1 ":mass1,mass2" }' >>/etc/group`,
    );
    const begun = performance.now();
    const reading = await linuxConnector.read(target);
    const took = performance.now() - begun;
    await sh(host, 'for f in passwd shadow group; do mv /etc/$f.kept /etc/$f; done');
    expect(reading.holdings.filter((row) => row.account === 'mass1').length).toBe(1_001);
    expect(reading.accounts.length).toBeGreaterThan(3_000);
    expect(took).toBeLessThan(20_000);
  });
});

describe('changes on a real host', { timeout: 60_000 }, () => {
  it('locking ends live sessions and what was left running, for a person', async (context) => {
    const { host, target } = on(context);
    await person(target, 'lockme');
    await sh(
      host,
      `setpriv --reuid=lockme --regid=lockme --clear-groups setsid sleep 300 >/dev/null 2>&1 </dev/null &`,
    );
    expect(await sh(host, 'sleep 0.2; pgrep -u lockme -c')).toBe('1\n');
    await apply(target, { do: 'lock_account', account: 'lockme' });
    expect((await host.exec('pgrep -u lockme -c')).stdout).toBe('0\n');
    await apply(target, { do: 'delete_account', account: 'lockme' });
  });

  it('the home of a deleted account goes to root, and its crontab and sudo rule are gone', async (context) => {
    const { host, target } = on(context);
    await person(target, 'gone.soon');
    await apply(target, { do: 'grant', account: 'gone.soon', entitlement: 'sudo:ALL' });
    await sh(
      host,
      'mkdir -p /var/spool/cron/crontabs; echo "* * * * * id" >/var/spool/cron/crontabs/gone.soon; echo secret >/home/gone.soon/kept',
    );
    await apply(target, { do: 'delete_account', account: 'gone.soon' });
    expect(await sh(host, 'stat -c "%U %a" /home/gone.soon.removed-*; cat /home/gone.soon.removed-*/kept')).toBe(
      'root 700\nsecret\n',
    );
    expect((await host.exec('ls /etc/sudoers.d/reeve-gone* /var/spool/cron/crontabs/gone.soon')).stdout).toBe('');
    // Within the same second, as likely as not: each home is kept by itself.
    for (let again = 0; again < 2; again += 1) {
      await person(target, 'gone.soon');
      await apply(target, { do: 'delete_account', account: 'gone.soon' });
    }
    expect(await sh(host, 'ls -d /home/gone.soon.removed-* | wc -l; ls -d /home/gone.soon.removed-*/*/ | wc -l')).toBe(
      '3\n0\n',
    );
  });

  it('writing keys follows no link out of the home', async (context) => {
    const { host, target } = on(context);
    await person(target, 'planter');
    const key = makeSshKey('k');
    const before = await sh(host, 'cat /root/.ssh/authorized_keys; ls -la /root/.ssh');
    await sh(host, 'cd /home/planter; setpriv --reuid=planter --regid=planter --clear-groups ln -s /root/.ssh .ssh');
    await expect(
      apply(target, { do: 'set_keys', account: 'planter', add: [key.publicKey], remove: [] }),
    ).rejects.toMatchObject({ code: 'failed' });
    expect(await sh(host, 'cat /root/.ssh/authorized_keys; ls -la /root/.ssh')).toBe(before);
    await sh(
      host,
      'rm /home/planter/.ssh; mkdir /home/planter/.ssh; ln -s /etc/passwd /home/planter/.ssh/authorized_keys; chown -R planter: /home/planter/.ssh',
    );
    await apply(target, { do: 'set_keys', account: 'planter', add: [key.publicKey], remove: [] });
    expect(await sh(host, 'head -1 /etc/passwd; stat -c "%U %a %F" /home/planter/.ssh/authorized_keys')).toMatch(
      /^root:x:0[^\n]*\nplanter 600 regular file\n$/u,
    );
    await apply(target, { do: 'delete_account', account: 'planter' });
  });

  it('a key put there by hand survives every change of ours, byte by byte', async (context) => {
    const { host, target } = on(context);
    await person(target, 'mixed');
    const [ours, theirs] = [makeSshKey('ours'), makeSshKey('theirs')];
    const text = `# keep  me\n\nno-pty,command="echo reeve: hi" ${theirs.publicKey}`;
    await sh(
      host,
      `install -d -m 700 -o mixed -g mixed /home/mixed/.ssh; printf '%s' '${text}' >/home/mixed/.ssh/authorized_keys; chown mixed: /home/mixed/.ssh/*`,
    );
    await apply(target, { do: 'set_keys', account: 'mixed', add: [ours.publicKey], remove: [] });
    expect(await sh(host, 'cat /home/mixed/.ssh/authorized_keys')).toBe(
      `${text}\n${ours.publicKey.split(' ').slice(0, 2).join(' ')} reeve:ours\n`,
    );
    await apply(target, { do: 'set_keys', account: 'mixed', add: [], remove: [ours.fingerprint, theirs.fingerprint] });
    expect(await sh(host, 'cat /home/mixed/.ssh/authorized_keys')).toBe(`${text}\n`);
    await apply(target, { do: 'delete_account', account: 'mixed' });
  });

  it('a file visudo does not accept is never put in place, and no draft is left', async (context) => {
    const { host, target } = on(context);
    await person(target, 'strict');
    // sudo 1.9 refuses a quoted group written this way; Reeve reads it.
    const text = `strict, %"two words" ALL=/bin/ls\n# no newline`;
    await sh(host, `printf '%s' '${text}' >/etc/sudoers.d/reeve-strict; chmod 440 /etc/sudoers.d/reeve-strict`);
    const attempt = apply(target, { do: 'grant', account: 'strict', entitlement: 'sudo:ALL' });
    await expect(attempt).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('visudo does not accept the new /etc/sudoers.d/reeve-strict'),
    });
    expect(await sh(host, 'cat /etc/sudoers.d/reeve-strict')).toBe(text);
    expect(await sh(host, 'ls -A /etc/sudoers.d | grep -c "^[.]" || :')).toBe('0\n');
    await sh(host, `printf '# mine, without a line end' >/etc/sudoers.d/reeve-strict`);
    await apply(target, { do: 'grant', account: 'strict', entitlement: 'sudo:ALL' });
    expect(await sh(host, 'cat /etc/sudoers.d/reeve-strict; stat -c "%U %a" /etc/sudoers.d/reeve-strict')).toBe(
      '# mine, without a line end\nstrict ALL=(ALL:ALL) NOPASSWD: ALL\nroot 440\n',
    );
    await apply(target, { do: 'delete_account', account: 'strict' });
  });

  it('a rule written by hand is withdrawn from its line, and sudo agrees', async (context) => {
    const { host, target } = on(context);
    await person(target, 'hand');
    await sh(
      host,
      `printf '# team rules\\ntestuser, hand ALL=(root) \\\\\\n  NOPASSWD: /usr/bin/id\\n' >/etc/sudoers.d/team; chmod 440 /etc/sudoers.d/team`,
    );
    const held =
      (await linuxConnector.readAccount(target, 'hand'))?.holdings.find((id) => id.startsWith('sudo:')) ?? '';
    expect(await sh(host, 'sudo -l -U hand')).toContain('/usr/bin/id');
    expect(await apply(target, { do: 'revoke', account: 'hand', entitlement: held })).toEqual({ changed: true });
    expect(await sh(host, 'sudo -l -U hand')).toContain('is not allowed to run sudo');
    expect(await sh(host, 'sudo -l -U testuser')).toContain('/usr/bin/id');
    await sh(host, 'rm /etc/sudoers.d/team');
    await apply(target, { do: 'delete_account', account: 'hand' });
  });

  it('a host whose sshd takes no password of root proves one by asking the host', async (context) => {
    const { host, target } = on(context);
    const [fresh, other] = [makePassword(), makePassword()];
    const root = (password: string) => ({ kind: 'password', username: 'root', password }) as const;
    const byHost = { ...target, settings: { proof: 'host' } };
    await sh(
      host,
      `sed -i 's/^PermitRootLogin.*/PermitRootLogin prohibit-password/' /etc/ssh/sshd_config; kill -HUP "$(cat /run/sshd.pid)"; sleep 0.3`,
    );
    await apply(target, { do: 'set_password', account: 'root', password: fresh });
    expect(await linuxConnector.verify(target, root(fresh))).toBe(false);
    expect(await linuxConnector.verify(byHost, root(fresh))).toBe(true);
    expect(await linuxConnector.verify(byHost, root(other))).toBe(false);
    const login = await person(target, 'shut');
    await apply(target, { do: 'lock_account', account: 'shut' });
    expect(await linuxConnector.verify(byHost, login)).toBe(false);
    await apply(target, { do: 'delete_account', account: 'shut' });
    expect(await linuxConnector.verify(byHost, login)).toBe(false);
  });

  it('a management account without sudo rights is told which one is missing', async (context) => {
    const { target } = on(context);
    const login = await person(target, 'nosudo');
    await expect(linuxConnector.read({ ...target, credential: login })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('/bin/sh -s as root without a password'),
    });
    await apply(target, { do: 'delete_account', account: 'nosudo' });
  });

  it('one sudoers line for /bin/sh -s is all a management account needs', async (context) => {
    const { host, target } = on(context);
    const login = await person(target, 'narrow');
    await sh(
      host,
      `echo 'narrow ALL=(root) NOPASSWD: /bin/sh -s' >/etc/sudoers.d/narrow; chmod 440 /etc/sudoers.d/narrow`,
    );
    const narrow = { ...target, credential: login };
    expect(await linuxConnector.probe(narrow)).toMatchObject({ proved: true });
    expect((await linuxConnector.read(narrow)).accounts.length).toBeGreaterThan(5);
    await sh(host, 'rm /etc/sudoers.d/narrow');
    await apply(target, { do: 'delete_account', account: 'narrow' });
  });
});
