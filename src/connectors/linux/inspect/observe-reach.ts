/** Further ways to power on a host: trusts, stacks of PAM, groups that others fill, twins, and passwords that everybody tries first. */
import type { Inspection, Observation } from '../../port.ts';
import { hasLoginShell } from '../read/privilege.ts';
import type { Section } from '../ssh/script.ts';
import { inGroup, linesOf, type SeenHost } from './access.ts';
import { whyGroup } from './observe-accounts.ts';

const of = (
  kind: string,
  account: string,
  about: string,
  place: string,
  facts: Observation['facts'] = {},
): Observation => ({
  kind,
  account,
  about,
  place,
  facts,
});

export function observeReach(
  sections: readonly Section[],
  host: SeenHost,
  guessed: readonly string[],
): readonly Observation[] {
  return [
    ...files(sections, host),
    ...stacks(sections, host),
    ...rootByPassword(sections, host),
    ...autoLogins(sections, host),
    ...groups(sections, host),
    ...twins(host),
    ...passwords(sections, host, guessed),
  ];
}

/** What could not be looked at for want of a program there. */
export function reachLeftOut(sections: readonly Section[], guessed: readonly string[]): Inspection['leftOut'] {
  return [
    ...(linesOf(sections, 'caps').includes('unable')
      ? [{ kind: 'capability', because: 'getcap is not installed there' }]
      : []),
    ...(guessed.includes('unable') ? [{ kind: 'weak_password', because: 'perl is not installed there' }] : []),
    ...(guessed.includes('stopped')
      ? [{ kind: 'weak_password', because: 'the time was over before every password was looked at' }]
      : []),
  ];
}

const files = (sections: readonly Section[], host: SeenHost): readonly Observation[] =>
  sections.flatMap(({ words, text }) => {
    const lines = text
      .split('\n')
      .map((line, at) => ({ line: line.trim(), at: at + 1 }))
      .filter(({ line }) => line !== '' && !line.startsWith('#'));
    if (words[0] === 'trusts') {
      const [, user = '', ...rest] = words;
      const path = rest.join(' ');
      return lines.map(({ line, at }) =>
        of('trusted_host', user, `${path}: ${line}`, `${path}:${at}`, {
          who: line,
          everybody: /^\+(?:\s+\+)?$/u.test(line),
        }),
      );
    }
    if (words[0] !== 'conf') return [];
    const path = words.slice(1).join(' ');
    if (path.endsWith('shosts.equiv'))
      return lines.map(({ line, at }) =>
        of('trusted_host', '', `${path}: ${line}`, `${path}:${at}`, {
          who: line,
          everybody: /^\+(?:\s+\+)?$/u.test(line),
        }),
      );
    if (path.startsWith('/etc/exports'))
      return lines
        .filter(
          ({ line }) =>
            line.startsWith('/') &&
            (/anonuid=0\b/u.test(line) || (path !== '/etc/exports' && line.includes('no_root_squash'))),
        )
        .map(({ line, at }) => of('export', '', line.split(/\s+/u)[0] ?? '', `${path}:${at}`, { export: line }));
    if (path === '/etc/docker/daemon.json' || path.includes('docker.service.d')) {
      const tcp = /tcp:\/\/[^"'\s,]+/u.exec(text)?.[0];
      const guarded = /"tlsverify"\s*:\s*true|--tlsverify/u.test(text);
      return tcp === undefined || guarded ? [] : [of('docker_tcp', '', tcp, `${path}: ${tcp}`, { at: tcp })];
    }
    if (path === '/etc/security/capability.conf')
      return lines.flatMap(({ line, at }) => {
        const [what = '', ...who] = line.split(/\s+/u);
        if (what === 'none') return [];
        return who
          .flatMap((name) => (name === '*' ? [''] : name.startsWith('@') ? inGroup(name.slice(1), host) : [name]))
          .map((account) => of('given_capability', account, what, `${path}:${at}`, { capabilities: what.split(',') }));
      });
    return [];
  });

/** Stacks of PAM that let in whoever fits, without a password. */
const stacks = (sections: readonly Section[], host: SeenHost): readonly Observation[] =>
  linesOf(sections, 'pamstack').flatMap((line): readonly Observation[] => {
    const [file = '', ...rest] = line.split(':');
    const rule = rest.join(':').trim();
    const service = file.split('/').at(-1) ?? '';
    const facts = { rule, service };
    if (/pam_permit|pam_debug/u.test(rule) && !/^auth\s+\[success=ok/u.test(rule))
      return [of('open_pam', '', file, `${file}: ${rule}`, facts)];
    if (/pam_rhosts/u.test(rule)) return [of('open_pam', '', `${file} rhosts`, `${file}: ${rule}`, facts)];
    const group = /pam_wheel\.so(?=.*\btrust\b)(?:.*\bgroup=(\S+))?/u.exec(rule);
    const named = /pam_succeed_if\.so.*\b(?:user\s*=\s*(\S+)|user\s+ingroup\s+(\S+)|(uid\s*>=?\s*\d+))/u.exec(rule);
    if (
      (group === null && named === null) ||
      !/^(?:su|su-l|sudo|sudo-i|doas|runuser|polkit-1|common-auth|system-auth|login|sshd)$/u.test(service)
    )
      return [];
    if (named?.[3] !== undefined)
      return /\buse_uid\b/u.test(rule) || !/^auth\s+sufficient/u.test(rule)
        ? []
        : [of('open_pam', '', `${file} ${named[3]}`, `${file}: ${rule}`, facts)];
    const trusted =
      group === null ? named?.[2] : (group[1] ?? (host.groups.some(({ name }) => name === 'wheel') ? 'wheel' : 'root'));
    if (group === null && !/^(?:su|sudo|doas|runuser|polkit)/u.test(service)) return [];
    const accounts = trusted === undefined ? [named?.[1] ?? ''] : inGroup(trusted, host);
    return accounts
      .filter((account) => host.users.some(({ name, uid }) => name === account && uid !== 0))
      .map((account) => of('pam_trust', account, file, `${file}: ${rule}`, facts));
  });

/** Root with a password, over the network: every guess goes to the most powerful account there is. */
function rootByPassword(sections: readonly Section[], host: SeenHost): readonly Observation[] {
  const settings = new Map(
    linesOf(sections, 'sshdroot').map((line) => [line.split(/\s+/u)[0] ?? '', line.split(/\s+/u)[1] ?? ''] as const),
  );
  const asked =
    settings.get('passwordauthentication') === 'yes' || settings.get('kbdinteractiveauthentication') === 'yes';
  if (settings.get('permitrootlogin') !== 'yes' || !asked) return [];
  return host.users
    .filter(({ uid, password, expired }) => uid === 0 && (password === 'set' || password === 'empty') && !expired)
    .map(({ name }) =>
      of('root_by_password', name, 'PermitRootLogin', 'sshd_config: PermitRootLogin yes, PasswordAuthentication yes'),
    );
}

/** Whoever stands before the machine is that account. */
const autoLogins = (sections: readonly Section[], host: SeenHost): readonly Observation[] =>
  linesOf(sections, 'autologin').flatMap((line) => {
    const [file = '', ...rest] = line.split(':');
    const account = /(?:--autologin|\s-a)\s+(\S+)/u.exec(rest.join(':'))?.[1] ?? '';
    return /^\s*#/u.test(rest.join(':')) || !host.users.some(({ name }) => name === account)
      ? []
      : [of('auto_login', account, file, `${file}: ${rest.join(':').trim().slice(0, 120)}`)];
  });

/** Groups that give power and that somebody may fill, or come into with a password. */
const groups = (sections: readonly Section[], host: SeenHost): readonly Observation[] =>
  linesOf(sections, 'gshadow').flatMap((line): readonly Observation[] => {
    const [group = '', password = '', administrators = ''] = line.split(':');
    if (whyGroup(group) === undefined) return [];
    return [
      ...administrators
        .split(',')
        .filter((name) => host.users.some((user) => user.name === name && user.uid !== 0))
        .map((name) =>
          of('group_admin', name, group, `/etc/gshadow ${group}: administrators ${administrators}`, { group }),
        ),
      ...(password === 'set' ? [of('group_password', '', group, `/etc/gshadow ${group}: a password`, { group })] : []),
    ];
  });

/** Two names of one uid are one account to the kernel. */
const twins = (host: SeenHost): readonly Observation[] =>
  host.users.flatMap((user) => {
    const others = host.users.filter((one) => one.uid === user.uid && one.name !== user.name).map(({ name }) => name);
    return user.uid === 0 || others.length === 0
      ? []
      : [
          of('uid_twin', user.name, others.join(','), `/etc/passwd:${user.line}, uid ${user.uid}`, {
            others,
            later: host.users.some((one) => one.uid === user.uid && one.line < user.line),
          }),
        ];
  });

function passwords(sections: readonly Section[], host: SeenHost, guessed: readonly string[]): readonly Observation[] {
  const schemes: ReadonlyMap<string, string> = new Map([
    ['des', 'DES, which is broken in minutes'],
    ['md5', 'MD5, which is guessed at billions a second'],
  ]);
  const user = (name: string) => host.users.find((one) => one.name === name && !one.expired);
  return [
    ...linesOf(sections, 'schemes').flatMap((line) => {
      const [name = '', scheme = ''] = line.split('\t');
      return user(name) === undefined
        ? []
        : [of('weak_hash', name, 'password', `/etc/shadow ${name}`, { scheme: schemes.get(scheme) ?? scheme })];
    }),
    ...guessed.flatMap((line) => {
      const [name = '', sort = ''] = line.split('\t');
      const found = user(name);
      return found === undefined || sort === '' || !hasLoginShell(found)
        ? []
        : [
            of('weak_password', name, 'password', `/etc/shadow ${name}`, {
              sort: sort === 'own' ? 'made of its own name' : 'one that everybody tries first',
            }),
          ];
    }),
    // A second field that is no `x` is a hash that everybody may read.
    ...(sections.find(({ words }) => words[0] === 'passwd')?.text ?? '').split('\n').flatMap((line) => {
      const [name = '', password = ''] = line.split(':');
      return password === 'set'
        ? [
            of('readable_secret', '', `/etc/passwd ${name}`, `/etc/passwd, second field of ${name}`, {
              path: `/etc/passwd (of ${name})`,
              by: 'everybody',
              hashes: true,
            }),
          ]
        : [];
    }),
  ];
}
