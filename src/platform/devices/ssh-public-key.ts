import { sha256 } from '#kit/crypto/index.ts';
import { invalid } from '#kit/errors/index.ts';

/** Key kinds taken: no DSA, and RSA of 2048 bits or more. */
const KINDS = new Set([
  'ssh-ed25519',
  'sk-ssh-ed25519@openssh.com',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'ssh-rsa',
]);

/** A public key as OpenSSH writes it (RFC 4253 §6.6), checked. */
export interface SshPublicKey {
  readonly kind: string;
  /** `ssh-ed25519 AAAA…`, without comment. */
  readonly line: string;
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  readonly comment: string;
}

/** Reads one line of an `id_*.pub` file. Throws 422 that says what to paste instead. */
export function readSshPublicKey(text: string): SshPublicKey {
  const refuse = (why: string): never => {
    throw invalid('/publicKey', why, 'paste the line of ~/.ssh/id_ed25519.pub; make one with: ssh-keygen -t ed25519');
  };
  if (text.includes('PRIVATE KEY')) return refuse('is a private key: never give it to anybody');
  const [kind = '', encoded = '', ...rest] = text.trim().split(/\s+/);
  if (!KINDS.has(kind)) return refuse('is not an OpenSSH public key of a kind Reeve takes');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return refuse('is not an OpenSSH public key');
  const blob = Buffer.from(encoded, 'base64');
  const named = readField(blob, 0);
  if (named === undefined || named.bytes.toString('latin1') !== kind)
    return refuse('is damaged: its inside names another kind');
  if (kind === 'ssh-ed25519') {
    const key = readField(blob, named.next);
    if (key === undefined || key.bytes.length !== 32 || key.next !== blob.length)
      return refuse('is damaged: an Ed25519 key has 32 bytes');
  }
  if (kind === 'ssh-rsa') {
    const exponent = readField(blob, named.next);
    const modulus = exponent === undefined ? undefined : readField(blob, exponent.next);
    if (modulus === undefined || modulus.next !== blob.length) return refuse('is damaged');
    if ((modulus.bytes.length - 1) * 8 < 2048 || modulus.bytes.length > 1025)
      return refuse('is an RSA key of fewer than 2048 or more than 8192 bits');
    if (exponent !== undefined && exponent.bytes.length === 1 && (exponent.bytes[0] ?? 0) < 3)
      return refuse('has a public exponent below 3');
  }
  return {
    kind,
    line: `${kind} ${encoded}`,
    fingerprint: `SHA256:${sha256(blob).toString('base64').replace(/=+$/, '')}`,
    comment: rest.join(' ').slice(0, 100),
  };
}

function readField(blob: Buffer, at: number): { readonly bytes: Buffer; readonly next: number } | undefined {
  if (at + 4 > blob.length) return undefined;
  const next = at + 4 + blob.readUInt32BE(at);
  return next > blob.length ? undefined : { bytes: blob.subarray(at + 4, next), next };
}
