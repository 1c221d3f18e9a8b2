/** What root and others run, read or load at one remove: links, included rules, log-in shells, forced commands, and what scripts run in turn. */
import type { HostState } from '../../read/host-state.ts';
import type { Section } from '../../ssh/script.ts';
import { linesOf } from '../access.ts';
import { absolute, folderRun, relative, sourced } from './commands.ts';
import type { Run } from './run.ts';

export function obeyedRuns(sections: readonly Section[], state: HostState): readonly Run[] {
  return [
    ...links(sections),
    ...loaded(sections),
    ...rules(sections, state),
    ...shells(state),
    ...keyFiles(state),
    ...forced(state),
    ...authorities(sections),
    ...supervised(sections, state),
  ];
}

const asRoot = (because: string, place: string, how: Run['how'], paths: readonly string[]): Run => ({
  as: 'root',
  because,
  place,
  how,
  paths,
});

const links = (sections: readonly Section[]): readonly Run[] =>
  linesOf(sections, 'links').map((line) => {
    const [link = '', real = ''] = line.split('\t');
    return asRoot(`root obeys it as ${link}`, link, 'program', [real]);
  });

const loaded = (sections: readonly Section[]): readonly Run[] =>
  linesOf(sections, 'loaded').map((line) => {
    const [file = '', ...rest] = line.split(':');
    const rules = /\bsudoers_file=(\/[^\s"]+)/u.exec(rest.join(':'))?.[1];
    if (rules !== undefined) return asRoot('sudo takes rules from it', file, 'program', [rules]);
    return asRoot(
      `${file.startsWith('/etc/pam.d') ? 'PAM' : 'sudo'} loads it as root`,
      file,
      'program',
      absolute(rest.join(':')),
    );
  });

/** Files and folders that sudo takes rules from, beyond its own. */
function rules(sections: readonly Section[], state: HostState): readonly Run[] {
  const included = [...state.sudoersFiles.keys(), ...missing(sections)].filter(
    (path) => path !== '/etc/sudoers' && !/^\/etc\/sudoers\.d\/[^/]+$/u.test(path),
  );
  const folders = linesOf(sections, 'rulesfolders').flatMap((line) => {
    const path = /includedir\s+"?(\/[^"\s]+)/u.exec(line)?.[1]?.replace(/(?<=.)\/+$/u, '');
    return path === undefined || path === '/etc/sudoers.d' ? [] : [{ place: line.split(':')[0] ?? '', path }];
  });
  return [
    ...included.map((path) => asRoot('sudo takes rules from it', path, 'program', [path])),
    ...folders.map(({ place, path }) => asRoot('sudo takes rules from what is in it', place, 'folder', [path])),
  ];
}

const missing = (sections: readonly Section[]): readonly string[] =>
  sections.filter(({ words }) => words[0] === 'sudoers-missing').map(({ words }) => words.slice(1).join(' '));

const shells = (state: HostState): readonly Run[] =>
  state.users
    .filter(({ shell, expired }) => !expired && shell.startsWith('/'))
    .map(({ name, shell, line, uid }) => ({
      as: uid === 0 ? 'root' : name,
      because: `it is the log-in shell of ${name}`,
      place: `/etc/passwd:${line}`,
      how: 'program' as const,
      paths: [shell],
    }));

/** Where sshd takes keys from outside homes; those in homes are looked at by themselves. */
const keyFiles = (state: HostState): readonly Run[] =>
  state.users
    .filter(({ expired }) => !expired)
    .map(({ name, uid, home, keyFiles: files }) => ({
      as: uid === 0 ? 'root' : name,
      because: `sshd reads there which keys open ${name}`,
      place: 'sshd_config: AuthorizedKeysFile',
      how: 'program' as const,
      paths: files.filter((path) => home === '/' || !path.startsWith(`${home}/`)),
    }));

/** Programs that keys are bound to: whoever changes one has whatever the key's account may do. */
const forced = (state: HostState): readonly Run[] =>
  state.users.flatMap(({ name, uid, keys }) =>
    keys.flatMap(({ options, place }) => {
      const command = options.find((one) => /^command=/iu.test(one));
      return command === undefined
        ? []
        : [
            {
              as: uid === 0 ? 'root' : name,
              because: `a key of ${name} runs it`,
              place,
              how: 'program' as const,
              paths: absolute(command.replace(/^command="?/iu, ' ')),
            },
          ];
    }),
  );

/** Files that say whose signature opens an account. */
const authorities = (sections: readonly Section[]): readonly Run[] =>
  linesOf(sections, 'sshdmore').flatMap((line) => {
    const [setting = '', path = ''] = line.split(/\s+/u);
    if (!/^(?:trustedusercakeys|authorizedprincipalsfile)$/u.test(setting) || !path.startsWith('/')) return [];
    const whole = !path.includes('%');
    return [
      asRoot(
        'sshd reads there whose certificates open accounts',
        `sshd_config: ${setting}`,
        whole ? 'program' : 'folder',
        [whole ? path : path.slice(0, path.indexOf('%')).replace(/\/[^/]*$/u, '')],
      ),
    ];
  });

/** Programs of supervisor and xinetd, by their sections, as the user each names. */
const supervised = (sections: readonly Section[], state: HostState): readonly Run[] =>
  sections.flatMap(({ words, text }): readonly Run[] => {
    const place = words[2] ?? '';
    if (words[0] !== 'rootscript' || !namesUsers(place)) return [];
    return text.split(/^(?=\[)/mu).flatMap((part) => {
      const user = /^\s*user\s*=\s*(\S+)/mu.exec(part)?.[1] ?? 'root';
      const command = /^\s*(?:command|server)\s*=\s*(.+)$/mu.exec(part)?.[1];
      const folder = /^\s*directory\s*=\s*(\/\S+)/mu.exec(part)?.[1];
      const known = state.users.find(({ name }) => name === user);
      if (command === undefined || known === undefined) return [];
      const as = known.uid === 0 ? 'root' : user;
      return [
        {
          as,
          because: `${as} runs it as a service`,
          place,
          how: 'program' as const,
          paths: [...absolute(` ${command}`), ...relative(command, folder)],
        },
      ];
    });
  });

/** Files whose entries say as whom each is run. */
export const namesUsers = (path: string): boolean => /^\/etc\/(?:supervisor|xinetd\.d\/)/u.test(path);

/** What scripts run and read in turn, as whoever runs the script. */
export function innerRuns(runs: readonly Run[], sections: readonly Section[]): readonly Run[] {
  const texts = new Map(
    sections.filter(({ words }) => words[0] === 'text').map(({ words, text }) => [words.slice(1).join(' '), text]),
  );
  const found: Run[] = [];
  const told = new Set<string>();
  for (const { as, because, place, paths, how } of runs)
    for (const path of paths) {
      const text = texts.get(path);
      const key = `${as} ${path}`;
      if (text === undefined || how === 'folder' || told.has(key)) continue;
      told.add(key);
      found.push(...ofText({ as, because, place }, path, text));
    }
  return found;
}

function ofText(by: Pick<Run, 'as' | 'because' | 'place'>, path: string, text: string): readonly Run[] {
  const of = (because: string, how: Run['how'], paths: readonly string[]): Run => ({
    as: by.as,
    because: `${because} ${path}, and of that: ${by.because}`,
    place: `${path}; ${by.place}`,
    how,
    paths,
  });
  return [
    of(`${by.as} runs it from`, 'mentioned', absolute(text).slice(0, 60)),
    of(`${by.as} runs it from`, 'mentioned', relative(text, undefined)),
    of(`${by.as} reads it as code from`, 'program', sourced(text)),
    of(`${by.as} runs what is in it from`, 'folder', folderRun(text)),
  ];
}

/** What the texts root's own folders hold run and read beyond what is named in them with its whole path. */
export const scriptRuns = (path: string, text: string): readonly Run[] => [
  asRoot(`root reads it as code from ${path}`, path, 'program', sourced(text)),
  asRoot(`root runs what is in it from ${path}`, path, 'folder', folderRun(text)),
  asRoot(`root runs it from ${path}`, path, 'mentioned', relative(text, undefined)),
];
