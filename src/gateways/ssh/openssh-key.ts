import { createPrivateKey, generateKeyPairSync, randomBytes, type JsonWebKey } from 'node:crypto';

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
    Buffer.from('openssh-key-v1\0'),
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
    return createPrivateKey(pem).export({ format: 'jwk' });
  } catch {
    return undefined; // whoever uses the key says what is wrong with it
  }
}

/** A fresh host key for the gateway. The caller stores it: people's clients remember it. */
export function makeHostKey(): Buffer {
  const { privateKey } = generateKeyPairSync('ed25519');
  return Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' }));
}

function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  return Buffer.concat([head, bytes]);
}
