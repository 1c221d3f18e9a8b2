import { createHash } from 'node:crypto';
import ssh2, { type AuthContext, type ParsedKey, type PublicKeyAuthContext } from 'ssh2';

const KINDS = new Set(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa']);
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
  const fingerprint = `SHA256:${createHash('sha256').update(data).digest('base64').replace(/=+$/, '')}`;
  return {
    fingerprint,
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

/** RFC 4253 §6.6: string "ssh-rsa", mpint e, mpint n. */
function soundRsa(blob: Buffer): boolean {
  const parts: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length;) {
    const length = blob.readUInt32BE(at);
    if (at + 4 + length > blob.length) return false;
    parts.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const [, e, n] = parts;
  if (parts.length !== 3 || e === undefined || n === undefined || e.length === 0 || e.length > 8) return false;
  const exponent = BigInt(`0x${e.toString('hex')}`);
  const bits = BigInt(`0x${n.toString('hex') || '0'}`).toString(2).length;
  return exponent >= 3n && exponent % 2n === 1n && bits >= 2048 && bits <= 16_384;
}
