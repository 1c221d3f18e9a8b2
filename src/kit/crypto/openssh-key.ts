import { createPrivateKey, generateKeyPairSync, randomBytes, type JsonWebKey, type KeyObject } from 'node:crypto';

const MAGIC = Buffer.from('openssh-key-v1\0');
/** PKCS#8 of an Ed25519 key before its 32 bytes (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * An Ed25519 key in PKCS#8, as OpenSSL and ssh2 write it; undefined for anything else. OpenSSL 3 takes ten times as long to
 * read such text as to sign with the key: it is given the 32 bytes (RFC 8037).
 */
export function ed25519Of(pem: string): KeyObject | undefined {
  const whole = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/u.exec(pem)?.[1];
  const der = Buffer.from(whole ?? '', 'base64');
  if (der.length !== PKCS8_HEAD.length + 32 || !der.subarray(0, PKCS8_HEAD.length).equals(PKCS8_HEAD)) return undefined;
  const d = der.subarray(PKCS8_HEAD.length).toString('base64url');
  der.fill(0);
  return createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', d, x: '' } });
}

/**
 * Ed25519 private keys in the one format ssh2 reads, OpenSSH's own (PROTOCOL.key). Keys made by node:crypto or openssl
 * come as PKCS#8; anything that is not an Ed25519 PKCS#8 key is handed back as it is.
 */
export function toOpenSshKey(pem: Buffer): Buffer {
  if (!pem.includes('-----BEGIN PRIVATE KEY-----')) return pem;
  const jwk = readJwk(pem);
  if (jwk?.crv !== 'Ed25519' || jwk.d === undefined || jwk.x === undefined) return pem;
  const publicKey = Buffer.from(jwk.x, 'base64url');
  const secret = Buffer.from(jwk.d, 'base64url');
  const publicBlob = Buffer.concat([text('ssh-ed25519'), text(publicKey)]);
  const check = randomBytes(4);
  const inner = Buffer.concat([
    check,
    check,
    text('ssh-ed25519'),
    text(publicKey),
    text(Buffer.concat([secret, publicKey])),
    text(''),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, i) => i + 1));
  const whole = Buffer.concat([
    MAGIC,
    text('none'),
    text('none'),
    text(''),
    Buffer.from([0, 0, 0, 1]),
    text(publicBlob),
    text(Buffer.concat([inner, padding])),
  ]);
  const lines = whole.toString('base64').replace(/.{70}/g, '$&\n').trimEnd();
  return Buffer.from(`-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`);
}

function readJwk(pem: Buffer): JsonWebKey | undefined {
  try {
    return (ed25519Of(pem.toString()) ?? createPrivateKey(pem)).export({ format: 'jwk' });
  } catch {
    return undefined; // whoever uses the key says what is wrong with it
  }
}

/** A fresh Ed25519 key pair as OpenSSH writes them. The Buffer is the caller's to wipe. */
export function newSshKey(): { readonly privateKey: Buffer; readonly publicKey: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = toOpenSshKey(Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' })));
  const publicKey = sshPublicKey(key);
  if (publicKey === undefined) throw new Error('a key that was just made has no public half');
  return { privateKey: key, publicKey };
}

/** The public half of an OpenSSH private key, as a line of authorized_keys; undefined where it is in another format. */
export function sshPublicKey(privateKey: Buffer): string | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/u.exec(
    toOpenSshKey(privateKey).toString(),
  );
  const whole = Buffer.from(body?.[1] ?? '', 'base64');
  if (!whole.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  let at = MAGIC.length;
  const next = (): Buffer => {
    if (at + 4 > whole.length) return Buffer.alloc(0);
    const bytes = whole.subarray(at + 4, at + 4 + whole.readUInt32BE(at));
    at += 4 + bytes.length;
    return bytes;
  };
  for (const _ of ['cipher', 'kdf', 'options']) next();
  at += 4; // the number of keys, which is one
  const blob = next();
  if (blob.length < 8) return undefined;
  return `${blob.toString('latin1', 4, 4 + blob.readUInt32BE(0))} ${blob.toString('base64')}`;
}

function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
}
