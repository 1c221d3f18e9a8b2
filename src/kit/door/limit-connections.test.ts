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

const LIMITS = { preAuth: 3, preAuthPerSource: 2, connections: 5, connectionsPerPerson: 9 };
const nobody = (): void => {
  throw new Error('put out for no reason');
};

test('strangers are limited per source, people who logged in are not counted among them', () => {
  const limits = new ConnectionLimits(LIMITS);
  const a1 = limits.enter('192.0.2.1', nobody);
  const a2 = limits.enter('192.0.2.1', nobody);
  expect(limits.enter('192.0.2.1', nobody)).toBeUndefined();
  const b1 = limits.enter('192.0.2.2', nobody);
  expect(a1?.loggedIn('a')).toBe(true);
  expect(a1?.loggedIn('a')).toBe(true);
  const a3 = limits.enter('192.0.2.1', nobody);
  expect(a3).toBeDefined();
  expect(limits).toMatchObject({ open: 4, waiting: 3 });
  for (const one of [a1, a2, a3, b1]) {
    one?.left();
    one?.left();
  }
  expect(limits).toMatchObject({ open: 0, waiting: 0 });
});

test('when strangers fill the door, a newcomer gets the oldest place of the most crowded source', () => {
  const limits = new ConnectionLimits(LIMITS);
  const out: string[] = [];
  const b1 = limits.enter('192.0.2.2', () => out.push('b1'));
  const a1 = limits.enter('192.0.2.1', () => out.push('a1'));
  limits.enter('192.0.2.1', () => out.push('a2'));
  expect(limits.enter('192.0.2.3', () => out.push('c1'))).toBeDefined();
  expect(out).toEqual(['a1']);
  expect(limits).toMatchObject({ open: 3, waiting: 3 });
  a1?.left();
  expect(a1?.loggedIn('late')).toBe(false);
  expect(limits).toMatchObject({ open: 3, waiting: 3 });
  expect(b1?.loggedIn('b')).toBe(true);
  for (const address of ['192.0.2.4', '192.0.2.5']) limits.enter(address, () => out.push(address));
  expect(out).toEqual(['a1', 'a2']);
});

test('one person may have only so many connections, and another still gets in', () => {
  const limits = new ConnectionLimits({ preAuth: 9, preAuthPerSource: 9, connections: 9, connectionsPerPerson: 2 });
  const [first, second, third, other] = Array.from({ length: 4 }, () => limits.enter('a', nobody));
  expect([first?.loggedIn('lena'), second?.loggedIn('lena'), third?.loggedIn('lena')]).toEqual([true, true, false]);
  expect(other?.loggedIn('tomas')).toBe(true);
  third?.left();
  first?.left();
  expect(limits.enter('a', nobody)?.loggedIn('lena')).toBe(true);
});

test('more connections than allowed in all are refused, whoever they are', () => {
  const limits = new ConnectionLimits({ preAuth: 9, preAuthPerSource: 9, connections: 2, connectionsPerPerson: 9 });
  limits.enter('a', nobody)?.loggedIn('a');
  limits.enter('b', nobody)?.loggedIn('b');
  expect(limits.enter('c', nobody)).toBeUndefined();
});
