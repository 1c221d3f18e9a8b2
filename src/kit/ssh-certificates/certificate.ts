import { randomBytes } from 'node:crypto';
import { certificateType, publicKeyOf, signWith, type SshPublicKey } from './keys.ts';
import { text, uint32, uint64 } from './wire.ts';

/** What a certificate may say besides whom it lets in. Nothing is allowed that is not named here. */
export interface CertificateTerms {
  /** Critical: a server that does not know one refuses the certificate. Name → value, `''` for none. */
  readonly critical?: Readonly<Record<string, string>>;
  /** What a session may have, for instance `permit-pty`. */
  readonly extensions?: readonly string[];
}

/** A certificate to be minted. */
export interface NewCertificate extends CertificateTerms {
  readonly kind: 'user' | 'host';
  readonly key: SshPublicKey;
  readonly serial: bigint;
  /** What servers write into their logs for whoever comes in with it. */
  readonly keyId: string;
  readonly principals: readonly string[];
  readonly validFrom: Date;
  readonly validTo: Date;
}

const LONGEST_NAME = 255;

/**
 * Whether a name may stand in a certificate: visible ASCII, since servers compare bytes; no comma, which servers before
 * OpenSSH 10.3 split at; no `*` and `?`, which are patterns in a host's name.
 */
const isPrincipal = (name: string): boolean =>
  name.length <= LONGEST_NAME && /^[A-Za-z0-9_][A-Za-z0-9._@:$-]*$/u.test(name);

/**
 * Mints an OpenSSH certificate (PROTOCOL.certkeys), signed with the Ed25519 key of `caSeed`. Returns the one line of a
 * `-cert.pub` file. Throws `RangeError` for a certificate without principals (it would let anybody in as anybody), with
 * one that is no name, or that is never valid.
 */
export function mintCertificate(caSeed: Buffer, input: NewCertificate): string {
  const { principals, validFrom, validTo } = input;
  if (principals.length === 0 || principals.length > 256 || !principals.every(isPrincipal))
    throw new RangeError('a certificate is for 1 to 256 principals, each of them a plain name');
  if (validTo <= validFrom) throw new RangeError('a certificate is valid for some time');
  if (/[^\x20-\x7e]/u.test(input.keyId) || input.keyId.length > 1000)
    throw new RangeError('a key id is a line of visible ASCII');
  const type = certificateType(input.key.type);
  const keyParts = input.key.blob.subarray(4 + input.key.type.length);
  const critical = Object.entries(input.critical ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const body = Buffer.concat([
    text(type),
    text(randomBytes(32)),
    keyParts,
    uint64(input.serial),
    uint32(input.kind === 'user' ? 1 : 2),
    text(input.keyId),
    text(Buffer.concat(principals.map((name) => text(name)))),
    uint64(BigInt(Math.floor(validFrom.getTime() / 1000))),
    uint64(BigInt(Math.floor(validTo.getTime() / 1000))),
    text(
      Buffer.concat(
        critical.map(([name, value]) => Buffer.concat([text(name), value === '' ? text('') : text(text(value))])),
      ),
    ),
    text(Buffer.concat([...(input.extensions ?? [])].sort().map((name) => Buffer.concat([text(name), text('')])))),
    text(''),
    text(publicKeyOf(caSeed).blob),
  ]);
  const whole = Buffer.concat([body, text(signWith(caSeed, body))]);
  return `${type} ${whole.toString('base64')} ${input.keyId.replaceAll(/[^\w.@:=-]+/gu, '_')}`;
}
