import { describe, expect, it } from 'vitest';
import { makeSshKey } from '#lab/index.ts';
import type { Change } from '../../port.ts';
import { buildReading } from '../read/build-reading.ts';
import { hostState, type HostState } from '../read/host-state.ts';
import type { Section } from '../ssh/script.ts';
import { checkNames, gecosName, sudoersFileOf } from './names.ts';
import { planChange } from './plan-change.ts';

const section = (words: string, text: string): Section => ({ words: words.split(' '), text });

/** A host of root, reeve (who manages it), amara and ben, with these sudoers files. */
function host(sudoers: Readonly<Record<string, string>> = {}, keys: Readonly<Record<string, string>> = {}): HostState {
  const files = { '/etc/sudoers': 'root ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n', ...sudoers };
  return hostState([
    section('host', 'web1\n1764000000\n"Debian"\n'),
    section(
      'passwd',
      [
        'root:x:0:0::/root:/bin/bash',
        'reeve:x:999:999::/home/reeve:/bin/bash',
        'amara:x:1000:1000:Amara Obi,,,:/home/amara:/bin/bash',
        'ben:x:1001:1001::/home/ben:/usr/sbin/nologin',
        '',
      ].join('\n'),
    ),
    section('shadow', 'root:none:::::::\nreeve:none:::::::\namara:set:19000::::::\nben:none:::::::\n'),
    section('group', 'root:x:0:\namara:x:1000:\nben:x:1001:\nops:x:27:amara\n'),
    ...Object.entries(files).map(([file, text]) => section(`sudoers ${file}`, text)),
    section('keys-path amara /home/amara/.ssh/authorized_keys', ''),
    ...Object.entries(keys).map(([user, text]) => section(`keys ${user} /home/${user}/.ssh/authorized_keys`, text)),
  ]);
}
const plan = (state: HostState, change: Change) =>
  planChange(state, change, { management: 'reeve', shell: '/bin/bash' });
const revoke = (state: HostState, entitlement: string, account = 'amara') =>
  plan(state, { do: 'revoke', account, entitlement });
const idOf = (state: HostState, rule: string): string =>
  `sudo:${state.sudo.find((right) => right.rule.text.includes(rule))?.id}`;

describe('withdrawing a sudo rule somebody wrote by hand', () => {
  it('takes the whole line when it names the account alone, and nothing else of the file', () => {
    const text = '# ours\namara ALL=(ALL) \\\n  NOPASSWD: ALL\nben ALL=/bin/ls # keep\n';
    const made = revoke(host({ '/etc/sudoers.d/team': text }), 'sudo:ALL');
    expect(made.needed).toBe(true);
    expect(made.script).toContain(`printf '%s' '# ours\nben ALL=/bin/ls # keep\n'`);
    expect(made.script).toContain('visudo -cf');
  });

  it('takes only the name when the line names others too', () => {
    const state = host({ '/etc/sudoers.d/team': 'ben, amara,%ops ALL=NOPASSWD: /bin/ls\n' });
    expect(revoke(state, idOf(state, '/bin/ls')).script).toContain(`'ben, %ops ALL=NOPASSWD: /bin/ls\n'`);
  });

  it('removes its own file when the last line goes', () => {
    const file = sudoersFileOf('amara');
    const own = plan(host(), { do: 'grant', account: 'amara', entitlement: 'sudo:ALL' });
    expect(own.script).toContain(file);
    const text =
      '# Managed by Reeve: one line a grant. A change made here by hand is reported.\namara ALL=(ALL:ALL) NOPASSWD: ALL\n';
    expect(revoke(host({ [file]: text }), 'sudo:ALL').script).toMatch(new RegExp(`rm -f -- '${file}'`, 'u'));
  });

  it.each([
    ['an alias', 'User_Alias TEAM = amara\nTEAM ALL=NOPASSWD: /bin/ls\n'],
    ['ALL', 'ALL ALL=NOPASSWD: /bin/ls\n'],
    ['an exception', 'ALL, !ben ALL=NOPASSWD: /bin/ls\n'],
    ['several host parts', 'amara web1=NOPASSWD: /bin/ls : web1=NOPASSWD: /bin/id\n'],
  ])('refuses, with the place, when it comes through %s', (_, text) => {
    const state = host({ '/etc/sudoers.d/team': text });
    expect(() => revoke(state, idOf(state, '/bin/ls'))).toThrow(/\/etc\/sudoers\.d\/team:\d on web1.*visudo/u);
  });

  it('leaves what comes through a group to the group', () => {
    const state = host({ '/etc/sudoers.d/team': '%ops ALL=NOPASSWD: /bin/ls\n' });
    expect(revoke(state, idOf(state, '/bin/ls')).needed).toBe(false);
    expect(buildReading(state).nesting).toContainEqual({ parent: 'group:ops', child: idOf(state, '/bin/ls') });
  });

  it('does not edit a file it could not read letter by letter', () => {
    expect(() =>
      revoke(host({ '/etc/sudoers.d/team': '# caf\uFFFD\namara ALL=(ALL) NOPASSWD: ALL\n' }), 'sudo:ALL'),
    ).toThrow(/not UTF-8/u);
  });
});

describe('granting sudo', () => {
  it('writes the rule of an entitlement for somebody else, word for word', () => {
    const state = host({ '/etc/sudoers.d/team': 'Cmnd_Alias C=/bin/ls,!/bin/su\nben ALL=(postgres) NOPASSWD: C\n' });
    const { script } = plan(state, { do: 'grant', account: 'amara', entitlement: idOf(state, 'ben ALL') });
    expect(script).toContain('amara ALL=(postgres) NOPASSWD: /bin/ls, (postgres) NOPASSWD: !/bin/su');
  });

  it('refuses a rule that is gone, and a host that does not include /etc/sudoers.d', () => {
    const change: Change = { do: 'grant', account: 'amara', entitlement: 'sudo:0123456789ab' };
    expect(() => plan(host(), change)).toThrow(/no sudo rule/u);
    expect(() => plan(host({ '/etc/sudoers': 'root ALL=ALL\n' }), { ...change, entitlement: 'sudo:ALL' })).toThrow(
      /does not include/u,
    );
  });

  it('never writes a file sudo would skip', () => {
    expect(sudoersFileOf('lena.k')).toBe('/etc/sudoers.d/reeve-lena+2ek');
    expect(sudoersFileOf('lena+k'.replace('+', '_'))).not.toContain('.k');
  });
});

describe('keys', () => {
  const [ours, theirs] = [makeSshKey('reeve:job'), makeSshKey('amara@laptop')];
  const state = host({}, { amara: `1:${theirs.publicKey}\n2:${ours.publicKey}\n` });

  it("only Reeve's own are removed; another stays and is named", () => {
    const made = plan(state, {
      do: 'set_keys',
      account: 'amara',
      add: [],
      remove: [ours.publicKey, theirs.fingerprint],
    });
    expect(made.summary).toContain(`remove ${ours.fingerprint}`);
    expect(made.summary).toContain(
      `leave ${theirs.fingerprint} (/home/amara/.ssh/authorized_keys:1, not put there by Reeve)`,
    );
    const alone = plan(state, { do: 'set_keys', account: 'amara', add: [], remove: [theirs.publicKey] });
    expect(alone.needed).toBe(false);
  });

  it('a key that is there already, whoever put it there, is not added', () => {
    expect(plan(state, { do: 'set_keys', account: 'amara', add: [theirs.publicKey], remove: [] }).needed).toBe(false);
  });

  it.each([
    ['two lines', `${ours.publicKey}\n${theirs.publicKey}`],
    ['no key', 'ssh-ed25519 AAAA'],
    ['nothing', ''],
    ['a private key', ours.privateKey],
  ])('%s are refused', (_, line) => {
    expect(() => plan(state, { do: 'set_keys', account: 'amara', add: [line], remove: [] })).toThrow(
      /not one public key/u,
    );
  });
});

describe('names and what protects a host', () => {
  it('a full name cannot leave its field', () => {
    expect(gecosName('Ada:0:0::/root:/bin/sh\nroot2:x:0:0\u2028,é')).toBe('Ada 0 0 /root /bin/sh root2 x 0 0 é');
  });

  it.each([
    '',
    '-x',
    'a b',
    'a;b',
    'a/b',
    '..',
    'a..b',
    'a.',
    'ä',
    'a\n',
    'x'.repeat(33),
    '1a',
    'a$',
    'a:b',
    'a,b',
    '%a',
    '#0',
  ])('`%s` is no account name', (account) => {
    expect(() => checkNames({ do: 'lock_account', account })).toThrow(/not an account name/u);
  });

  it('the account Reeve manages a host with, and root, are kept', () => {
    for (const account of ['reeve']) {
      expect(() => plan(host(), { do: 'lock_account', account })).toThrow(/shut Reeve out/u);
      expect(() => plan(host(), { do: 'delete_account', account })).toThrow(/shut Reeve out/u);
      expect(() => revoke(host(), 'login', account)).toThrow(/shut Reeve out/u);
    }
    expect(() => plan(host(), { do: 'delete_account', account: 'root' })).toThrow(/uid 0/u);
  });

  it('a nologin shell is no log-in until one is granted', () => {
    const made = plan(host(), { do: 'grant', account: 'ben', entitlement: 'login' });
    expect(made.script).toContain("usermod -s '/bin/bash' -- ben");
    expect(plan(host(), { do: 'grant', account: 'amara', entitlement: 'login' }).needed).toBe(false);
  });
});
