import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TargetError } from '../port.ts';
import { pointerProblem, valueAt } from './values/pointer.ts';
import { fill, fillPath, type Json } from './values/template.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const value = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

it('whatever a path takes is one segment of it, and the whole of it', () => {
  fc.assert(
    fc.property(text, (name) => {
      let path: string;
      try {
        path = fillPath('/users/{/name}/roles', { name });
      } catch (error) {
        expect(error).toBeInstanceOf(TargetError);
        expect(name === '' || name === '.' || name === '..' || !name.isWellFormed()).toBe(true);
        return;
      }
      expect(path).toMatch(/^[\x21-\x7E]+$/u);
      const url = new URL(path, 'https://there');
      expect([url.pathname, url.search, url.hash]).toEqual([path, '', '']);
      expect(path.split('/').map(decodeURIComponent)).toEqual(['', 'users', name, 'roles']);
    }),
    { numRuns: 2_000, examples: [['..'], ['a/../b'], ['%2e%2e'], ['?x#y'], ['\\..\\'], ['{/name}'], ['$&$1']] },
  );
});

it('whatever a body takes is a value in it, and nothing else of it changes', () => {
  fc.assert(
    fc.property(value, (given) => {
      const template = { a: { $from: '/x' }, b: ['$from', { c: '{/x}' }], d: { $from: '/none' } };
      const sent: unknown = JSON.parse(JSON.stringify(fill(template, { x: given })));
      expect(sent).toEqual(JSON.parse(JSON.stringify({ a: given, b: ['$from', { c: '{/x}' }] })));
    }),
  );
});

it('a value with or without another in a list leaves the others, once each', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string()), fc.string(), (list, one) => {
      const scope = { list, one };
      const added = fill({ $from: '/list', $with: { $from: '/one' } }, scope);
      expect(added).toEqual([...list.filter((item) => item !== one), one]);
      expect(fill({ $from: '/list', $without: { $from: '/one' } }, scope)).toEqual(list.filter((item) => item !== one));
    }),
  );
});

it('a pointer finds what is under its names, and nothing every object has', () => {
  const name = fc.oneof(text, fc.constantFrom('~', '/', '~1', '__proto__', 'constructor', 'length', '0', ''));
  fc.assert(
    fc.property(fc.array(name, { maxLength: 4 }), value, (names, inner) => {
      const document = names.reduceRight<unknown>((within, key) => Object.fromEntries([[key, within]]), inner);
      const pointer = names.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
      expect(pointerProblem(pointer)).toBeUndefined();
      expect(valueAt(document, pointer)).toEqual(inner);
    }),
  );
  for (const pointer of ['/__proto__', '/constructor', '/toString', '/a/length', '/a/-1', '/a/01'])
    expect(valueAt({ a: ['x'] }, pointer)).toBeUndefined();
});
