import { expect, test } from 'vitest';
import { withValue } from './edit-text.ts';
import { linuxPlace } from './place.ts';

const line = linuxPlace.parse({ file: '/etc/shop.env', key: 'DB_PASSWORD' });
const url = linuxPlace.parse({ file: '/etc/shop.env', format: 'url', key: 'DATABASE_URL' });

test('only the value of the named line changes, in the quotes it has', () => {
  const text = '# DB_PASSWORD=x\nexport DB_PASSWORD="old"\nOTHER=1\n';
  expect(withValue(text, line, 'n-3w')).toBe('# DB_PASSWORD=x\nexport DB_PASSWORD="n-3w"\nOTHER=1\n');
  expect(withValue('DB_PASSWORD = old\n', line, 'new')).toBe('DB_PASSWORD = new\n');
});

test('the password in a URL changes, percent-encoded, and nothing else of it', () => {
  const text = 'DATABASE_URL=postgres://app:old@db:5432/shop?sslmode=require\n';
  expect(withValue(text, url, 'a@b/c')).toBe('DATABASE_URL=postgres://app:a%40b%2Fc@db:5432/shop?sslmode=require\n');
});

test('in files of YAML and JSON only the value changes, with what stands behind it', () => {
  const yaml = 'database:\n  user: app\n  DB_PASSWORD: old # of the shop\n';
  expect(withValue(yaml, line, 'n-3w')).toBe('database:\n  user: app\n  DB_PASSWORD: n-3w # of the shop\n');
  expect(withValue('- DB_PASSWORD: "o#ld"\n', line, '12345')).toBe('- DB_PASSWORD: "12345"\n');
  expect(withValue('{\n  "DB_PASSWORD": "old",\n  "A": 1\n}\n', line, 'new')).toBe(
    '{\n  "DB_PASSWORD": "new",\n  "A": 1\n}\n',
  );
});

test('a value that is there already changes nothing', () => {
  expect(withValue('DB_PASSWORD=same\n', line, 'same')).toBe('DB_PASSWORD=same\n');
});

test.each([
  ['a number where a text stands bare', 'DB_PASSWORD: old\n', '12345678'],
  ['a number of JSON', '{"DB_PASSWORD": 12}\n', 'new'],
  ['no such line', 'OTHER=1\n', 'v'],
  ['the line twice', 'DB_PASSWORD=1\nDB_PASSWORD=2\n', 'v'],
  ['a value with blanks where nothing is quoted', 'DB_PASSWORD=1\n', 'a b'],
  ['a value that would end its quotes', "DB_PASSWORD='1'\n", "a'; rm -rf"],
  ['a value that a shell would run', 'DB_PASSWORD="1"\n', '$(id)'],
  ['a value with a line break', 'DB_PASSWORD="1"\n', 'a\nX=1'],
])('%s is refused, not repaired', (_what, text, value) => {
  expect(() => withValue(text, line, value)).toThrow(/nothing was changed/u);
});

test('a place that goes elsewhere is none', () => {
  for (const file of ['relative', '/etc/../shadow', '/etc/$(id)', "/etc/a'b"])
    expect(linuxPlace.safeParse({ file, key: 'A' }).success).toBe(false);
  expect(linuxPlace.safeParse({ file: '/etc/a', format: 'whole', key: 'A' }).success).toBe(false);
});
