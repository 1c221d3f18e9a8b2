/** What the rules of all sudoers files mean on one host: aliases expanded, one canonical text and id for one set of rights. */
import { createHash } from 'node:crypto';
import {
  oppositeTags,
  type AliasKind,
  type Command,
  type CommandSpec,
  type Member,
  type Rule,
  type SudoersFile,
} from './parse-sudoers.ts';

/** A rule that applies on this host, with everything it names spelled out. */
export interface SudoRight {
  /** `ALL` for any command as anyone without a password, otherwise 12 hex digits of the canonical text's SHA-256. */
  readonly id: string;
  /** Valid as the part behind `user ALL=`; two rules with the same rights have the same text. */
  readonly canonical: string;
  readonly users: readonly Member[];
  readonly commands: readonly CommandSpec[];
  readonly rule: Rule;
  /** True when no password is asked for some command. */
  readonly noPassword: boolean;
}

/** The rule Reeve manages on every host: any command as anyone, no password asked. */
export const allRights = '(ALL:ALL) NOPASSWD: ALL';

export function resolveRules(files: readonly SudoersFile[], hostname: string): readonly SudoRight[] {
  const names = new Map<string, readonly Member[]>();
  const commands = new Map<string, readonly Command[]>();
  for (const alias of files.flatMap((file) => file.aliases)) {
    if (alias.kind === 'Cmnd') commands.set(alias.name, alias.commands);
    else names.set(`${alias.kind} ${alias.name}`, alias.members);
  }
  const spell = (kind: AliasKind, members: readonly Member[]): readonly Member[] =>
    expandMembers(kind, members, names, []);
  const lifted = files.flatMap((file) => file.unauthenticated);
  const rights: SudoRight[] = [];
  for (const rule of files.flatMap((file) => file.rules)) {
    if (!appliesOn(spell('Host', rule.hosts), hostname)) continue;
    const users = spell('User', rule.users);
    const free = lifted.some((scope) => scope.users === 'all' || overlaps(spell('User', scope.users), users));
    const specs = rule.commands.flatMap((spec) =>
      expandCommands([spec], commands, []).map((command) => ({
        ...command,
        runUsers: spec.runUsers && spell('Runas', spec.runUsers),
        runGroups: spec.runGroups && spell('Runas', spec.runGroups),
        tags: free && !spec.tags.includes('PASSWD') ? [...new Set([...spec.tags, 'NOPASSWD'])] : spec.tags,
        options: spec.options,
      })),
    );
    const canonical = canonicalText(specs);
    const noPassword = specs.some((spec) => !spec.negated && spec.tags.includes('NOPASSWD'));
    rights.push({ id: rightId(specs, canonical), canonical, users, commands: specs, rule, noPassword });
  }
  return rights;
}

function expandMembers(
  kind: AliasKind,
  members: readonly Member[],
  aliases: ReadonlyMap<string, readonly Member[]>,
  seen: readonly string[],
): readonly Member[] {
  return members.flatMap((member) => {
    const inside = aliases.get(`${kind} ${member.name}`);
    if (!inside || seen.includes(member.name)) return [member];
    return expandMembers(kind, inside, aliases, [...seen, member.name]).map((found) => ({
      name: found.name,
      negated: found.negated !== member.negated,
    }));
  });
}

function expandCommands(
  list: readonly Command[],
  aliases: ReadonlyMap<string, readonly Command[]>,
  seen: readonly string[],
): readonly Command[] {
  return list.flatMap((command) => {
    const inside = aliases.get(command.text);
    if (!inside || seen.includes(command.text))
      return [{ negated: command.negated, text: command.text, digests: command.digests }];
    return expandCommands(inside, aliases, [...seen, command.text]).map((found) => ({
      negated: found.negated !== command.negated,
      text: found.text,
      digests: found.digests.length > 0 ? found.digests : command.digests,
    }));
  });
}

/**
 * Whether a host list may include this host. Addresses, netgroups and patterns cannot be judged from here and count as yes:
 * a rule too many is looked at by a person, a rule too few is not.
 */
function appliesOn(hosts: readonly Member[], hostname: string): boolean {
  const short = hostname.split('.')[0]?.toLowerCase();
  let applies = false;
  for (const host of hosts) {
    const name = host.name.toLowerCase();
    const plain = /^[a-z][a-z0-9.-]*$/u.test(name) && name !== 'all';
    if (plain && name !== hostname.toLowerCase() && name !== short && name.split('.')[0] !== short) continue;
    if (host.negated && !plain && name !== 'all') continue;
    applies = !host.negated;
  }
  return applies;
}

const overlaps = (left: readonly Member[], right: readonly Member[]): boolean =>
  left.some((a) => !a.negated && (a.name === 'ALL' || right.some((b) => b.name === a.name || b.name === 'ALL')));

/**
 * Tags hold on along a list, so every tag that is not sudo's ordinary behaviour somewhere in it is spelled out for each command.
 * Options hold on too, but cannot be taken back in a list, so the spelled-out ones are always right.
 */
function canonicalText(specs: readonly CommandSpec[]): string {
  const unusual = [...new Set(specs.flatMap((spec) => spec.tags).filter((tag) => !ordinaryTags.has(tag)))].sort();
  return specs
    .map((spec) => {
      const users = spec.runUsers === undefined ? 'root' : spec.runUsers.map(written).join(', ');
      const groups = spec.runGroups === undefined ? '' : `:${spec.runGroups.map(written).join(', ')}`;
      const options = [...spec.options].sort();
      const tags = unusual.map((tag) => (spec.tags.includes(tag) ? tag : (oppositeTags.get(tag) ?? tag)));
      const login = spec.tags.includes('NOPASSWD') || unusual.length === 0 ? [] : ['PASSWD'];
      const spelled = [...new Set([...login, ...tags])].map((tag) => `${tag}:`);
      const digests = spec.digests.length === 0 ? [] : [spec.digests.join(', ')];
      return [`(${users}${groups})`, ...options, ...spelled, ...digests, `${spec.negated ? '!' : ''}${spec.text}`].join(
        ' ',
      );
    })
    .join(', ');
}

/** What sudo does without being told. */
const ordinaryTags = new Set([
  'PASSWD',
  'EXEC',
  'NOFOLLOW',
  'NOSETENV',
  'NOLOG_INPUT',
  'NOLOG_OUTPUT',
  'NOMAIL',
  'NOINTERCEPT',
]);

function written(member: Member): string {
  const plain = /^(?:%:#|%:|%#|%|\+|#)?[A-Za-z0-9_.*?[\]@-]+$/u.test(member.name);
  return `${member.negated ? '!' : ''}${plain ? member.name : quoted(member.name)}`;
}

const quoted = (name: string): string => `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

function rightId(specs: readonly CommandSpec[], canonical: string): string {
  const [only, ...others] = specs;
  const everyone =
    only?.runUsers?.some((member) => member.name === 'ALL' && !member.negated) === true && only.runUsers.length === 1;
  const free =
    only?.tags.every((tag) => tag === 'NOPASSWD' || ordinaryTags.has(tag)) === true && only.tags.includes('NOPASSWD');
  const bare = only?.text === 'ALL' && !only.negated && only.options.length === 0 && only.digests.length === 0;
  if (others.length === 0 && everyone && free && bare) return 'ALL';
  return createHash('sha256').update(canonical).digest('hex').slice(0, 12);
}
