import { createHash, createPublicKey, verify } from 'node:crypto';
import ssh2, { type AuthContext, type ParsedKey, type PublicKeyAuthContext } from 'ssh2';

const KINDS = new Set(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa']);
/** Keys that live in a security key (OpenSSH PROTOCOL.u2f). */
const SECURITY_KEY = 'sk-ssh-ed25519@openssh.com';
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
  if (type === SECURITY_KEY) return readSecurityKey(data);
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

/**
 * A security key signs its application's hash, its flags and counter, and the hash of what was to be signed. The flag
 * "somebody was present" is required: a touch is the point of such a key.
 */
function readSecurityKey(data: Buffer): BareKey | undefined {
  const parts = stringsOf(data);
  const [type, publicKey, application] = parts ?? [];
  if (
    parts?.length !== 3 ||
    type?.toString() !== SECURITY_KEY ||
    publicKey?.length !== 32 ||
    application === undefined
  ) {
    return undefined;
  }
  const key = createPublicKey({
    format: 'jwk',
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') },
  });
  return {
    fingerprint: fingerprintOfBlob(data),
    verifies: (signed, signature) => {
      // 64 bytes of signature, one of flags, four of counter: the lengths were taken off
      if (signature.length !== 69) return false;
      const flags = signature[64] ?? 0;
      if ((flags & PRESENT) === 0) return false;
      const whole = Buffer.concat([sha256(application), signature.subarray(64), sha256(signed)]);
      return verify(null, whole, key, signature.subarray(0, 64));
    },
  };
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
