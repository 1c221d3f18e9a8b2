import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TargetError } from '../../port.ts';
import { parseSudoers } from './parse-sudoers.ts';
import { resolveRules, type SudoRight } from './resolve-rules.ts';

const read = (text: string): readonly SudoRight[] => resolveRules([parseSudoers(text, 'f')], 'web1');

/** Rethrows what is not a refusal. */
function outcome(text: string): 'understood' | 'refused' {
  try {
    read(text);
    return 'understood';
  } catch (error) {
    if (error instanceof TargetError) return 'refused';
    throw error;
  }
}

const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/u);
const user = fc.oneof(
  word,
  word.map((name) => `%${name}`),
  fc.nat(9999).map((uid) => `#${uid}`),
  fc.nat(9999).map((gid) => `%#${gid}`),
  fc.constant('ALL'),
  word.map((name) => `"${name} ${name}"`),
);
const not = <T extends string>(of: fc.Arbitrary<T>): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(2), of).map(([bangs, text]) => '!'.repeat(bangs) + text);
const gap = fc.constantFrom('', ' ', '  ', '\t', ' \\\n ');
const list = (of: fc.Arbitrary<string>, min = 1): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(of, { minLength: min, maxLength: 4 }), gap)
    .map(([items, space]) => items.join(`${space},${space}`));
const path = fc.tuple(word, word).map(([folder, file]) => `/usr/${folder}/${file}`);
const command = fc.oneof(
  fc.constant('ALL'),
  path,
  fc
    .tuple(path, fc.array(fc.constantFrom('-l', 'a\\,b', 'x\\:y', '*', '[a-z]', '--file', '10'), { maxLength: 3 }))
    .map(([file, args]) => [file, ...args].join(' ')),
  path.map((file) => `${file}/`),
  path.map((file) => `sudoedit ${file}`),
);
const runAs = fc.oneof(
  fc.constant(''),
  list(not(fc.oneof(word, fc.constant('ALL')))).map((users) => `(${users}) `),
  fc.tuple(list(word), list(word)).map(([users, groups]) => `(${users} : ${groups}) `),
  list(word).map((groups) => `(:${groups}) `),
);
const tags = fc
  .subarray(['NOPASSWD: ', 'PASSWD:', 'NOEXEC:', 'EXEC: ', 'SETENV: ', 'NOSETENV:'], { maxLength: 2 })
  .map((some) => some.join(''));
const commands = list(fc.tuple(runAs, tags, not(command)).map((parts) => parts.join('')));
const rule = fc
  .tuple(list(not(user)), gap, commands)
  .map(([users, space, what]) => `${users} ALL${space}=${space}${what}`);
const aliases = fc.constantFrom('', 'Cmnd_Alias CA = /usr/a/b, !/usr/c/d : CB = CA\nUser_Alias UA = u1, !%g1\n');
const file = fc
  .tuple(aliases, fc.array(fc.oneof(rule, fc.constant('# a comment'), fc.constant('')), { minLength: 1, maxLength: 5 }))
  .map(([head, lines]) => `${head}${lines.join('\n')}\n${head === '' ? '' : 'UA ALL = CB, !CA\n'}`);

describe('sudoers of any shape', () => {
  it('any text is understood or refused, quickly', () => {
    const noise = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            'ALL',
            ' ',
            '=',
            '(',
            ')',
            ':',
            ',',
            '!',
            '"',
            '\\',
            '\n',
            '#',
            '%',
            'NOPASSWD:',
            '/x',
            'User_Alias ',
            'A',
            '^',
            '$',
            '+',
          ),
          { maxLength: 40 },
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(noise, (text) => {
        expect(['understood', 'refused']).toContain(outcome(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['!', ',', 'a,', '(', '"', '\\', 'a ', ':', '^', '/x ', 'A=', 'NOPASSWD:', '%', '# '])(
    'one line of 100,000 times `%s` takes no time',
    (part) => {
      const begun = performance.now();
      for (const head of ['', 'a ALL=', 'User_Alias A=', 'Defaults ']) {
        expect(['understood', 'refused']).toContain(outcome(head + part.repeat(100_000)));
      }
      expect(performance.now() - begun).toBeLessThan(4_000);
    },
  );

  it('the canonical text of a rule, granted to somebody else, is the same rule', () => {
    fc.assert(
      fc.property(file, (text) => {
        for (const right of read(text)) {
          const [again, ...more] = read(`other ALL=${right.canonical}\n`);
          expect(more).toEqual([]);
          expect({ id: again?.id, canonical: again?.canonical }).toEqual({ id: right.id, canonical: right.canonical });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('rules mean what cvtsudoers says they mean', ({ skip }) => {
    if (!existsSync('/usr/bin/cvtsudoers')) return skip('cvtsudoers is not installed (sudo)');
    let compared = 0;
    fc.assert(
      fc.property(file, (text) => {
        const theirs = spawnSync('/usr/bin/cvtsudoers', ['-e', '-f', 'json'], {
          input: text,
          encoding: 'utf8',
          timeout: 5_000,
        });
        if (theirs.status !== 0 || theirs.stderr !== '') return;
        compared += 1;
        const { User_Specs = [] } = JSON.parse(theirs.stdout === '' ? '{}' : theirs.stdout) as {
          User_Specs?: readonly TheirRule[];
        };
        expect(read(text).map(ours)).toEqual(User_Specs.map(theirsOf));
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(200);
  });
});

interface TheirName {
  readonly negated?: boolean;
  readonly [kind: string]: unknown;
}
interface TheirRule {
  readonly User_List: readonly TheirName[];
  readonly Cmnd_Specs: readonly {
    readonly runasusers?: readonly TheirName[];
    readonly runasgroups?: readonly TheirName[];
    readonly Options?: readonly (string | Readonly<Record<string, boolean>>)[];
    readonly Commands: readonly TheirName[];
  }[];
}

const sigils: Readonly<Record<string, string>> = {
  usergroup: '%',
  userid: '#',
  usergid: '%#',
  username: '',
  command: '',
};

function nameOf(one: TheirName): string {
  const [kind = '', value] = Object.entries(one).find(([key]) => key in sigils) ?? [];
  return `${one.negated === true ? '!' : ''}${sigils[kind] ?? '?'}${String(value)}`;
}

function theirsOf(rule: TheirRule): unknown {
  return {
    users: rule.User_List.map(nameOf),
    commands: rule.Cmnd_Specs.flatMap((spec) => {
      const options = Object.assign({}, ...(spec.Options ?? [])) as Readonly<Record<string, boolean>>;
      return spec.Commands.map((command) => ({
        command: nameOf(command),
        runUsers: spec.runasusers?.map(nameOf) ?? (spec.runasgroups ? [] : ['root']),
        runGroups: spec.runasgroups?.map((group) => nameOf(group).replace('%', '')) ?? [],
        noPassword: options['authenticate'] === false,
        noExec: options['noexec'] === true,
      }));
    }),
  };
}

function ours(right: SudoRight): unknown {
  const named = (members: readonly { negated: boolean; name: string }[]): string[] =>
    members.map((member) => (member.negated ? '!' : '') + member.name);
  return {
    users: named(right.users),
    commands: right.commands.map((spec) => ({
      command: `${spec.negated ? '!' : ''}${spec.text.replace(/\\([,:=\\])/gu, '$1')}`,
      runUsers: spec.runUsers === undefined ? ['root'] : named(spec.runUsers),
      runGroups: spec.runGroups === undefined ? [] : named(spec.runGroups),
      noPassword: spec.tags.includes('NOPASSWD'),
      noExec: spec.tags.includes('NOEXEC'),
    })),
  };
}
