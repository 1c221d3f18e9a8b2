import { sha256 } from '#kit/crypto/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { isPointOf } from '#kit/ssh-certificates/index.ts';

/** Key kinds taken, with the curve of those that have one. */
const KINDS: ReadonlyMap<string, string | undefined> = new Map([
  ['ssh-ed25519', undefined],
  ['sk-ssh-ed25519@openssh.com', undefined],
  ['ecdsa-sha2-nistp256', 'P-256'],
  ['ecdsa-sha2-nistp384', 'P-384'],
  ['ecdsa-sha2-nistp521', 'P-521'],
  ['sk-ecdsa-sha2-nistp256@openssh.com', 'P-256'],
  ['ssh-rsa', undefined],
]);
const SMALLEST_RSA = 3072;
const LARGEST_RSA = 8192;

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
  if (text.includes('PRIVATE KEY')) return refuse('is a private key: never give it to anybody');
  const [kind = '', encoded = '', ...rest] = text.trim().split(/\s+/);
  if (kind === 'ssh-dss') return refuse('is a DSA key: nobody takes those any more');
  if (kind.includes('-cert-v01@')) return refuse('is a certificate, and its bare key is wanted');
  if (!KINDS.has(kind)) return refuse('is not an OpenSSH public key of a kind Reeve takes');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return refuse('is not an OpenSSH public key');
  const blob = Buffer.from(encoded, 'base64');
  const [named, ...parts] = fieldsOf(blob);
  if (named?.toString('latin1') !== kind) return refuse('is damaged: its inside names another kind');
  const curve = KINDS.get(kind);
  if (kind === 'ssh-rsa') checkRsa(parts);
  else if (curve === undefined) checkEd25519(kind, parts);
  else checkEcdsa(kind, curve, parts);
  return {
    kind,
    line: `${kind} ${encoded}`,
    fingerprint: `SHA256:${sha256(blob).toString('base64').replace(/=+$/, '')}`,
    comment: rest.join(' ').slice(0, 100),
  };
}

const refuse = (why: string): never => {
  throw invalid('/publicKey', why, 'paste the line of ~/.ssh/id_ed25519.pub; make one with: ssh-keygen -t ed25519');
};

/** RFC 4253 §6.6: e, then n. */
function checkRsa(parts: readonly Buffer[]): void {
  const [e, n] = parts;
  if (parts.length !== 2 || e === undefined || n === undefined || e.length === 0 || e.length > 8)
    return refuse('is damaged');
  const [exponent, modulus] = [numberOf(e), numberOf(n)];
  const bits = modulus.toString(2).length;
  if (bits < SMALLEST_RSA || bits > LARGEST_RSA)
    refuse(`is an RSA key of ${String(bits)} bits, where ${String(SMALLEST_RSA)} to ${String(LARGEST_RSA)} are taken`);
  if (exponent < 3n || exponent % 2n === 0n) refuse('has a public exponent below 3, or an even one');
}

function checkEd25519(kind: string, parts: readonly Buffer[]): void {
  const [point, application] = parts;
  if (point?.length !== 32) refuse('is damaged: an Ed25519 key has 32 bytes');
  const inSecurityKey = kind.startsWith('sk-');
  if (parts.length !== (inSecurityKey ? 2 : 1)) refuse('is damaged');
  if (inSecurityKey) checkApplication(application);
}

function checkEcdsa(kind: string, curve: string, parts: readonly Buffer[]): void {
  const [name, point, application] = parts;
  const inSecurityKey = kind.startsWith('sk-');
  const side = curve === 'P-521' ? 66 : Number(curve.slice(2)) / 8;
  const whole =
    parts.length === (inSecurityKey ? 3 : 2) &&
    name?.toString('latin1') === `nist${curve.toLowerCase().replace('-', '')}` &&
    point?.length === 1 + 2 * side &&
    point[0] === 4;
  if (!whole) return refuse('is damaged');
  if (!isPointOf(curve, point.subarray(1, 1 + side), point.subarray(1 + side)))
    refuse('is damaged: it is no point of its curve');
  if (inSecurityKey) checkApplication(application);
}

/** What a security key was told the key is for; a site's would be a passkey of that site. */
function checkApplication(application: Buffer | undefined): void {
  if (application?.toString('latin1').startsWith('ssh:') !== true) refuse('is a security key’s, but not one for ssh');
}

const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`);

/** The strings a key consists of; none where it does not consist of strings. */
function fieldsOf(blob: Buffer): readonly Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    if (at + 4 > blob.length) return [];
    const next = at + 4 + blob.readUInt32BE(at);
    if (next > blob.length) return [];
    fields.push(blob.subarray(at + 4, next));
    at = next;
  }
  return fields;
}
