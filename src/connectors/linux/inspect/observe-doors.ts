/** Other ways in, as they are configured: doas, polkit, remote shells, exported file systems, log-ins without a password. */
import type { Observation } from '../../port.ts';
import type { HostState } from '../read/host-state.ts';
import type { Section } from '../ssh/script.ts';
import { inGroup, linesOf } from './access.ts';
import { whyGroup } from './observe-accounts.ts';

const of = (kind: string, account: string, about: string, place: string, facts: Observation['facts']): Observation => ({
  kind,
  account,
  about,
  place,
  facts,
});

export function observeDoors(sections: readonly Section[], state: HostState): readonly Observation[] {
  return [
    ...doas(sections, state),
    ...polkit(sections, state),
    ...remote(sections),
    ...exportsOf(sections),
    ...pam(sections),
    ...sshd(sections, state),
  ];
}

/** doas.conf(5): `permit [options] identity [as target] [cmd command …]`; the last that fits counts, denials are told by their absence. */
function doas(sections: readonly Section[], state: HostState): readonly Observation[] {
  const file = '/etc/doas.conf';
  const text = sections.find(({ words }) => words[0] === 'conf' && words[1] === file)?.text ?? '';
  return text.split('\n').flatMap((line, at) => {
    const match =
      /^\s*permit\s+((?:(?:nopass|nolog|persist|keepenv|setenv\s*\{[^}]*\})\s+)*)(\S+)(?:\s+as\s+(\S+))?(?:\s+cmd\s+(\S+))?/u.exec(
        line,
      );
    if (!match) return [];
    const [, options = '', who = '', as = 'root', command = ''] = match;
    if (!state.users.some((user) => user.uid === 0 && user.name === as)) return [];
    const accounts = who.startsWith(':')
      ? inGroup(who.slice(1), state)
      : state.users.some((user) => user.name === who && user.uid !== 0)
        ? [who]
        : [];
    return accounts.map((account) =>
      of('doas', account, `doas:${who}:${command}`, `${file}:${at + 1}`, {
        rule: line.trim(),
        everything: command === '',
        noPassword: options.includes('nopass'),
      }),
    );
  });
}

/** Rules of polkit that say yes without asking, that are content with one's own password, or that name administrators: whom they name. */
function polkit(sections: readonly Section[], state: HostState): readonly Observation[] {
  return sections.flatMap(({ words, text }) => {
    if (words[0] !== 'polkit') return [];
    const path = words.slice(1).join(' ');
    const bare = text.replace(/\/\*[\s\S]*?\*\/|^\s*(?:\/\/|#).*$/gmu, '');
    const yes = /Result\.YES|Result(?:Any|Active|Inactive)\s*=\s*yes|return\s+["']yes["']/u.test(bare);
    const own = /Result\.AUTH_SELF|Result(?:Any|Active|Inactive)\s*=\s*auth_self|return\s+["']auth_self/u.test(bare);
    const admins = /addAdminRule|AdminIdentities\s*=/u.test(bare);
    if (!yes && !own && !admins) return [];
    const groups = [...bare.matchAll(/isInGroup\(\s*["']([^"']+)["']\s*\)|unix-group:([\w-]+)/gu)].map(
      (one) => one[1] ?? one[2] ?? '',
    );
    const users = [...bare.matchAll(/subject\.user\s*===?\s*["']([^"']+)["']|unix-user:([\w-]+)/gu)].map(
      (one) => one[1] ?? one[2] ?? '',
    );
    const actions = [...new Set(bare.match(/org\.[A-Za-z0-9_.-]+|\*/gu))].slice(0, 5);
    const named = [
      ...new Set([
        // Of groups that are privileged anyway their members are told.
        ...groups
          .filter((group) => yes || own || whyGroup(group) === undefined)
          .flatMap((group) => inGroup(group, state)),
        ...users.filter((name) => state.users.some((user) => user.name === name && user.uid !== 0)),
      ]),
    ];
    const everybody = groups.length === 0 && users.length === 0 && (yes || own);
    return (everybody ? [''] : named).map((account) =>
      of('polkit', account, path, path, {
        actions: actions.length === 0 ? ['every action'] : actions,
        asked: yes ? 'without being asked' : 'with its own password',
      }),
    );
  });
}

const remote = (sections: readonly Section[]): readonly Observation[] =>
  sections.flatMap(({ words, text }) => {
    const path = words.slice(1).join(' ');
    const equiv = words[0] === 'conf' && path === '/etc/hosts.equiv';
    if (words[0] !== 'remote' && !equiv) return [];
    return text
      .split('\n')
      .map((line, at) => ({ line: line.trim(), at }))
      .filter(({ line }) => line !== '' && !line.startsWith('#'))
      .map(({ line, at }) =>
        of(
          path.endsWith('.k5login') ? 'kerberos_login' : 'trusted_host',
          equiv ? '' : 'root',
          `${path}: ${line}`,
          `${path}:${at + 1}`,
          { who: line, everybody: /^\+(?:\s+\+)?$/u.test(line) },
        ),
      );
  });

const exportsOf = (sections: readonly Section[]): readonly Observation[] =>
  sections
    .filter(({ words }) => words[0] === 'conf' && words[1] === '/etc/exports')
    .flatMap(({ text }) => text.split('\n'))
    .flatMap((line, at) =>
      /^\s*\//u.test(line) && /no_root_squash/u.test(line)
        ? [of('export', '', line.trim().split(/\s+/u)[0] ?? '', `/etc/exports:${at + 1}`, { export: line.trim() })]
        : [],
    );

/** A stack that lets in whoever asks. */
const pam = (sections: readonly Section[]): readonly Observation[] =>
  linesOf(sections, 'pam').flatMap((line) => {
    const [file = '', ...rest] = line.split(':');
    const rule = rest.join(':').trim();
    if (/^auth\s+(?:sufficient|\[success=done[^\]]*\])\s+pam_permit\.so/u.test(rule))
      return [of('open_pam', '', file, `${file}: ${rule}`, { rule, service: file.split('/').at(-1) ?? '' })];
    return [];
  });

function sshd(sections: readonly Section[], state: HostState): readonly Observation[] {
  const settings = new Map(
    linesOf(sections, 'sshdmore').map(
      (line) => [line.split(/\s+/u)[0] ?? '', line.split(/\s+/u).slice(1).join(' ')] as const,
    ),
  );
  const found: Observation[] = [];
  const trusted = settings.get('trustedusercakeys');
  if (trusted !== undefined && trusted !== 'none' && trusted !== '')
    found.push(
      of('trusted_ca', 'root', trusted, `sshd_config: TrustedUserCAKeys ${trusted}`, {
        file: trusted,
        principals: settings.get('authorizedprincipalsfile') ?? 'none',
      }),
    );
  if (settings.get('permitemptypasswords') === 'yes')
    for (const user of state.users.filter(({ password, expired }) => password === 'empty' && !expired))
      found.push(
        of('empty_by_network', user.name, 'PermitEmptyPasswords', 'sshd_config: PermitEmptyPasswords yes', {
          uid: user.uid,
        }),
      );
  return found;
}
