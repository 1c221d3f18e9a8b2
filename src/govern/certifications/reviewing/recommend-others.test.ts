import { expect, test } from 'vitest';
import type { Evidence, Subject } from '../model.ts';
import { recommend, RULES } from './recommend.ts';

const AT = new Date('2026-03-02T09:00:00Z');
const before = (days: number): string => new Date(AT.getTime() - days * 86_400_000).toISOString();
const run = (days: number, result: string) => ({ ranAt: before(days), result, by: 'Somebody', reference: 'x' });
const of = (subject: Subject, more: Partial<Evidence> = {}, goneSince: Date | null = null) => {
  const evidence: Evidence = {
    origin: 'x',
    reason: null,
    since: before(400),
    until: null,
    privileged: false,
    risk: 'low',
    lastUse: null,
    uses: 0,
    sessions: [],
    peers: null,
    conflicts: [],
    ...more,
  };
  const said = recommend({ subject, evidence, changes: [], goneSince }, AT);
  if (said !== undefined) expect(RULES).toContain(said.rule);
  return said === undefined ? undefined : `${said.what} ${said.rule}`;
};

test.each<[Subject, Partial<Evidence>, string | undefined]>([
  ['account', {}, undefined],
  ['account', { lastUse: before(120) }, 'revoke account.stale'],
  ['account', { lastUse: before(3), privileged: true }, 'look account.relied_on'],
  ['account', { privileged: true }, 'look account.privileged'],
  ['holding', {}, 'look holding.unfounded'],
  ['holding', { conflicts: ['pay and approve'] }, 'revoke holding.unfounded'],
  ['holding', { lastUse: before(120) }, 'revoke holding.stale'],
  ['holding', { lastUse: before(1), risk: 'critical' }, 'revoke holding.privileged'],
  ['exception', { since: before(10), runs: [] }, undefined],
  ['exception', { runs: [] }, 'revoke control.never_ran'],
  ['exception', { runs: [run(3, 'failed'), run(40, 'passed')] }, 'revoke control.failed'],
  ['exception', { runs: [run(3, 'passed'), run(40, 'failed')] }, 'keep control.passed'],
  ['exception', { runs: [run(120, 'passed')] }, 'look control.old'],
  ['role_content', { about: { 'people who have the role': '0' } }, 'look role.unused'],
  ['role_content', { about: { 'people who have the role': '12' }, privileged: true }, 'look role.privileged_part'],
  ['role_content', { about: { 'people who have the role': '12' } }, undefined],
])('of %s, %j speaks for %s', (subject, more, said) => {
  expect(of(subject, more)).toBe(said);
});

test('what is gone at its source need not be in a role; what goes later says nothing yet', () => {
  expect(of('role_content', {}, new Date(before(2)))).toBe('revoke gone.at_source');
  expect(of('role_content', {}, new Date(AT.getTime() + 1))).toBeUndefined();
});

test('unknown use speaks for nothing, whatever it is about', () => {
  for (const subject of ['account', 'holding'] as const)
    for (const privileged of [true, false]) expect(of(subject, { privileged }) ?? '').not.toMatch(/stale/u);
});
