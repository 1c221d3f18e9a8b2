import { createPublicKey, diffieHellman, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';
import { ed25519Of } from '#kit/crypto/index.ts';

/**
 * ssh2 gives OpenSSL each key as the text of a file, anew at each use, and OpenSSL 3 takes ten times as long to read that
 * text as to sign with the key. Keys of 25519, which nearly every login uses and nothing else, are given as the 32 bytes they
 * are (RFC 8037). Every other key goes the way it went.
 */
const ED25519 = 'ssh-ed25519';
/** Before the 32 bytes of a public key (RFC 8709 §4): the name, and how long what follows is. */
const BLOB_HEAD = Buffer.from('0000000b7373682d6564323535313900000020', 'hex');

/** What keys of ssh2 have in common: each is made with it as its prototype. */
interface KeyMethods {
  sign(this: ParsedKey, data: Buffer, hash?: string): Buffer | Error;
  verify(this: ParsedKey, data: Buffer, signature: Buffer, hash?: string): boolean | Error;
}

const quick = new WeakSet<object>();
const privates = new WeakMap<ParsedKey, KeyObject>();
/** By their blobs, the one that was asked for last at the end: who comes comes again, and so do targets. */
const publics = new Map<string, KeyObject>();
const MOST_PUBLICS = 512;

/** From now on every Ed25519 key that ssh2 reads in this process signs and verifies so. Once is enough. */
export function quickenKeys(): void {
  const sample = ssh2.utils.parseKey(Buffer.concat([BLOB_HEAD, Buffer.alloc(32)])) as ParsedKey;
  const methods = Object.getPrototypeOf(sample) as KeyMethods;
  if (quick.has(methods)) return;
  quick.add(methods);
  const { sign: signSlowly, verify: verifySlowly } = methods;
  methods.sign = function (data, hash) {
    const key = hash === undefined || hash === '' ? privateOf(this) : undefined;
    return key === undefined ? signSlowly.call(this, data, hash) : orError(() => sign(null, data, key));
  };
  methods.verify = function (data, signature, hash) {
    const key = hash === undefined || hash === '' ? publicOf(this) : undefined;
    return key === undefined
      ? verifySlowly.call(this, data, signature, hash)
      : orError(() => verify(null, data, key, signature));
  };
}

/** An Ed25519 private key in PKCS#8, ready for ssh2 to sign with, and nothing else: it is never text again. Undefined for any other. */
export function signingKeyOf(pem: Buffer): ParsedKey | undefined {
  const key = ed25519Of(pem.toString());
  if (key === undefined) return undefined;
  const bytes = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
  const shown = ssh2.utils.parseKey(Buffer.concat([BLOB_HEAD, bytes])) as ParsedKey;
  return Object.assign(Object.create(shown) as ParsedKey, {
    isPrivateKey: () => true,
    sign: (data: Buffer) => orError(() => sign(null, data, key)),
  });
}

function privateOf(key: ParsedKey): KeyObject | undefined {
  const before = privates.get(key);
  if (before !== undefined || key.type !== ED25519) return before;
  const read = ed25519Of(String(key.getPrivatePEM()));
  if (read !== undefined) privates.set(key, read);
  return read;
}

function publicOf(key: ParsedKey): KeyObject | undefined {
  return key.type === ED25519 ? publicKeyOf(key.getPublicSSH()) : undefined;
}

/** An Ed25519 key as OpenSSL knows it, of its public blob (RFC 8709 §4); undefined for anything else. */
export function publicKeyOf(blob: Buffer): KeyObject | undefined {
  if (blob.length !== BLOB_HEAD.length + 32 || !blob.subarray(0, BLOB_HEAD.length).equals(BLOB_HEAD)) return undefined;
  const x = blob.toString('base64url', BLOB_HEAD.length);
  const read = publics.get(x) ?? createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
  publics.delete(x);
  publics.set(x, read);
  const oldest = publics.keys().next().value;
  if (publics.size > MOST_PUBLICS && oldest !== undefined) publics.delete(oldest);
  return read;
}

/** ssh2 tells by what it answers, and throws nothing. */
function orError<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The key exchange of a connection, inside ssh2. */
export interface KeyExchange {
  readonly type: string;
  getPublicKey(): Buffer;
  /** The shared secret as an mpint without its length (RFC 4251 §5). */
  computeSecret(theirs: Buffer): Buffer | Error;
}

/** Has a key exchange over curve 25519 (RFC 8731) say and read public keys as the bytes they are; any other stays as it is. */
export function quickenExchange(exchange: KeyExchange | undefined): void {
  if (exchange?.type !== '25519' || quick.has(exchange)) return;
  quick.add(exchange);
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const ours = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  exchange.getPublicKey = () => ours;
  exchange.computeSecret = (theirs) =>
    orError(() => {
      // longer or shorter throws: it would be another key than the one the signature is over
      const key = createPublicKey({
        format: 'jwk',
        key: { kty: 'OKP', crv: 'X25519', x: theirs.toString('base64url') },
      });
      // a point of small order throws, as RFC 8731 §3 demands
      return mpint(diffieHellman({ privateKey, publicKey: key }));
    });
}

function mpint(number: Buffer): Buffer {
  let from = 0;
  while (number[from] === 0) from += 1;
  const bare = number.subarray(from);
  return ((bare[0] ?? 0) & 0x80) === 0 ? bare : Buffer.concat([Buffer.of(0), bare]);
}
