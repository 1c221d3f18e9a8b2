import { expect, test } from 'vitest';
import { ConnectionLimits, sourceOf } from './limit-connections.ts';

test('addresses that one subscriber can pick freely are one source', () => {
  expect(sourceOf('::ffff:192.0.2.7')).toBe('192.0.2.7');
  expect(sourceOf('192.0.2.7')).toBe('192.0.2.7');
  expect(sourceOf('2001:db8:1:2:aaaa::1')).toBe(sourceOf('2001:db8:1:2::ffff'));
  expect(sourceOf('2001:db8:1:2::1')).not.toBe(sourceOf('2001:db8:1:3::1'));
  expect(sourceOf('2001:0db8:0001:0002:0:0:0:1')).toBe('2001:db8:1:2');
  expect(sourceOf('fe80::1%eth0')).toBe(sourceOf('fe80::2%eth0'));
  expect(sourceOf('::1')).toBe('0:0:0:0');
});

test('strangers are limited per source and in all, people who logged in are not counted among them', () => {
  const limits = new ConnectionLimits({ preAuth: 3, preAuthPerSource: 2, connections: 5 });
  const a1 = limits.enter('192.0.2.1');
  const a2 = limits.enter('192.0.2.1');
  expect(limits.enter('192.0.2.1')).toBeUndefined();
  const b1 = limits.enter('192.0.2.2');
  expect(limits.enter('192.0.2.3')).toBeUndefined();
  a1?.loggedIn();
  a1?.loggedIn();
  const a3 = limits.enter('192.0.2.1');
  expect(a3).toBeDefined();
  expect(limits).toMatchObject({ open: 4, waiting: 3 });
  for (const one of [a1, a2, a3, b1]) {
    one?.left();
    one?.left();
  }
  expect(limits).toMatchObject({ open: 0, waiting: 0 });
});

test('more connections than allowed in all are refused, whoever they are', () => {
  const limits = new ConnectionLimits({ preAuth: 9, preAuthPerSource: 9, connections: 2 });
  limits.enter('a')?.loggedIn();
  limits.enter('b')?.loggedIn();
  expect(limits.enter('c')).toBeUndefined();
});
