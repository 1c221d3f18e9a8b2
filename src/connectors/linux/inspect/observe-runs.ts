/** What runs as somebody powerful without their asking, and who may change it. */
import type { Observation } from '../../port.ts';
import type { HostState } from '../read/host-state.ts';
import { actsAsRoot } from '../read/privilege.ts';
import type { Section } from '../ssh/script.ts';
import { parents } from './access-script.ts';
import { isRoot, linesOf, placeOf, writers, type FileAccess, type SeenHost } from './access.ts';
import { absolute, folderRun, programs, relative } from './obeyed/commands.ts';
import type { Run } from './obeyed/run.ts';
import { namesUsers, obeyedRuns, scriptRuns } from './obeyed/runs.ts';
import { services } from './obeyed/services.ts';

/** Of what a distribution keeps there, one list of modes says it all. */
const distribution = /^\/(?:usr\/)?s?bin\/[^/]+$/u;

export const pathsAsked = (runs: readonly Run[]): readonly string[] => [
  ...new Set(runs.flatMap(({ paths }) => paths).filter((path) => !distribution.test(path))),
];

const folders = (value: string): readonly string[] =>
  [...new Set(value.split(/[:\s]+/u))]
    .map((path) => path.replaceAll(/["'$;]|\{?PATH\}?/gu, '').replace(/(?<=.)\/+$/u, ''))
    .filter((path) => /^\/./u.test(path) && !/^\/(?:usr\/)?s?bin$/u.test(path));

const schedule = String.raw`^\s*(?:@\w+|(?:[\d*,/A-Za-z-]+\s+){5})\s*`;

export function runsOf(sections: readonly Section[], state: HostState): readonly Run[] {
  return [
    ...jobs(sections, state),
    ...services(sections, state),
    ...hooks(sections),
    ...searched(sections, state),
    ...sudo(state),
    ...obeyedRuns(sections, state),
  ].filter(({ paths, as }) => paths.length > 0 && state.users.some(({ name }) => name === as));
}

const jobs = (sections: readonly Section[], state: HostState): readonly Run[] =>
  sections.flatMap(({ words, text }) => {
    if (words[0] !== 'cron' && words[0] !== 'usercron') return [];
    const own = words[0] === 'usercron';
    const path = words.slice(own ? 2 : 1).join(' ');
    const form = new RegExp(own ? `${schedule}(.+)$` : String.raw`${schedule}(\S+)\s+(.+)$`, 'u');
    return text.split('\n').flatMap((line, at): readonly Run[] => {
      const match = line.trim().startsWith('#') ? null : form.exec(line);
      if (match === null) return [];
      const named = own ? (words[1] ?? '') : (match[1] ?? '');
      const as = isRoot(named, state) ? 'root' : named;
      const command = (own ? match[1] : match[2]) ?? '';
      const run = { as, because: `${as} runs it by cron`, place: `${path}:${at + 1}` };
      return [
        { ...run, how: 'program', paths: [...programs(command).run, ...relative(command, undefined)] },
        { ...run, how: 'mentioned', paths: programs(command).mentioned },
        { ...run, because: `${as} runs what is in it by cron`, how: 'folder', paths: folderRun(command) },
        ...patterns(run, command),
      ];
    });
  });

/** `tar … *` in a folder takes the names of files there as options: whoever makes files there runs what they like. */
function patterns(run: Pick<Run, 'as' | 'because' | 'place'>, command: string): readonly Run[] {
  const open = /\b(?:tar|rsync|chown|chmod|zip|7z|scp)\b[^;|&]*?\s(?:(\/[\w./-]+)\/)?\*(?:\s|$)/u.exec(command);
  const at = open?.[1] ?? /\bcd\s+["']?(\/[\w./-]+)/u.exec(command)?.[1];
  if (open === null || at === undefined) return [];
  return [
    { ...run, because: `${run.because}, and takes the names of files there as options`, how: 'folder', paths: [at] },
  ];
}

function hooks(sections: readonly Section[]): readonly Run[] {
  const found: Run[] = [];
  const root = (because: string, place: string, how: Run['how'], paths: readonly string[]): void =>
    void found.push({ as: 'root', because, place, how, paths });
  for (const { words, text } of sections) {
    if (words[0] === 'conf' && words[1] === '/etc/ld.so.preload')
      root('every program loads it', words[1], 'program', absolute(text));
    if (words[0] !== 'rootscript' || namesUsers(words[2] ?? '')) continue;
    const [, real = '', path = real] = words;
    // What is in these folders itself is looked at as a file that root obeys.
    if (real !== path) root(`root runs it as ${path}`, path, 'program', [real]);
    root(`root runs it from ${path}`, path, 'mentioned', absolute(text).slice(0, 60));
    found.push(...scriptRuns(path, text));
  }
  for (const line of linesOf(sections, 'pamexec'))
    root(
      'PAM runs it as root',
      line.split(':')[0] ?? '',
      'program',
      absolute(line.split(':').slice(1).join(':')).filter((path) => !path.endsWith('.so')),
    );
  for (const line of linesOf(sections, 'aptconf'))
    root('apt runs it as root', line.split(':')[0] ?? '', 'mentioned', absolute(line.split(':').slice(1).join(':')));
  const [core = ''] = linesOf(sections, 'corepattern');
  if (core.startsWith('|'))
    root(
      'the kernel runs it as root',
      '/proc/sys/kernel/core_pattern',
      'program',
      absolute(core.slice(1).split(' ')[0] ?? ''),
    );
  for (const line of linesOf(sections, 'sshdroot')) {
    const [key, value = ''] = [line.split(/\s+/u)[0], line.split(/\s+/u).slice(1).join(' ')];
    if (key === 'authorizedkeyscommand' && value !== 'none')
      root('sshd asks it which keys open an account', 'sshd_config: AuthorizedKeysCommand', 'program', absolute(value));
  }
  for (const line of linesOf(sections, 'processes')) {
    const [program = '', command = ''] = line.split('\t');
    if (program === '' || program.endsWith('(deleted)')) continue;
    // What a command line says behind the program may be a password.
    root('it runs as root now', `process ${program}`, 'program', [program]);
    root('it runs as root now', `process ${program}`, 'mentioned', absolute(command).slice(0, 8));
  }
  return found;
}

function searched(sections: readonly Section[], state: HostState): readonly Run[] {
  const found: Run[] = [];
  for (const line of linesOf(sections, 'rootpath')) {
    const [place = '', ...rest] = line.split(':');
    const value = rest.join(':').replace(/^.*?(?:=|ENV_SUPATH\s+)/u, '');
    if (/ENV_PATH/u.test(rest.join(':'))) continue;
    const what = /LD_LIBRARY_PATH|PYTHONPATH|PERL5LIB/u.test(rest.join(':'))
      ? 'root loads code from it'
      : 'root searches it for programs';
    found.push({ as: 'root', because: what, place, how: 'folder', paths: folders(value.replace(/^PATH=/u, '')) });
  }
  for (const line of linesOf(sections, 'libraries'))
    found.push({
      as: 'root',
      because: 'every program loads libraries from it',
      place: line.split(':')[0] ?? '',
      how: 'folder',
      paths: folders(line.split(':').slice(1).join(' ')),
    });
  for (const [file, text] of state.sudoersFiles)
    for (const line of text.split('\n')) {
      const kept = /^\s*Defaults[^#]*\b(?:restricted_)?env_file\s*=\s*"?(\/[^"\s,]+)"?/u.exec(line)?.[1];
      if (kept !== undefined)
        found.push({
          as: 'root',
          because: 'sudo takes the environment of what it runs from it',
          place: file,
          how: 'program',
          paths: [kept],
        });
      const path = /^\s*Defaults[^#]*\bsecure_path\s*=\s*"?([^"\n]+)"?/u.exec(line)?.[1];
      if (path !== undefined)
        found.push({
          as: 'root',
          because: 'sudo searches it for programs',
          place: file,
          how: 'folder',
          paths: folders(path),
        });
    }
  return found;
}

const sudo = (state: HostState): readonly Run[] =>
  state.sudo
    .filter((right) => actsAsRoot(right, state) && right.users.some(({ name }) => name !== 'root'))
    .flatMap((right): readonly Run[] => {
      const place = `${right.rule.file}:${right.rule.line}`;
      const texts = right.commands.filter(({ negated }) => !negated).map(({ text }) => text);
      // A folder stands for every program in it, also for one that is put there later.
      const whole = texts.filter((text) => /^\/\S+\/$/u.test(text));
      const run = { as: 'root', because: 'sudo runs it as root', place };
      return [
        {
          ...run,
          how: 'program',
          paths: texts
            .filter((text) => !whole.includes(text))
            .flatMap(absolute)
            .filter((path) => !/[*?[]/u.test(path)),
        },
        {
          ...run,
          because: 'sudo runs as root what is in it',
          how: 'folder',
          paths: whole.map((text) => text.replace(/\/+$/u, '')),
        },
      ];
    });

interface Kept extends FileAccess {
  readonly type: string;
}

/** The section `files` by path. */
export const filesOf = (sections: readonly Section[]): ReadonlyMap<string, Kept> =>
  new Map(
    linesOf(sections, 'files').map((line) => {
      const [mode = '', owner = '', group = '', type = '', ...rest] = line.split('|');
      const path = rest.join('|');
      return [path, { path, mode, owner, group, type }] as const;
    }),
  );

/** What runs as somebody and may be changed by somebody else: itself, else the folder nearest to it. A folder further up adds nothing. */
export function observeRuns(
  runs: readonly Run[],
  files: ReadonlyMap<string, Kept>,
  host: SeenHost,
): readonly Observation[] {
  const found: Observation[] = [];
  const told = new Set<string>();
  for (const run of runs)
    for (const program of run.paths) {
      if (distribution.test(program)) continue;
      const own = files.get(program);
      const isFolder = own?.type === 'directory';
      // Data that root reads is no program: only what can be run counts, and a folder only where it is searched.
      if (run.how === 'mentioned' && (own === undefined || isFolder || (Number.parseInt(own.mode, 8) & 0o111) === 0))
        continue;
      if (run.how === 'program' && isFolder) continue;
      for (const at of [program, ...parents(program)]) {
        const file = files.get(at);
        if (file === undefined) continue;
        // In a folder where nobody may replace what is others', anybody may still add what is not there yet.
        const sticky = file.type === 'directory' && (Number.parseInt(file.mode, 8) & 0o1000) !== 0;
        const adds = at === program || (own === undefined && at === parents(program)[0]);
        if (sticky && !adds) continue;
        for (const account of writers(file, host)) {
          const key = JSON.stringify([account, run.place, run.because, program]);
          if (account === run.as || told.has(key)) continue;
          told.add(key);
          found.push({
            kind: run.as === 'root' ? 'root_runs_writable' : 'runs_writable',
            account,
            about: `${at === program ? program : `${at}/ of ${program}`}${run.as === 'root' ? '' : ` as ${run.as}`}`,
            place: `${run.place}; ${placeOf(file, host)}`,
            facts: { program, changes: at, by: account || 'everybody', because: run.because, as: run.as },
          });
        }
      }
    }
  return found;
}
