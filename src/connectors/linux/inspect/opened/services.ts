/** Shares and daemons that act as root for whoever asks, by their settings. */
import type { Observation } from '../../../port.ts';
import type { Section } from '../../ssh/script.ts';
import { inGroup, type SeenHost } from '../access.ts';

const open = (account: string, about: string, place: string, does: string): Observation => ({
  kind: 'open_service',
  account,
  about,
  place,
  facts: { does },
});

export const observeServices = (sections: readonly Section[], host: SeenHost): readonly Observation[] =>
  sections.flatMap(({ words, text }) => {
    if (words[0] !== 'service') return [];
    const path = words.slice(1).join(' ');
    if (path.endsWith('smb.conf')) return samba(path, text, host);
    if (path.endsWith('rsyncd.conf')) return rsync(path, text);
    if (path.endsWith('snmpd.conf')) return snmp(path, text);
    if (path.endsWith('inetd.conf')) return inetd(path, text);
    return xinetd(path, text);
  });

interface Part {
  readonly name: string;
  readonly settings: ReadonlyMap<string, string>;
}

/** `[name]` and `key = value`, keys as both programs read them: without regard to case and blanks. */
function parts(text: string): readonly Part[] {
  const found: { name: string; settings: Map<string, string> }[] = [{ name: 'global', settings: new Map() }];
  for (const line of text.split('\n')) {
    const name = /^\s*\[([^\]]+)\]/u.exec(line)?.[1];
    if (name !== undefined) found.push({ name: name.trim(), settings: new Map() });
    const set = /^\s*([^=[\]]+?)\s*=\s*(.*?)\s*$/u.exec(line);
    if (set !== null) found.at(-1)?.settings.set((set[1] ?? '').toLowerCase().replaceAll(/\s+/gu, ''), set[2] ?? '');
  }
  return found;
}

const isRoot = (name: string | undefined, host: SeenHost): boolean =>
  name !== undefined && host.users.some((user) => user.uid === 0 && user.name === name);

/** smb.conf(5). */
function samba(path: string, text: string, host: SeenHost): readonly Observation[] {
  const all = parts(text);
  return all.flatMap(({ name, settings }): readonly Observation[] => {
    const place = `${path}: [${name}]`;
    const share = name.toLowerCase() === 'global' ? 'every share' : `the share ${name}`;
    const forced = settings.get('forceuser');
    const guest = settings.get('guestaccount');
    const named = (settings.get('adminusers') ?? '').split(/[\s,]+/u).filter((one) => one !== '');
    const accounts = named.flatMap((one) =>
      /^[@+&]/u.test(one) ? inGroup(one.replace(/^[@+&]+/u, ''), host) : one === '*' ? [''] : [one],
    );
    return [
      ...(isRoot(forced, host)
        ? [open('', `samba ${name} force user`, `${place} force user = ${forced}`, `reads and writes ${share} as root`)]
        : []),
      ...(isRoot(guest, host)
        ? [
            open(
              '',
              `samba ${name} guest account`,
              `${place} guest account = ${guest}`,
              `is root on ${share} without logging in`,
            ),
          ]
        : []),
      ...[...new Set(accounts)]
        .filter((account) => account === '' || host.users.some(({ name: user, uid }) => user === account && uid !== 0))
        .map((account) =>
          open(
            account,
            `samba ${name} admin users`,
            `${place} admin users = ${named.join(', ')}`,
            `does everything on ${share} as root`,
          ),
        ),
    ];
  });
}

/** rsyncd.conf(5): a module takes what it does not say from the global part; without `uid` it acts as nobody. */
function rsync(path: string, text: string): readonly Observation[] {
  const [global, ...modules] = parts(text);
  return modules.flatMap(({ name, settings }) => {
    const said = (key: string): string | undefined => settings.get(key) ?? global?.settings.get(key);
    if (!/^(?:root|0)$/u.test(said('uid') ?? '') || said('authusers') !== undefined) return [];
    const writes = /^(?:no|false|0)$/iu.test(said('readonly') ?? 'yes');
    const folder = said('path') ?? '';
    if (!writes && !/^\/(?:$|etc|root|home|var(?:\/(?:backups|spool))?\/?$)/u.test(folder)) return [];
    return [
      open(
        '',
        `rsync ${name}`,
        `${path}: [${name}] uid = root, no auth users`,
        `${writes ? 'reads and writes' : 'reads'} ${folder} as root by rsync, without a password`,
      ),
    ];
  });
}

/** snmpd.conf(5): whoever may write may have programs run. */
const snmp = (path: string, text: string): readonly Observation[] =>
  text.split('\n').flatMap((line) => {
    const community = /^\s*(rwcommunity6?|rwuser)\s+(\S+)(.*)$/u.exec(line);
    if (community === null || (community[1] === 'rwuser' && !/\bnoauth\b/u.test(community[3] ?? ''))) return [];
    return [
      open(
        '',
        `snmp ${community[1] ?? ''}`,
        `${path}: ${community[1] ?? ''}`,
        'changes settings by SNMP, programs that are run among them',
      ),
    ];
  });

const shell = /(?:^|\/)(?:ba|da|z|k|a)?sh$/u;

/** inetd.conf(5): service type protocol wait user program arguments. */
const inetd = (path: string, text: string): readonly Observation[] =>
  text.split('\n').flatMap((line, at) => {
    const [service = '', , , , user = '', program = ''] = line.trim().split(/\s+/u);
    return /^root\b/u.test(user) && shell.test(program)
      ? [open('', `inetd ${service}`, `${path}:${at + 1}`, `gets a shell of root from the port ${service}`)]
      : [];
  });

const xinetd = (path: string, text: string): readonly Observation[] => {
  const { settings } = parts(text)[0] ?? { settings: new Map<string, string>() };
  return /^(?:root|0)$/u.test(settings.get('user') ?? '') && shell.test(settings.get('server') ?? '')
    ? [
        open(
          '',
          `xinetd ${path}`,
          `${path}: server = ${settings.get('server') ?? ''}`,
          'gets a shell of root from a port',
        ),
      ]
    : [];
};
