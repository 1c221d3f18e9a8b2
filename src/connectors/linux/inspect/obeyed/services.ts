/** What the units of systemd run, load and search, and as whom. */
import type { HostState } from '../../read/host-state.ts';
import type { Section } from '../../ssh/script.ts';
import { isRoot } from '../access.ts';
import { absolute, folderRun, programs, relative } from './commands.ts';
import type { Run } from './run.ts';

export const services = (sections: readonly Section[], state: HostState): readonly Run[] =>
  sections.flatMap(({ words, text }): readonly Run[] => {
    // A user that is made up when the service starts has power over nothing that stays.
    if (words[0] !== 'unit' || /^DynamicUser\s*=\s*(?:yes|true|1|on)\s*$/imu.test(text)) return [];
    const place = words.slice(1).join(' ');
    const user = /^User\s*=\s*(\S+)/mu.exec(text)?.[1] ?? 'root';
    const as = isRoot(user, state) ? 'root' : user;
    const lines = text.split('\n');
    const said = (name: string): readonly string[] =>
      lines
        .filter((line) => new RegExp(`^${name}\\s*=`, 'u').test(line))
        .map((line) => line.replace(/^\w+\s*=\s*/u, ''));
    const commands = lines
      .filter((line) => line.startsWith('Exec'))
      .map((line) => line.replace(/^\w+\s*=\s*[-@:+!]*/u, ' '));
    const folder = said('WorkingDirectory')
      .at(-1)
      ?.replace(/^-/u, '')
      .replace(/(?<=.)\/+$/u, '');
    const run = { as, because: `${as} runs it as a service`, place };
    return [
      { ...run, how: 'program', paths: commands.flatMap((command) => programs(command).run) },
      { ...run, how: 'mentioned', paths: commands.flatMap((command) => programs(command).mentioned) },
      {
        ...run,
        how: 'program',
        paths: commands.flatMap((command) => relative(command, folder?.startsWith('/') === true ? folder : undefined)),
      },
      {
        ...run,
        because: `${as} runs what is in it as a service`,
        how: 'folder',
        paths: commands.flatMap((command) => folderRun(command)),
      },
      {
        ...run,
        because: `a service of ${as} takes its environment from it`,
        how: 'program',
        paths: absolute(
          said('EnvironmentFile')
            .map((line) => ` ${line.replace(/^-/u, '')}`)
            .join(' '),
        ),
      },
      ...said('Environment').flatMap((line) => environment(line, as, place)),
    ];
  });

/** Settings of a unit's environment that have it load or search something. */
function environment(line: string, as: string, place: string): readonly Run[] {
  const value = (names: string): readonly string[] => [
    ...new Set(
      [...line.matchAll(new RegExp(String.raw`(?:^|[\s"'])(?:${names})=([^\s"']+)`, 'gu'))].flatMap((one) =>
        (one[1] ?? '').split(':').filter((path) => /^\/./u.test(path)),
      ),
    ),
  ];
  return [
    {
      as,
      because: `a service of ${as} loads it (LD_PRELOAD)`,
      place,
      how: 'program',
      paths: value('LD_PRELOAD|LD_AUDIT|BASH_ENV'),
    },
    {
      as,
      because: `a service of ${as} searches it for programs or code`,
      place,
      how: 'folder',
      paths: value('PATH|LD_LIBRARY_PATH|PYTHONPATH|PERL5LIB|RUBYLIB|NODE_PATH').filter(
        (path) => !/^\/(?:usr\/)?s?bin$/u.test(path),
      ),
    },
  ];
}
