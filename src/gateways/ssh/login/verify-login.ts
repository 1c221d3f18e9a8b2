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

/**
 * Reads the key of a login attempt. Refused, as undefined: anything but publickey, certificates, DSS, RSA with SHA-1,
 * RSA keys under 2048 or over 16384 bits or with a toy exponent, and blobs that are not what their algorithm says.
 */
export function readOfferedKey(context: AuthContext): OfferedKey | undefined {
  if (context.method !== 'publickey' || context.service !== 'ssh-connection') return undefined;
  const { algo, data } = context.key;
  if (algo === SECURITY_KEY) return readSecurityKey(data);
  if (!KINDS.has(algo) || data.length > 4096) return undefined;
  if (algo === 'ssh-rsa' && !RSA_HASHES.has(context.hashAlgo ?? '')) return undefined;
  let key: ParsedKey;
  try {
    const parsed = ssh2.utils.parseKey(data) as ParsedKey | ParsedKey[] | Error;
    if (parsed instanceof Error || Array.isArray(parsed)) return undefined;
    key = parsed;
  } catch {
    return undefined;
  }
  if (key.type !== algo || key.isPrivateKey() || !key.getPublicSSH().equals(data)) return undefined;
  if (algo === 'ssh-rsa' && !soundRsa(data)) return undefined;
  return {
    fingerprint: fingerprintOfBlob(data),
    signedBy: (signed) => {
      if (signed.signature === undefined || signed.blob === undefined || !signed.key.data.equals(data)) return false;
      try {
        // verify() answers true, false or an Error: only true is a proof
        return (key.verify(signed.blob, signed.signature, signed.hashAlgo) as unknown) === true;
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
function readSecurityKey(data: Buffer): OfferedKey | undefined {
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
    signedBy: ({ signature, blob, key: claimed }) => {
      // 64 bytes of signature, one of flags, four of counter: ssh2 has taken the lengths off
      if (signature?.length !== 69 || blob === undefined || !claimed.data.equals(data)) return false;
      const flags = signature[64] ?? 0;
      if ((flags & PRESENT) === 0) return false;
      const signed = Buffer.concat([sha256(application), signature.subarray(64), sha256(blob)]);
      return verify(null, signed, key, signature.subarray(0, 64));
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
