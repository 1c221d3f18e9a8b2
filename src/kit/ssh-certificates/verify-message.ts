import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { fingerprintOf, parsePublicKey } from './keys.ts';
import { Reader, text } from './wire.ts';

/** A signed message as it stands; nothing is proved before {@link verifyMessage} said so. */
interface ReadSignature {
  readonly key: { readonly type: string; readonly blob: Buffer };
  readonly namespace: string;
  readonly hash: string;
  readonly algorithm: string;
  readonly signature: Buffer;
}

const ARMOUR = /^-----BEGIN SSH SIGNATURE-----\s+([A-Za-z0-9+/=\s]+?)\s+-----END SSH SIGNATURE-----\s*$/u;
const MAGIC = Buffer.from('SSHSIG');
const CURVES: Readonly<Record<string, { readonly crv: string; readonly hash: string; readonly bytes: number }>> = {
  'ecdsa-sha2-nistp256': { crv: 'P-256', hash: 'sha256', bytes: 32 },
  'ecdsa-sha2-nistp384': { crv: 'P-384', hash: 'sha384', bytes: 48 },
  'ecdsa-sha2-nistp521': { crv: 'P-521', hash: 'sha512', bytes: 66 },
};
const RSA_HASHES: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };

/**
 * The fingerprint of the key that signed a message for a namespace, as `ssh-keygen -Y sign` does (PROTOCOL.sshsig);
 * undefined where the signature is none, is of another message or namespace, or of an algorithm nobody should use
 * any more (DSA, RSA with SHA-1). Keys that live in a security key are no host's.
 */
export function verifyMessage(armoured: string, message: Buffer, namespace: string): string | undefined {
  try {
    const read = readSignature(armoured);
    if (read.namespace !== namespace || !['sha256', 'sha512'].includes(read.hash)) return undefined;
    const signed = Buffer.concat([
      MAGIC,
      text(namespace),
      text(''),
      text(read.hash),
      text(createHash(read.hash).update(message).digest()),
    ]);
    return isSignedBy(read, signed) ? fingerprintOf(read.key.blob) : undefined;
  } catch {
    // What cannot be read proves nothing, whatever it was.
    return undefined;
  }
}

function readSignature(armoured: string): ReadSignature {
  const base64 = ARMOUR.exec(armoured)?.[1]?.replaceAll(/\s/gu, '') ?? '';
  const bytes = Buffer.from(base64, 'base64');
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new RangeError('is no SSH signature');
  const read = new Reader(bytes.subarray(MAGIC.length));
  if (read.uint32() !== 1) throw new RangeError('is of another version');
  const blob = read.text();
  const type = new Reader(blob).text().toString('latin1');
  const [namespace, , hash, whole] = [read.text(), read.text(), read.text(), read.text()];
  const signature = new Reader(whole);
  const algorithm = signature.text().toString('latin1');
  const value = signature.text();
  if (!read.done || !signature.done) throw new RangeError('has something behind it');
  // Whatever is no sound key of its type is thrown out here, short RSA with it.
  const key = parsePublicKey(`${type} ${blob.toString('base64')}`);
  return { key, namespace: namespace.toString(), hash: hash.toString(), algorithm, signature: value };
}

function isSignedBy({ key, algorithm, signature }: ReadSignature, signed: Buffer): boolean {
  const parts = new Reader(key.blob);
  parts.text();
  if (key.type === 'ssh-ed25519') {
    if (algorithm !== key.type) return false;
    return verify(null, signed, jwk({ kty: 'OKP', crv: 'Ed25519', x: parts.text() }), signature);
  }
  if (key.type === 'ssh-rsa') {
    const hash = RSA_HASHES[algorithm];
    if (hash === undefined) return false;
    const [e, n] = [unsigned(parts.text()), unsigned(parts.text())];
    return verify(hash, signed, jwk({ kty: 'RSA', e, n }), signature);
  }
  const curve = CURVES[key.type];
  if (curve === undefined || algorithm !== key.type) return false;
  parts.text();
  const point = parts.text();
  const [x, y] = [point.subarray(1, 1 + curve.bytes), point.subarray(1 + curve.bytes)];
  const numbers = new Reader(signature);
  const [r, s] = [numbers.text(), numbers.text()].map((number) => padded(unsigned(number), curve.bytes));
  if (!numbers.done || r === undefined || s === undefined) return false;
  const verifier = { key: jwk({ kty: 'EC', crv: curve.crv, x, y }), dsaEncoding: 'ieee-p1363' as const };
  return verify(curve.hash, signed, verifier, Buffer.concat([r, s]));
}

/** `mpint`s have a zero before them where the number would look negative. */
const unsigned = (number: Buffer): Buffer => (number[0] === 0 ? number.subarray(1) : number);

function padded(number: Buffer, bytes: number): Buffer {
  if (number.length > bytes) throw new RangeError('is too large a number');
  return Buffer.concat([Buffer.alloc(bytes - number.length), number]);
}

const jwk = (parts: Readonly<Record<string, string | Buffer>>): KeyObject =>
  createPublicKey({
    format: 'jwk',
    key: Object.fromEntries(
      Object.entries(parts).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : value.toString('base64url'),
      ]),
    ),
  });
