import { createPublicKey, verify } from 'node:crypto';
import { certifiedType, fingerprintOf, isKey, partsOf } from './keys.ts';
import { Reader, text } from './wire.ts';

/** What a certificate says, once its authority's signature was found right. Whether that authority counts is not said. */
export interface SignedCertificate {
  readonly kind: 'user' | 'host';
  /** The certified key, as it would be without a certificate. */
  readonly key: { readonly type: string; readonly blob: Buffer; readonly fingerprint: string };
  readonly serial: bigint;
  readonly keyId: string;
  readonly principals: readonly string[];
  /** Seconds since 1970. */
  readonly validFrom: bigint;
  readonly validTo: bigint;
  /** Name → value, `''` for none. */
  readonly critical: ReadonlyMap<string, string>;
  /** Fingerprint of the key that signed. */
  readonly authority: string;
}

const LONGEST = 16 * 1024;

/**
 * Reads an OpenSSH certificate (PROTOCOL.certkeys) and checks the signature in it. Undefined for everything else: bytes
 * missing or left over, a key that is none of the kind it is called, an authority that is no bare Ed25519 key (a certificate
 * among them), a signature over anything but this.
 */
export function readCertificate(blob: Buffer): SignedCertificate | undefined {
  if (blob.length > LONGEST) return undefined;
  try {
    return read(blob);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function read(blob: Buffer): SignedCertificate | undefined {
  const from = new Reader(blob);
  const type = certifiedType(from.text().toString('latin1'));
  if (type === undefined) return undefined;
  from.text(); // the nonce
  const parts = Array.from({ length: partsOf(type) }, () => text(from.text()));
  const key = Buffer.concat([text(type), ...parts]);
  const serial = from.uint64();
  const kind = from.uint32();
  const keyId = from.text().toString('utf8');
  const principals = listOf(from.text()).map((name) => name.toString('utf8'));
  const [validFrom, validTo] = [from.uint64(), from.uint64()];
  const critical = optionsOf(from.text());
  from.text(); // extensions: what a session may have is the gateway's to say
  from.text(); // reserved
  const authority = from.text();
  const signedBytes = blob.subarray(0, blob.length - from.left);
  const signature = from.text();
  if (!from.done || (kind !== 1 && kind !== 2) || critical === undefined || !isKey(type, key)) return undefined;
  if (!signedBy(authority, signedBytes, signature)) return undefined;
  return {
    kind: kind === 1 ? 'user' : 'host',
    key: { type, blob: key, fingerprint: fingerprintOf(key) },
    serial,
    keyId,
    principals,
    validFrom,
    validTo,
    critical,
    authority: fingerprintOf(authority),
  };
}

function listOf(bytes: Buffer): Buffer[] {
  const from = new Reader(bytes);
  const items: Buffer[] = [];
  while (!from.done) items.push(from.text());
  return items;
}

/** Names in order, each once, as PROTOCOL.certkeys asks; else undefined. */
function optionsOf(bytes: Buffer): ReadonlyMap<string, string> | undefined {
  const from = new Reader(bytes);
  const options = new Map<string, string>();
  let last = '';
  while (!from.done) {
    const name = from.text().toString('latin1');
    const value = from.text();
    if (name <= last) return undefined;
    last = name;
    const inner = value.length === 0 ? [Buffer.alloc(0)] : listOf(value);
    if (inner.length !== 1) return undefined;
    options.set(name, inner[0]?.toString('latin1') ?? '');
  }
  return options;
}

function signedBy(authority: Buffer, signed: Buffer, signature: Buffer): boolean {
  if (!isKey('ssh-ed25519', authority)) return false;
  const from = new Reader(signature);
  const [algorithm, bytes] = [from.text().toString('latin1'), from.text()];
  if (algorithm !== 'ssh-ed25519' || bytes.length !== 64 || !from.done) return false;
  const x = authority.subarray(-32).toString('base64url');
  return verify(null, signed, createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } }), bytes);
}
