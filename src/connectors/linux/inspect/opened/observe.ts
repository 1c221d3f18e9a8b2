/** Stacks of PAM that ask nothing, blocks of sshd that ask less, keys of Kerberos that others read, folders that are searched wherever one stands. */
import type { Observation } from '../../../port.ts';
import type { Section } from '../../ssh/script.ts';
import { inGroup, linesOf, placeOf, readers, type SeenHost } from '../access.ts';
import { observeRanges } from './ranges.ts';
import { observeServices } from './services.ts';

const of = (
  kind: string,
  account: string,
  about: string,
  place: string,
  facts: Observation['facts'] = {},
): Observation => ({ kind, account, about, place, facts });

export const observeOpened = (sections: readonly Section[], host: SeenHost): readonly Observation[] => [
  ...observeServices(sections, host),
  ...observeRanges(sections, host),
  ...stacks(sections),
  ...lists(sections, host),
  ...blocks(sections, host),
  ...credentials(sections, host),
  ...currentFolder(sections),
  ...exempt(host),
];

/** Modules that never say no to whoever is there. */
const idle =
  /^pam_(?:permit|env|rootok|nologin|faildelay|mail|motd|limits|debug|umask|keyinit|loginuid|echo|issue|exec)\.so$/u;

/** Stacks that let in whoever asks since nothing in them asks, and modules that are handed every password. */
function stacks(sections: readonly Section[]): readonly Observation[] {
  const byFile = new Map<string, string[]>();
  for (const line of linesOf(sections, 'pamauth')) {
    const colon = line.indexOf(':');
    const file = line.slice(0, colon);
    byFile.set(file, [...(byFile.get(file) ?? []), line.slice(colon + 1).trim()]);
  }
  return [...byFile].flatMap(([file, rules]): readonly Observation[] => {
    const service = file.split('/').at(-1) ?? '';
    // What a stack takes in from another is looked at there.
    const auth = rules.filter((rule) => /^-?auth\s/u.test(rule));
    const whole = auth.length > 0 && !rules.some((rule) => /^@include|\s(?:include|substack)\s/u.test(rule));
    const modules = auth.map((rule) => /(\S+\.so)/u.exec(rule)?.[1]?.split('/').at(-1) ?? '');
    const open = whole && modules.includes('pam_permit.so') && modules.every((name) => idle.test(name));
    const already = auth.some((rule) => /^auth\s+(?:sufficient|\[success=done[^\]]*\])\s+pam_permit/u.test(rule));
    return [
      ...(open && !already
        ? [of('open_pam', '', file, `${file}: ${auth.join('; ')}`, { rule: auth.join('; '), service })]
        : []),
      ...auth
        .filter((rule) => /pam_exec\.so\b.*\bexpose_authtok\b/u.test(rule))
        .map((rule) =>
          of('password_tap', '', `${file}: ${programOf(rule)}`, `${file}: ${rule}`, {
            service,
            program: programOf(rule),
          }),
        ),
    ];
  });
}

const programOf = (rule: string): string => /pam_exec\.so.*?\s(\/\S+)/u.exec(rule)?.[1] ?? '';

/** `pam_listfile … item=ruser sense=allow`: whoever is named there need prove nothing. */
const lists = (sections: readonly Section[], host: SeenHost): readonly Observation[] =>
  linesOf(sections, 'pamauth').flatMap((line): readonly Observation[] => {
    const [file = '', ...rest] = line.split(':');
    const rule = rest.join(':').trim();
    if (!/^auth\s+(?:sufficient|\[success=(?:done|ok)[^\]]*\])\s+pam_listfile\.so\b.*\bsense=allow\b/u.test(rule))
      return [];
    const service = file.split('/').at(-1) ?? '';
    const item = /\bitem=(\w+)/u.exec(rule)?.[1] ?? '';
    const path = /\sfile=(\S+)/u.exec(rule)?.[1] ?? '';
    const names = (sections.find(({ words }) => words[0] === 'listfile' && words[1] === path)?.text ?? '')
      .split('\n')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    const facts = { rule, service };
    const becomes = /^(?:su|su-l|sudo|sudo-i|doas|runuser|polkit-1)$/u.test(service);
    // Of `su` the user is whom one becomes; of a log-in it is who comes.
    if (item === 'user')
      return names.length === 0
        ? []
        : [
            of(
              'open_pam',
              '',
              `${file} ${path}`,
              `${file}: ${rule}; ${path} names ${names.join(', ').slice(0, 80)}`,
              facts,
            ),
          ];
    const accounts = item === 'ruser' ? names : item === 'group' ? names.flatMap((name) => inGroup(name, host)) : [];
    return !becomes
      ? []
      : [...new Set(accounts)]
          .filter((account) => host.users.some(({ name, uid }) => name === account && uid !== 0))
          .map((account) => of('pam_trust', account, `${file} ${path}`, `${file}: ${rule}; ${path}`, facts));
  });

/** What sshd asks less of those who come from somewhere, or of some. */
const blocks = (sections: readonly Section[], host: SeenHost): readonly Observation[] =>
  linesOf(sections, 'sshdblocks').flatMap((line) => {
    const [place = '', match = '', setting = '', value = ''] = line.split('\t');
    const root = host.users.find(({ uid, name }) => uid === 0 && name === 'root');
    const guarded = host.sshd.get('permitrootlogin') === 'yes' || root?.password !== 'set';
    const loose =
      (setting === 'permitrootlogin' && value === 'yes' && !guarded) ||
      (setting === 'permitemptypasswords' && value === 'yes') ||
      (setting === 'authenticationmethods' && value === 'none') ||
      (setting === 'permituserenvironment' && value !== 'no');
    return loose
      ? [
          of(
            'loose_block',
            setting === 'permitrootlogin' ? 'root' : '',
            `${match}: ${setting}`,
            `${place}: Match ${match}, ${setting} ${value}`,
            { match, setting, value },
          ),
        ]
      : [];
  });

const credentials = (sections: readonly Section[], host: SeenHost): readonly Observation[] =>
  linesOf(sections, 'credentials').flatMap((line) => {
    const [mode = '', owner = '', group = '', path = ''] = line.split('\t');
    const file = { path, mode, owner, group };
    const ticket = /\/krb5cc_[^/]*$/u.test(path);
    const what = ticket
      ? 'a ticket of Kerberos'
      : path.endsWith('.keytab')
        ? 'keys of Kerberos'
        : 'what proves this host or its services';
    return readers(file, host).map((account) =>
      of('readable_secret', account, path, placeOf(file, host), {
        path,
        mode,
        by: account || 'everybody',
        hashes: false,
        what,
      }),
    );
  });

/** A folder that is none by name: wherever root stands, what lies there is run for what it is called. */
const currentFolder = (sections: readonly Section[]): readonly Observation[] =>
  linesOf(sections, 'rootpath').flatMap((line) => {
    const colon = line.indexOf(':');
    const rest = line.slice(colon + 1).trim();
    if (!/^(?:export\s+)?(?:PATH=|ENV_SUPATH\s+PATH=)/u.test(rest)) return [];
    const value =
      rest
        .replace(/^.*?PATH=/u, '')
        .replaceAll(/["']/gu, '')
        .split(/[\s;]/u)[0] ?? '';
    const folders = value.split(':');
    return folders.some((folder) => folder === '.' || folder === './' || folder === '')
      ? [of('current_folder', '', line.slice(0, colon), `${line.slice(0, colon)}: ${rest.slice(0, 120)}`)]
      : [];
  });

/** `Defaults exempt_group=…`: its members are asked for no password. */
const exempt = (host: SeenHost): readonly Observation[] =>
  [...host.sudoersFiles].flatMap(([file, text]) =>
    text.split('\n').flatMap((line, at) => {
      const group = /^\s*Defaults\b[^#]*\bexempt_group\s*=\s*"?([\w-]+)/u.exec(line)?.[1];
      return group === undefined
        ? []
        : inGroup(group, host).map((account) =>
            of('sudo_exempt', account, `exempt_group ${group}`, `${file}:${at + 1}`, { group }),
          );
    }),
  );
