import { expect, test } from 'vitest';
import { parseUrl } from './index.ts';

const BASE = 'https://wiki.example:8443';
const TRIED = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).flatMap((c) => [
  `http://a${c}b/`,
  `//a${c}b/x`,
  `https://${c}`,
  `http://a:${c}`,
]);

test('an address is one however often it was asked: the same text has the same answer', () => {
  const asked = (): (string | undefined)[] => TRIED.map((text) => parseUrl(text, BASE)?.href);
  const first = asked();
  expect(first.filter((href) => href === undefined).length).toBeGreaterThan(100);
  expect(first[TRIED.indexOf('http://aäb/')]).toBe('http://xn--ab-via/');
  for (let i = 0; i < 300; i += 1) asked();
  expect(asked()).toEqual(first);
});
