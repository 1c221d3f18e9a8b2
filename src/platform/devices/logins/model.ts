import { mac, randomSecret, type Keys } from '#kit/crypto/index.ts';

/** How long a login waits for its person. */
export const WAIT_SECONDS = 300;

/** Consonants that are taken for nothing else, so that no word comes of them either (RFC 8628 §6.1). */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

/** So many of a few signs, each as likely as any other: bytes that would favour some are thrown away. */
function pickedFrom(signs: string, length: number): string {
  const fair = 256 - (256 % signs.length);
  let picked = '';
  while (picked.length < length)
    for (const byte of randomSecret(length))
      if (byte < fair && picked.length < length) picked += signs.charAt(byte % signs.length);
  return picked;
}

/** What the person types in the console: eight letters, one of 25,600 million. */
export function newUserCode(): string {
  const letters = pickedFrom(LETTERS, 8);
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** A code as it was typed, in the one form it is known by; undefined: it is none. */
export function plainCode(typed: string): string | undefined {
  const letters = typed.toUpperCase().replaceAll(/[\s-]/gu, '');
  return letters.length === 8 && [...letters].every((c) => LETTERS.includes(c)) ? letters : undefined;
}

/** What a browser that is elsewhere shows, to be typed at the client. */
export const newNumber = (): string => pickedFrom('0123456789', 6);

/** What is kept of a code or a number: nobody who reads the table finds it by trying them all. */
export const macOf = (keys: Keys, loginId: string, value: string): string =>
  mac(keys.derive('ssh login codes'), `${loginId}\0${value}`).toString('hex');

/** Of a code, by which the login is found: of no login in particular. */
export const macOfCode = (keys: Keys, code: string): string => macOf(keys, 'code', code);

/** IPv4 in IPv6 is the same address, and so are the two of a machine's own. */
export function plainAddress(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/iu, '');
  return plain === '::1' ? '127.0.0.1' : plain;
}

/** Where no key is asked for from one address, undecided ones at a time; people behind one address are several. */
export const MOST_FROM_ADDRESS = 10;
/**
 * Within five minutes, of one address whatever became of them, and of one key those that nobody agreed to: each is on the
 * record, which neither strangers nor whoever stole a key must fill.
 */
export const MOST_LATELY = 30;
/** For one person who proved a key. */
export const MOST_OF_IDENTITY = 5;
/** In all. */
export const MOST_WAITING = 500;
