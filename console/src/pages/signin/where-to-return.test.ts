import { expect, test } from 'vitest';
import { whereToReturn } from './where-to-return.ts';

test.each(['/', '/requests/R-1?tab=steps#end', '/identities/lena%20o', '/search?q=https://elsewhere.example'])(
  'sign-in returns to %s',
  (path) => expect(whereToReturn(path)).toBe(path),
);

test.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/.//evil.example',
  '/a/..//evil.example',
  'javascript:alert(1)',
  '/\u0000/evil.example',
  'evil.example',
  '',
  undefined,
  ['/'],
  { toString: () => '/' },
])('sign-in does not send anybody to %j', (asked) => expect(whereToReturn(asked)).toBeUndefined());
