import { expect, test } from 'vitest';
import { beyondLimit, CaptureRules, pathPattern } from './capture-terms.ts';

test.each([
  ['/**', '/anything/at all', true],
  ['/etc/*', '/etc/passwd', true],
  ['/etc/*', '/etc/ssh/sshd_config', false],
  ['/etc/*', '/etc/', true],
  ['/etc/**', '/etc/ssh/sshd_config', true],
  ['/etc/**', '/etcetera', false],
  ['/srv/**/secret*', '/srv/a/b/secret.key', true],
  ['/srv/**/secret*', '/srv/a/b/secret/key', false],
  ['/srv/*.sql', '/srv/dump.sql', true],
  ['/srv/*.sql', '/srv/dump.sql.gz', false],
  ['/srv/a.b', '/srv/axb', false],
  ['/srv/[a]', '/srv/a', false],
  ['/*/x', '/a\n/x', true],
])('%s and %s: %s', (pattern, path, fits) => {
  expect(pathPattern(pattern)(path)).toBe(fits);
});

test('a name made to take long takes no longer', () => {
  const fits = pathPattern(`/${'*a'.repeat(16)}b`);
  const began = performance.now();
  expect(fits(`/${'a'.repeat(4000)}`)).toBe(false);
  expect(performance.now() - began).toBeLessThan(1000);
});

test('the first rule that fits the way and the place holds', () => {
  const rule = { path: '/srv/**', mostBytes: 10, beyond: 'go_on' } as const;
  const rules = new CaptureRules({
    direction: 'both',
    deniedPaths: [],
    capture: [
      { ...rule, direction: 'from_target', mostBytes: 1 },
      { ...rule, direction: 'both', mostBytes: 2 },
    ],
  });
  const kept = rules.of(['/srv/a/../b', '/elsewhere']);
  expect([kept.path, kept.read?.mostBytes, kept.written?.mostBytes]).toEqual(['/srv/b', 1, 2]);
  // where it leads counts as where it is
  expect(rules.of(['/elsewhere', '/srv/x']).written?.mostBytes).toBe(2);
  expect(rules.of(['/elsewhere'])).toEqual({ path: '/elsewhere', read: undefined, written: undefined });
});

test('beyond the limit is what ends behind it, also at the end of all numbers, and what flows again and again', () => {
  const rule = { direction: 'both', path: '/**', mostBytes: 100, beyond: 'refuse' } as const;
  expect(beyondLimit(rule, 0, 0n, 100)).toBe(false);
  expect(beyondLimit(rule, 0, 1n, 100)).toBe(true);
  expect(beyondLimit(rule, 0, 2n ** 64n - 1n, 1)).toBe(true);
  expect(beyondLimit(rule, 3 * 1024 * 1024, 0n, 1)).toBe(true);
  expect(beyondLimit({ ...rule, beyond: 'go_on' }, 0, 2n ** 63n, 100)).toBe(false);
});
