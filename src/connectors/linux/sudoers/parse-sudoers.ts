/** Parses one sudoers file, sudoers(5) of sudo 1.9: aliases, user specifications and the Defaults that change what a rule means. */
import { TargetError } from '../../port.ts';
import { Cursor } from './cursor.ts';
import { splitLines } from './split-lines.ts';

/** One name of a list: `%group`, `#uid`, `+netgroup`, an alias or a plain word; `!` already counted. */
export interface Member {
  readonly negated: boolean;
  readonly name: string;
}

export interface Command {
  readonly negated: boolean;
  /** `ALL`, an alias, `sudoedit …`, or a path with its arguments, blanks made single, escapes kept. */
  readonly text: string;
  /** For instance `sha256:…`; empty when the rule pins no digest. */
  readonly digests: readonly string[];
}

export interface CommandSpec extends Command {
  /** Undefined when the rule names nobody: the default, root. */
  readonly runUsers: readonly Member[] | undefined;
  readonly runGroups: readonly Member[] | undefined;
  /** Tags in force, for instance NOPASSWD, NOEXEC, SETENV; later ones of a pair have replaced earlier ones. */
  readonly tags: readonly string[];
  /** For instance `CWD=*`, `TIMEOUT=5m`, `NOTAFTER=…`. */
  readonly options: readonly string[];
}

/** One `hosts = commands` part of a user specification. */
export interface Rule {
  readonly users: readonly Member[];
  /** The user list as written, one text a member. */
  readonly userTexts: readonly string[];
  readonly hosts: readonly Member[];
  readonly commands: readonly CommandSpec[];
  readonly file: string;
  readonly line: number;
  readonly endLine: number;
  /** The logical line, and where its user list ends in it: what an edit needs. */
  readonly text: string;
  readonly usersEnd: number;
}

export type AliasKind = 'User' | 'Runas' | 'Host' | 'Cmnd';

export interface SudoersFile {
  readonly rules: readonly Rule[];
  readonly aliases: readonly {
    readonly kind: AliasKind;
    readonly name: string;
    readonly members: readonly Member[];
    readonly commands: readonly Command[];
  }[];
  /** Defaults that lift the password question: for everybody, or for the listed users. */
  readonly unauthenticated: readonly { readonly users: readonly Member[] | 'all' }[];
}

const tagPairs: Readonly<Record<string, string>> = {
  PASSWD: 'NOPASSWD',
  EXEC: 'NOEXEC',
  FOLLOW: 'NOFOLLOW',
  SETENV: 'NOSETENV',
  LOG_INPUT: 'NOLOG_INPUT',
  LOG_OUTPUT: 'NOLOG_OUTPUT',
  MAIL: 'NOMAIL',
  INTERCEPT: 'NOINTERCEPT',
};
/** The tag that undoes each tag. */
export const oppositeTags: ReadonlyMap<string, string> = new Map(
  Object.entries(tagPairs).flatMap(
    ([yes, no]) =>
      [
        [yes, no],
        [no, yes],
      ] as const,
  ),
);

/**
 * Parses `text`. Throws TargetError naming file and line for what it does not understand: a rule nobody understood must not
 * look like no rule.
 */
export function parseSudoers(text: string, file: string): SudoersFile {
  const rules: Rule[] = [];
  const aliases: SudoersFile['aliases'][number][] = [];
  const unauthenticated: SudoersFile['unauthenticated'][number][] = [];
  for (const logical of splitLines(text)) {
    const cursor = new Cursor(logical.text, (why) => {
      throw new TargetError(
        'failed',
        `${file} line ${logical.line} is not a sudoers line Reeve understands: ${why}; check it with visudo -c`,
      );
    });
    const alias = cursor.take(/^(User|Runas|Host|Cmnd|Cmd)_Alias\s+/u);
    if (alias) {
      const kind = aliasKind(alias[1] ?? '');
      do {
        const name = cursor.expect(/^[A-Z][A-Z0-9_]*/u, 'an alias name')[0];
        cursor.expect(/^\s*=\s*/u, '`=`');
        aliases.push(
          kind === 'Cmnd'
            ? { kind, name, members: [], commands: commandList(cursor) }
            : { kind, name, members: memberList(cursor, kind === 'Host').members, commands: [] },
        );
      } while (cursor.take(/^\s*:\s*/u));
      cursor.end();
    } else if (cursor.peek(/^Defaults(?:[\s@:!>]|$)/u)) {
      const lifted = liftedByDefaults(cursor);
      if (lifted) unauthenticated.push(lifted);
    } else {
      const { members, texts, end } = memberList(cursor, false);
      cursor.expect(/^\s+/u, 'a host list');
      do {
        const hosts = memberList(cursor, true).members;
        cursor.expect(/^\s*=\s*/u, '`=`');
        const commands = commandSpecs(cursor);
        rules.push({
          users: members,
          userTexts: texts,
          hosts,
          commands,
          file,
          line: logical.line,
          endLine: logical.endLine,
          text: logical.text,
          usersEnd: end,
        });
      } while (cursor.take(/^\s*:\s*/u));
      cursor.end();
    }
  }
  return { rules, aliases, unauthenticated };
}

const aliasKind = (word: string): AliasKind => (word === 'User' || word === 'Runas' || word === 'Host' ? word : 'Cmnd');

function memberList(cursor: Cursor, hosts: boolean): { members: Member[]; texts: string[]; end: number } {
  const members: Member[] = [];
  const texts: string[] = [];
  let end: number;
  do {
    const from = cursor.at;
    const bangs = cursor.take(/^(?:!\s*)*/u)?.[0] ?? '';
    const name = (hosts && cursor.take(/^(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f.]*(?:\/\d+)?/u)?.[0]) || cursor.name();
    members.push({ negated: count(bangs, '!') % 2 === 1, name });
    texts.push(cursor.since(from));
    end = cursor.at;
  } while (cursor.take(/^\s*,\s*/u));
  return { members, texts, end };
}

function commandList(cursor: Cursor): Command[] {
  const commands: Command[] = [];
  do commands.push(command(cursor));
  while (cursor.take(/^\s*,\s*/u));
  return commands;
}

function command(cursor: Cursor): Command {
  const digests: string[] = [];
  for (;;) {
    const digest = cursor.take(/^(sha(?:224|256|384|512))\s*:\s*([A-Za-z0-9+/=]+)\s*,?\s*/u);
    if (!digest) break;
    digests.push(`${digest[1]}:${digest[2]}`);
  }
  const bangs = cursor.take(/^(?:!\s*)*/u)?.[0] ?? '';
  return { negated: count(bangs, '!') % 2 === 1, text: cursor.command(), digests };
}

/** Run-as lists, options and tags hold on for the commands after them, until replaced: sudoers(5), "Cmnd_Spec_List". */
function commandSpecs(cursor: Cursor): CommandSpec[] {
  const specs: CommandSpec[] = [];
  let runUsers: readonly Member[] | undefined;
  let runGroups: readonly Member[] | undefined;
  let options: readonly string[] = [];
  let tags: readonly string[] = [];
  do {
    if (cursor.take(/^\(\s*/u)) {
      runUsers = cursor.peek(/^[:)]/u) ? [] : memberList(cursor, false).members;
      runGroups = cursor.take(/^\s*:\s*/u) && !cursor.peek(/^\)/u) ? memberList(cursor, false).members : undefined;
      cursor.expect(/^\s*\)\s*/u, '`)`');
    }
    for (;;) {
      const option = cursor.take(
        /^(ROLE|TYPE|PRIVS|LIMITPRIVS|NOTBEFORE|NOTAFTER|TIMEOUT|CWD|CHROOT|APPARMOR_PROFILE)\s*=\s*("[^"]*"|[^\s,]+)\s*/u,
      );
      if (option) {
        options = [...options.filter((known) => !known.startsWith(`${option[1]}=`)), `${option[1]}=${option[2]}`];
        continue;
      }
      const tag = cursor.take(/^([A-Z_]+)\s*:\s*/u)?.[1];
      if (tag === undefined) break;
      const pair = oppositeTags.get(tag);
      if (pair === undefined) cursor.fail(`\`${tag}\` is not a tag`);
      tags = [...tags.filter((known) => known !== tag && known !== pair), tag];
    }
    specs.push({ ...command(cursor), runUsers, runGroups, tags, options });
  } while (cursor.take(/^\s*,\s*/u));
  return specs;
}

/** `Defaults !authenticate` makes every rule of its scope a NOPASSWD rule; other Defaults do not change who may do what. */
function liftedByDefaults(cursor: Cursor): SudoersFile['unauthenticated'][number] | undefined {
  cursor.expect(/^Defaults/u, 'Defaults');
  const scope = cursor.take(/^[@:!>]\s*/u)?.[0]?.trim();
  let users: readonly Member[] | 'all' = 'all';
  if (scope === ':') users = memberList(cursor, false).members;
  else if (scope === '!') {
    cursor.rest();
    return undefined;
  } else if (scope !== undefined) cursor.take(/^\S+/u);
  return /(?:^|[\s,])!\s*authenticate(?:$|[\s,])/u.test(cursor.rest()) ? { users } : undefined;
}

const count = (text: string, char: string): number => text.split(char).length - 1;
