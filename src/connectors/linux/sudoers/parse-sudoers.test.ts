import { describe, expect, it } from 'vitest';
import { TargetError } from '../../port.ts';
import { parseSudoers } from './parse-sudoers.ts';
import { resolveRules } from './resolve-rules.ts';

const rights = (text: string, hostname = 'web1') => resolveRules([parseSudoers(text, '/etc/sudoers')], hostname);
const said = (text: string): readonly string[] =>
  rights(text).map(
    (right) => `${right.users.map((user) => (user.negated ? '!' : '') + user.name).join(',')} ⇒ ${right.canonical}`,
  );

describe('sudoers are read as sudo reads them', () => {
  it.each([
    ['a plain rule', 'amara ALL=(ALL:ALL) ALL', ['amara ⇒ (ALL:ALL) ALL']],
    ['no run-as list means root', 'amara ALL=/bin/ls', ['amara ⇒ (root) /bin/ls']],
    ['an empty run-as list means oneself', 'amara ALL=() /bin/ls', ['amara ⇒ () /bin/ls']],
    ['a run-as group alone', 'amara ALL=(:adm) /bin/ls', ['amara ⇒ (:adm) /bin/ls']],
    [
      'lists and exceptions',
      'amara, %ops,!bob ALL=!/bin/su, /bin/ls',
      ['amara,%ops,!bob ⇒ (root) !/bin/su, (root) /bin/ls'],
    ],
    ['double negation', '!!amara ALL=!!/bin/ls', ['amara ⇒ (root) /bin/ls']],
    [
      'a tag holds on for the commands after it',
      'a ALL=NOPASSWD: /x, /y, PASSWD: /z',
      ['a ⇒ (root) NOPASSWD: /x, (root) NOPASSWD: /y, (root) PASSWD: /z'],
    ],
    [
      'a run-as list holds on, and its group goes with it',
      'a ALL=(b:g) /x, /y, (c) /z',
      ['a ⇒ (b:g) /x, (b:g) /y, (c) /z'],
    ],
    ['several host parts', 'a web1=/x : web2=/y : ALL=/z', ['a ⇒ (root) /x', 'a ⇒ (root) /z']],
    ['continued lines', 'a \\\n ALL = \\\n NOPASSWD: ALL', ['a ⇒ (root) NOPASSWD: ALL']],
    ['comments, also behind a rule', '# all of it\na ALL=/x # but why\n  # more', ['a ⇒ (root) /x']],
    ['a hash before a digit is a user id', '#1001 ALL=/x', ['#1001 ⇒ (root) /x']],
    [
      'group ids and quoted names',
      '%#27, "%domain users", %"more users", "john doe" ALL=/x',
      ['%#27,%domain users,%more users,john doe ⇒ (root) /x'],
    ],
    [
      'aliases of every kind',
      'User_Alias A=x,y : B=A,!y\nCmnd_Alias C=/c,!/d\nRunas_Alias R=p,q\nHost_Alias H=web1\nB H=(R) NOPASSWD: C',
      ['x,y,!y ⇒ (p, q) NOPASSWD: /c, (p, q) NOPASSWD: !/d'],
    ],
    ['an alias used before it is defined', 'A ALL=/x\nUser_Alias A=amara', ['amara ⇒ (root) /x']],
    ['an alias that names itself', 'User_Alias A=A,b\nA ALL=/x', ['A,b ⇒ (root) /x']],
    ['a negated command alias', 'Cmnd_Alias C=/c,!/d\na ALL=ALL,!C', ['a ⇒ (root) ALL, (root) !/c, (root) /d']],
    ['Cmd_Alias, the newer spelling', 'Cmd_Alias C=/c\na ALL=C', ['a ⇒ (root) /c']],
    [
      'arguments, patterns and escapes',
      'a ALL=/bin/x -l a\\,b *.c [a-z]?, /y ""',
      ['a ⇒ (root) /bin/x -l a\\,b *.c [a-z]?, (root) /y ""'],
    ],
    [
      'regular expressions with commas and colons',
      'a ALL=^/bin/(a|b),?$ ^x:y$, /z',
      ['a ⇒ (root) ^/bin/(a|b),?$ ^x:y$, (root) /z'],
    ],
    ['digests', 'a ALL=sha256:e3b0c442=, sha512:abc /x', ['a ⇒ (root) sha256:e3b0c442=, sha512:abc /x']],
    [
      'options before tags',
      'a ALL=(root) CWD=/tmp TIMEOUT=5m NOEXEC: /x',
      ['a ⇒ (root) CWD=/tmp TIMEOUT=5m PASSWD: NOEXEC: /x'],
    ],
    ['sudoedit and list', 'a ALL=sudoedit /etc/hosts, list', ['a ⇒ (root) sudoedit /etc/hosts, (root) list']],
    ['a netgroup', '+admins ALL=/x', ['+admins ⇒ (root) /x']],
    [
      'Defaults are no rules',
      'Defaults env_reset\nDefaults:amara !lecture\nDefaults@web1 x="a=b, c"\nDefaults>root y\nDefaults!/bin/ls z',
      [],
    ],
    ['include lines are followed elsewhere', '@include /a\n#include /b\n@includedir /c\n#includedir /d\n', []],
    ['carriage returns', 'a ALL=/x\r\nb ALL=/y\r\n', ['a ⇒ (root) /x', 'b ⇒ (root) /y']],
    ['no line end at the end', 'a ALL=/x', ['a ⇒ (root) /x']],
    ['an IPv6 host', 'a 2001:db8::1=/x', ['a ⇒ (root) /x']],
  ])('%s', (_, text, expected) => {
    expect(said(text)).toEqual(expected);
  });

  it('keeps file and lines as evidence, continued lines included', () => {
    const [first, second] = parseSudoers('# one\n\na ALL=\\\n /x\nb ALL=/y', '/etc/sudoers.d/z').rules;
    expect(first).toMatchObject({ file: '/etc/sudoers.d/z', line: 3, endLine: 4 });
    expect(second).toMatchObject({ line: 5, endLine: 5 });
  });

  it.each([
    'a ALL=/x y, relative/path',
    'a ALL',
    'a = /x',
    'a ALL=FROBNICATE: /x',
    'User_Alias lower = x',
    'a ALL=/x : ',
    'nonsense',
    'a ALL=(root /x',
    'a ALL=NOPASSWD:',
    '"open ALL=/x',
  ])('what it does not understand throws with its place: %s', (text) => {
    expect(() => parseSudoers(`# head\n${text}`, '/etc/sudoers')).toThrow(TargetError);
    expect(() => parseSudoers(`# head\n${text}`, '/etc/sudoers')).toThrow(/^\/etc\/sudoers line 2 is not/u);
  });
});

describe('what a rule means on a host', () => {
  it.each([
    ['ALL', true],
    ['web1', true],
    ['WEB1.example.test', true],
    ['web2', false],
    ['web2, db1', false],
    ['ALL, !web1', false],
    ['ALL, !web2', true],
    ['!web1', false],
    ['10.0.0.0/8', true],
    ['web*', true],
    ['+farm', true],
  ])('the host list `%s` includes web1: %s', (hosts, applies) => {
    expect(rights(`a ${hosts}=/x`).length === 1).toBe(applies);
  });

  it('any command as anyone without a password is sudo:ALL, however it is written', () => {
    for (const text of [
      'a ALL=(ALL) NOPASSWD: ALL',
      'a ALL=(ALL:ALL) NOPASSWD:ALL',
      'Cmnd_Alias C=ALL\nRunas_Alias R=ALL\na ALL=(R) NOPASSWD: C',
      'Defaults !authenticate\na ALL=(ALL) ALL',
      'Defaults:a !authenticate\na ALL=(ALL:ALL) ALL',
    ]) {
      expect(rights(text).map((right) => [text, right.id])).toEqual([[text, 'ALL']]);
    }
    for (const text of [
      'a ALL=(ALL) ALL',
      'a ALL=NOPASSWD: ALL',
      'a ALL=(ALL) NOPASSWD: ALL, !/bin/su',
      'a ALL=(ALL,!root) NOPASSWD: ALL',
      'a ALL=(ALL) NOPASSWD: NOEXEC: ALL',
      'a ALL=(ALL) CWD=/ NOPASSWD: ALL',
      'Defaults:b !authenticate\na ALL=(ALL) ALL',
    ]) {
      expect(`${text} has ${rights(text)[0]?.id}`).toMatch(/ has [0-9a-f]{12}$/u);
    }
  });

  it('equal rights have equal ids, whoever has them and however they are spelled', () => {
    const ids = ['a ALL=/x,/y', 'b,c web1 = (root) PASSWD: /x , EXEC: /y', 'Cmnd_Alias C=/x,/y\n%d ALL=C'].map(
      (text) => rights(text)[0]?.id,
    );
    expect(new Set(ids).size).toBe(1);
    expect(rights('a ALL=/x')[0]?.id).not.toBe(ids[0]);
  });
});
