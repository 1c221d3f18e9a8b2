import { sha256, type Keys, type SigningKey } from '#kit/crypto/index.ts';
import { invalid } from '#kit/errors/index.ts';

/** What a verifier needs: the log's name and its raw Ed25519 public key. */
export interface LogKey {
  readonly origin: string;
  readonly publicKey: Buffer;
}

/** What signs checkpoints. */
export interface LogSigner extends LogKey {
  readonly signing: SigningKey;
}

const ED25519 = Buffer.of(1);

/** The signer of this Reeve's log. Its name follows from its key, so two logs never share one. */
export function logSigner(keys: Keys): LogSigner {
  const signing = keys.signing('audit checkpoints');
  const { publicKey } = signing;
  return { origin: `reeve.audit/${sha256(publicKey).toString('hex', 0, 8)}`, publicKey, signing };
}

/** The 4-byte key id of C2SP signed-note: SHA-256(name · LF · 0x01 · key). */
export const noteKeyId = (key: LogKey): Buffer =>
  sha256(Buffer.concat([Buffer.from(`${key.origin}\n`), ED25519, key.publicKey])).subarray(0, 4);

/** The verifier key as signed-note writes it: name + key id + base64 key. This is what an auditor keeps. */
export const formatLogKey = (key: LogKey): string =>
  `${key.origin}+${noteKeyId(key).toString('hex')}+${Buffer.concat([ED25519, key.publicKey]).toString('base64')}`;

/** Reads what `formatLogKey` wrote. Throws 422 for anything else. */
export function parseLogKey(text: string): LogKey {
  const [origin = '', id = '', ...rest] = text.trim().split('+');
  const raw = Buffer.from(rest.join('+'), 'base64');
  const key = { origin, publicKey: raw.subarray(1) };
  if (origin === '' || raw.length !== 33 || raw[0] !== 1 || noteKeyId(key).toString('hex') !== id) {
    throw invalid(
      '/publicKey',
      'this is not a public key of an audit log',
      'it looks like reeve.audit/1f2e…+0a1b2c3d+AbCd…=: take it from `reeve audit key`',
    );
  }
  return key;
}
