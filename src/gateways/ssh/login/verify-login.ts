import { createHash, createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import ssh2, { type AuthContext, type ParsedKey, type PublicKeyAuthContext } from 'ssh2';
import { publicKeyOf } from '../wire/quick-keys.ts';

const KINDS = new Set(['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa']);
/** Keys that live in a security key (OpenSSH PROTOCOL.u2f). */
const SECURITY_KEY = 'sk-ssh-ed25519@openssh.com';
const SECURITY_KEY_ECDSA = 'sk-ecdsa-sha2-nistp256@openssh.com';
const RSA_HASHES = new Set(['sha256', 'sha512']);

/** A key a client offers or signs with, once it is found well-formed and strong enough. */
export interface OfferedKey {
  readonly fingerprint: string;
  /** True only when the client signed this connection's session id, this very user name and this very key. */
  signedBy(context: PublicKeyAuthContext): boolean;
}

/** A bare key, and whether it signed something. The signature is without the name of its algorithm; of ECDSA in DER. */
export interface BareKey {
  readonly fingerprint: string;
  verifies(signed: Buffer, signature: Buffer, hash: string | undefined): boolean;
}

/**
 * Reads the key of a login attempt. Refused, as undefined: anything but publickey, certificates, DSS, RSA with SHA-1,
 * RSA keys under 2048 or over 16384 bits or with a toy exponent, and blobs that are not what their algorithm says.
 */
export function readOfferedKey(context: AuthContext): OfferedKey | undefined {
  if (context.method !== 'publickey' || context.service !== 'ssh-connection') return undefined;
  const { algo, data } = context.key;
  const key = readBareKey(algo, data, context.hashAlgo);
  if (key === undefined) return undefined;
  return {
    fingerprint: key.fingerprint,
    signedBy: ({ signature, blob, key: claimed, hashAlgo }) =>
      signature !== undefined &&
      blob !== undefined &&
      claimed.data.equals(data) &&
      key.verifies(blob, signature, hashAlgo),
  };
}

/** Reads a key of the type it is said to be, to be used with that hash; undefined where it is none, or too weak. */
export function readBareKey(type: string, data: Buffer, hash: string | undefined): BareKey | undefined {
  if (type === SECURITY_KEY || type === SECURITY_KEY_ECDSA) return readSecurityKey(type, data);
  if (type === 'ssh-ed25519') return readEd25519(data);
  if (!KINDS.has(type) || data.length > 4096) return undefined;
  if (type === 'ssh-rsa' && !RSA_HASHES.has(hash ?? '')) return undefined;
  let key: ParsedKey;
  try {
    const parsed = ssh2.utils.parseKey(data) as ParsedKey | ParsedKey[] | Error;
    if (parsed instanceof Error || Array.isArray(parsed)) return undefined;
    key = parsed;
  } catch {
    return undefined;
  }
  if (key.type !== type || key.isPrivateKey() || !key.getPublicSSH().equals(data)) return undefined;
  if (type === 'ssh-rsa' && !soundRsa(data)) return undefined;
  return {
    fingerprint: fingerprintOfBlob(data),
    verifies: (signed, signature, signedWith) => {
      try {
        // verify() answers true, false or an Error: only true is a proof
        return (key.verify(signed, signature, signedWith) as unknown) === true;
      } catch {
        return false;
      }
    },
  };
}

/** The kind nearly everybody comes with, read twice at each login: without ssh2, which writes it out as a file first. */
function readEd25519(data: Buffer): BareKey | undefined {
  const key = publicKeyOf(data);
  if (key === undefined) return undefined;
  return {
    fingerprint: fingerprintOfBlob(data),
    verifies: (signed, signature) => verify(null, signed, key, signature),
  };
}

/**
 * A security key signs its application's hash, its flags and counter, and the hash of what was to be signed. The flag
 * "somebody was present" is required: a touch is the point of such a key.
 */
function readSecurityKey(type: string, data: Buffer): BareKey | undefined {
  const read = type === SECURITY_KEY ? ed25519Of(data) : ecdsaOf(data);
  if (read === undefined) return undefined;
  const { key, application } = read;
  return {
    fingerprint: fingerprintOfBlob(data),
    verifies: (signed, signature) => {
      // flags and counter are the last five bytes: the lengths were taken off
      const [bare, state] = [signature.subarray(0, -5), signature.subarray(-5)];
      if (((state[0] ?? 0) & PRESENT) === 0) return false;
      const whole = Buffer.concat([sha256(application), state, sha256(signed)]);
      if (type === SECURITY_KEY) return bare.length === 64 && verify(null, whole, key, bare);
      const numbers = pairOf(bare);
      return numbers !== undefined && verify('sha256', whole, { key, dsaEncoding: 'ieee-p1363' }, numbers);
    },
  };
}

interface SecurityKey {
  readonly key: KeyObject;
  readonly application: Buffer;
}

function ed25519Of(data: Buffer): SecurityKey | undefined {
  const [type, publicKey, application, ...more] = stringsOf(data) ?? [];
  if (type?.toString() !== SECURITY_KEY || publicKey?.length !== 32 || application === undefined || more.length > 0)
    return undefined;
  return { key: keyOf({ kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') }), application };
}

function ecdsaOf(data: Buffer): SecurityKey | undefined {
  const [type, curve, point, application, ...more] = stringsOf(data) ?? [];
  if (type?.toString() !== SECURITY_KEY_ECDSA || curve?.toString() !== 'nistp256' || more.length > 0) return undefined;
  if (point?.length !== 65 || point[0] !== 4 || application === undefined) return undefined;
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((side) => side.toString('base64url'));
  try {
    return { key: keyOf({ kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }), application };
  } catch {
    return undefined; // no point of the curve
  }
}

const keyOf = (key: JsonWebKey): KeyObject => createPublicKey({ format: 'jwk', key });

/** Two numbers as SSH writes them, side by side in 32 bytes each. */
function pairOf(bytes: Buffer): Buffer | undefined {
  const numbers = stringsOf(bytes)?.map((number) => (number[0] === 0 ? number.subarray(1) : number));
  if (numbers?.length !== 2 || numbers.some((number) => number.length > 32)) return undefined;
  return Buffer.concat(numbers.flatMap((number) => [Buffer.alloc(32 - number.length), number]));
}

const PRESENT = 1;
const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
const fingerprintOfBlob = (blob: Buffer): string => `SHA256:${sha256(blob).toString('base64').replace(/=+$/, '')}`;

/** The strings a key blob consists of, or undefined when it does not consist of strings. */
function stringsOf(blob: Buffer): Buffer[] | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    if (at + 4 > blob.length) return undefined;
    const length = blob.readUInt32BE(at);
    if (at + 4 + length > blob.length) return undefined;
    parts.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}

/** RFC 4253 §6.6: string "ssh-rsa", mpint e, mpint n. */
function soundRsa(blob: Buffer): boolean {
  const parts = stringsOf(blob);
  const [, e, n] = parts ?? [];
  if (parts?.length !== 3 || e === undefined || n === undefined || e.length === 0 || e.length > 8) return false;
  const exponent = BigInt(`0x${e.toString('hex')}`);
  const bits = BigInt(`0x${n.toString('hex') || '0'}`).toString(2).length;
  return exponent >= 3n && exponent % 2n === 1n && bits >= 2048 && bits <= 16_384;
}
