import { BlockList, isIP } from 'node:net';
import type { AuthContext, PublicKeyAuthContext } from 'ssh2';
import { readCertificate, type SignedCertificate } from '#kit/ssh-certificates/index.ts';
import type { CertificateProof } from '../../port.ts';
import { readBareKey } from './verify-login.ts';

/** What certificates are offered as, and which hash their key signs with (RFC 8332 for RSA). */
const ALGORITHMS: ReadonlyMap<string, { readonly inner: string; readonly hash?: string }> = new Map([
  ['ssh-ed25519-cert-v01@openssh.com', { inner: 'ssh-ed25519' }],
  ['ecdsa-sha2-nistp256-cert-v01@openssh.com', { inner: 'ecdsa-sha2-nistp256' }],
  ['ecdsa-sha2-nistp384-cert-v01@openssh.com', { inner: 'ecdsa-sha2-nistp384' }],
  ['ecdsa-sha2-nistp521-cert-v01@openssh.com', { inner: 'ecdsa-sha2-nistp521' }],
  ['rsa-sha2-256-cert-v01@openssh.com', { inner: 'rsa-sha2-256', hash: 'sha256' }],
  ['rsa-sha2-512-cert-v01@openssh.com', { inner: 'rsa-sha2-512', hash: 'sha512' }],
  ['sk-ssh-ed25519-cert-v01@openssh.com', { inner: 'sk-ssh-ed25519@openssh.com' }],
]);

/** A certificate that a client offers or signs with, found right in itself. Whose it is, and whether its authority counts, the port says. */
export interface OfferedCertificate {
  readonly proof: CertificateProof;
  /** True only when the certified key signed this connection's session id, this very user name and this very certificate. */
  signedBy(context: PublicKeyAuthContext): boolean;
}

/**
 * Reads the certificate of a login attempt. Refused, as undefined: whatever is no user certificate with a right signature
 * by a bare key, what is not valid now, names no principal or one that is no name, has a critical option other than
 * `source-address`, or is used from another address than that says; and weak keys, as without a certificate.
 */
export function readOfferedCertificate(
  context: AuthContext,
  address: string,
  now: Date,
): OfferedCertificate | undefined {
  if (context.method !== 'publickey' || context.service !== 'ssh-connection') return undefined;
  const { algo, data } = context.key;
  const named = ALGORITHMS.get(algo);
  if (named === undefined) return undefined;
  const certificate = readCertificate(data);
  if (certificate === undefined || !mayBeUsed(certificate, address, now)) return undefined;
  const { type, blob, fingerprint } = certificate.key;
  if (type !== (named.hash === undefined ? named.inner : 'ssh-rsa')) return undefined;
  const key = readBareKey(type, blob, named.hash);
  if (key === undefined) return undefined;
  const { serial, principals, authority } = certificate;
  return {
    proof: { kind: 'ssh_certificate', fingerprint, authority, serial: String(serial), principals, address },
    signedBy: ({ signature, blob: signed, key: claimed }) => {
      if (signature === undefined || signed === undefined || !claimed.data.equals(data)) return false;
      const bare = withoutName(signature, named.inner);
      return bare !== undefined && key.verifies(signed, bare, named.hash);
    },
  };
}

function mayBeUsed(certificate: SignedCertificate, address: string, now: Date): boolean {
  const { kind, principals, validFrom, validTo, critical, serial } = certificate;
  const seconds = BigInt(Math.floor(now.getTime() / 1000));
  if (kind !== 'user' || serial === 0n || seconds < validFrom || seconds >= validTo) return false;
  if (principals.length === 0 || !principals.every((name) => NAME.test(name))) return false;
  for (const [name, value] of critical) {
    if (name !== 'source-address' || !isFrom(address, value)) return false;
  }
  return true;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,254}$/u;

/** Whether an address is in a list of addresses and CIDR blocks. A list with anything else in it holds nobody. */
function isFrom(address: string, list: string): boolean {
  const client = address.replace(/^::ffff:(?=\d+\.)/iu, '');
  const allowed = new BlockList();
  for (const entry of list.split(',')) {
    const [base = '', bits, more] = entry.split('/');
    const family = isIP(base);
    const longest = family === 4 ? 32 : 128;
    if (family === 0 || more !== undefined || (bits !== undefined && !/^\d{1,3}$/u.test(bits))) return false;
    const length = bits === undefined ? longest : Number(bits);
    if (length > longest) return false;
    allowed.addSubnet(base, length, family === 4 ? 'ipv4' : 'ipv6');
  }
  const family = isIP(client);
  return family !== 0 && allowed.check(client, family === 4 ? 'ipv4' : 'ipv6');
}

/** ssh2 knows no certificates and leaves the algorithm's name before the signature. ECDSA's two numbers become DER. */
function withoutName(signature: Buffer, name: string): Buffer | undefined {
  const first = stringAt(signature, 0);
  if (first?.bytes.toString('latin1') !== name) return undefined;
  const second = stringAt(signature, first.end);
  if (second === undefined) return undefined;
  if (name.startsWith('sk-')) return Buffer.concat([second.bytes, signature.subarray(second.end)]);
  if (second.end !== signature.length) return undefined;
  return name.startsWith('ecdsa-') ? derOf(second.bytes) : second.bytes;
}

function derOf(numbers: Buffer): Buffer | undefined {
  const r = stringAt(numbers, 0);
  const s = r === undefined ? undefined : stringAt(numbers, r.end);
  if (r === undefined || s?.end !== numbers.length || r.bytes.length > 67 || s.bytes.length > 67) return undefined;
  const body = Buffer.concat([Buffer.of(2, r.bytes.length), r.bytes, Buffer.of(2, s.bytes.length), s.bytes]);
  return Buffer.concat([body.length < 128 ? Buffer.of(0x30, body.length) : Buffer.of(0x30, 0x81, body.length), body]);
}

function stringAt(bytes: Buffer, at: number): { readonly bytes: Buffer; readonly end: number } | undefined {
  if (at + 4 > bytes.length) return undefined;
  const end = at + 4 + bytes.readUInt32BE(at);
  return end > bytes.length ? undefined : { bytes: bytes.subarray(at + 4, end), end };
}
