import { expect, test } from 'vitest';
import { passwordIn, withPassword } from './conninfo.ts';

test('only the password of a connection string changes, whatever stands in it', () => {
  const odd = `a'b\\c d`;
  const next = withPassword(`host=db1 port = 5432 user='the copier' password='o\\'ld' sslmode=require`, odd);
  expect(next).toBe(`host='db1' port='5432' user='the copier' sslmode='require' password='a\\'b\\\\c d'`);
  expect(passwordIn(next ?? '')).toBe(odd);
  expect(passwordIn(`password=o\\ ld user=x`)).toBe('o ld');
});

test('one without a password gets one, unless it is in a file', () => {
  expect(withPassword('host=db1 user=copier', 'n')).toBe(`host='db1' user='copier' password='n'`);
  expect(withPassword('host=db1 passfile=/root/.pgpass', 'n')).toBeUndefined();
});

test('a URL keeps everything but its password, wherever that stands', () => {
  expect(withPassword('postgresql://copier:old@db1:5432/shop?sslmode=require', 'a@b/c')).toBe(
    'postgresql://copier:a%40b%2Fc@db1:5432/shop?sslmode=require',
  );
  expect(withPassword('postgres://copier@db1/shop?password=old&sslmode=require', 'n&w')).toBe(
    'postgres://copier@db1/shop?password=n%26w&sslmode=require',
  );
  expect(passwordIn('postgres://copier:a%40b@db1/shop')).toBe('a@b');
});

test('what is no connection string is left alone', () => {
  for (const text of [`host='db1`, 'nonsense', `host=db1 'x'`]) expect(withPassword(text, 'n')).toBeUndefined();
});
