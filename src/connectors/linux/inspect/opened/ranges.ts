/** Ways in that stand in no list of accounts: ids given to an account to make processes with, lines that take accounts from the network, sockets with a shell behind, names in certificates. */
import type { Observation } from '../../../port.ts';
import type { Section } from '../../ssh/script.ts';
import { isRoot, linesOf, type SeenHost } from '../access.ts';
import { whyGroup } from '../observe-accounts.ts';

const of = (
  kind: string,
  account: string,
  about: string,
  place: string,
  facts: Observation['facts'] = {},
): Observation => ({ kind, account, about, place, facts });

export const observeRanges = (sections: readonly Section[], host: SeenHost): readonly Observation[] => [
  ...ranges(sections, host),
  ...networkAccounts(sections),
  ...sockets(sections, host),
  ...principals(sections, host),
];

/** subuid(5): newuidmap gives an account these ids of the host, whoever has them already. */
const ranges = (sections: readonly Section[], host: SeenHost): readonly Observation[] =>
  linesOf(sections, 'subids').flatMap((line): readonly Observation[] => {
    const at = line.indexOf(':');
    const file = line.slice(0, at);
    const [named = '', start = '', count = ''] = line.slice(at + 1).split(':');
    const [from, many] = [Number.parseInt(start, 10), Number.parseInt(count, 10)];
    const account = host.users.find(({ name, uid }) => name === named || String(uid) === named);
    if (account === undefined || account.uid === 0 || !(many > 0)) return [];
    const takesIn = (id: number): boolean => id >= from && id < from + many;
    const taken = file.endsWith('subuid')
      ? takesIn(0)
        ? 'uid 0'
        : undefined
      : host.groups.filter(({ gid, name }) => takesIn(gid) && whyGroup(name) !== undefined).map(({ name }) => name)[0];
    return taken === undefined
      ? []
      : [of('id_range', account.name, file, `${file}: ${line.slice(at + 1)}`, { taken, file })];
  });

/** passwd(5), compat: accounts, or all of them, as a server of the network says they are. */
const networkAccounts = (sections: readonly Section[]): readonly Observation[] => {
  const asked = linesOf(sections, 'nsswitch').some((line) =>
    /^\s*passwd(?:_compat)?:.*\b(?:compat|nis|nisplus)\b/u.test(line),
  );
  return (sections.find(({ words }) => words[0] === 'passwd')?.text ?? '').split('\n').flatMap((line, at) => {
    const [name = '', , uid = ''] = line.split(':');
    if (!name.startsWith('+') || !(asked || uid === '0')) return [];
    return [
      of('network_accounts', '', name, `/etc/passwd:${at + 1}: ${name}, uid ${uid || 'as it is told'}`, { uid, asked }),
    ];
  });
};

const shell = /^[-@:+!]*\/(?:usr\/)?bin\/(?:ba|da|z|k|a)?sh(?:\s|$)/u;

/** systemd.socket(5): a service whose input is the connection and which is a shell. */
const sockets = (sections: readonly Section[], host: SeenHost): readonly Observation[] =>
  sections
    .filter(({ words }) => words[0] === 'socket')
    .flatMap(({ words, text }): readonly Observation[] => {
      const path = words.slice(1).join(' ');
      const said = (name: string, of_: string): string | undefined =>
        new RegExp(`^${name}\\s*=\\s*(.+?)\\s*$`, 'mu').exec(of_)?.[1];
      const listens = said('ListenStream', text);
      const own = path.replace(/\.socket$/u, '');
      const names = [
        said('Service', text),
        `${own.split('/').at(-1) ?? ''}@.service`,
        `${own.split('/').at(-1) ?? ''}.service`,
      ];
      const service = sections.find(
        (one) => one.words[0] === 'unit' && names.includes(one.words.slice(1).join(' ').split('/').at(-1)),
      );
      if (listens === undefined || service === undefined || !/^StandardInput\s*=\s*socket/mu.test(service.text))
        return [];
      const user = said('User', service.text) ?? 'root';
      if (!isRoot(user, host) || !shell.test(said('ExecStart', service.text) ?? '')) return [];
      return [
        of(
          'open_service',
          '',
          `socket ${path}`,
          `${path}: ListenStream=${listens}; ${service.words.slice(1).join(' ')}`,
          {
            does: `gets a shell of root from ${listens}`,
          },
        ),
      ];
    });

/** sshd_config(5), AuthorizedPrincipalsFile: names in certificates that open root. */
const principals = (sections: readonly Section[], host: SeenHost): readonly Observation[] =>
  sections
    .filter(({ words }) => words[0] === 'principals')
    .flatMap(({ words, text }) => {
      const path = words.slice(1).join(' ');
      return text
        .split('\n')
        .map((line, at) => ({ name: line.trim().split(/\s+/u).at(-1) ?? '', at, line }))
        .filter(({ name, line }) => name !== '' && !line.trim().startsWith('#') && name !== 'root')
        .map(({ name, at }) =>
          of(
            'certificate_login',
            host.users.some((user) => user.name === name && user.uid !== 0) ? name : 'root',
            `${path}: ${name}`,
            `${path}:${at + 1}`,
            { principal: name },
          ),
        );
    });
