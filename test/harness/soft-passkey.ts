import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** How an answer of an authenticator differs from an honest one. */
export interface Lies {
  /** The page that asked; WebAuthn's `clientDataJSON.origin`. */
  readonly origin?: string;
  /** The site the key says it is for. */
  readonly rpId?: string;
  /** False: a key was pressed, and nobody proved who they are. */
  readonly userVerified?: boolean;
  /** The signature counter; a clone's lags behind. */
  readonly counter?: number;
  readonly type?: string;
  /** Another key signs than the one that was registered. */
  readonly signWith?: SoftPasskey;
  /** Whose passkey it says it is. */
  readonly id?: string;
}

/** A passkey in software: an authenticator (WebAuthn Level 3 §6) that can be made to lie. ES256, attestation `none`. */
export interface SoftPasskey {
  readonly id: string;
  /** What a browser hands over after `navigator.credentials.create`. */
  register(challenge: string, lies?: Lies): Record<string, unknown>;
  /** What a browser hands over after `navigator.credentials.get`. */
  answer(challenge: string, lies?: Lies): Record<string, unknown>;
  sign(data: Buffer): Buffer;
}

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();
const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;

/** Makes a passkey for a site. */
export function softPasskey(site: { readonly origin: string; readonly rpId: string }): SoftPasskey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const credential = randomBytes(32);
  const id = credential.toString('base64url');
  let counter = 0;

  const clientData = (type: string, challenge: string, lies: Lies): Buffer =>
    Buffer.from(
      JSON.stringify({ type: lies.type ?? type, challenge, origin: lies.origin ?? site.origin, crossOrigin: false }),
    );
  const authenticatorData = (attested: Buffer | undefined, lies: Lies): Buffer => {
    counter += 1;
    const head = Buffer.alloc(5);
    const verified = lies.userVerified === false ? 0 : VERIFIED;
    head.writeUInt8(PRESENT | verified | (attested === undefined ? 0 : ATTESTED), 0);
    head.writeUInt32BE(lies.counter ?? counter, 1);
    return Buffer.concat([sha256(lies.rpId ?? site.rpId), head, attested ?? Buffer.alloc(0)]);
  };
  const part = (value: string | undefined): Buffer => Buffer.from(value ?? '', 'base64url');
  // A COSE key (RFC 9053 §7.1.1): kty EC2, alg ES256, curve P-256.
  const coseKey = cbor(
    new Map<number, number | Buffer>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, part(jwk.x)],
      [-3, part(jwk.y)],
    ]),
  );
  const answerAs = (response: Record<string, string>, lies: Lies): Record<string, unknown> => {
    const said = lies.id ?? id;
    return { id: said, rawId: said, type: 'public-key', clientExtensionResults: {}, response };
  };
  const made: SoftPasskey = {
    id,
    sign: (data) => sign('sha256', data, privateKey),
    register: (challenge, lies = {}) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credential.length);
      const authData = authenticatorData(Buffer.concat([Buffer.alloc(16), length, credential, coseKey]), lies);
      const attestation = cbor(
        new Map<string, Cbor>([
          ['fmt', 'none'],
          ['attStmt', new Map<string, Cbor>()],
          ['authData', authData],
        ]),
      );
      return answerAs(
        {
          clientDataJSON: clientData('webauthn.create', challenge, lies).toString('base64url'),
          attestationObject: attestation.toString('base64url'),
        },
        lies,
      );
    },
    answer: (challenge, lies = {}) => {
      const data = clientData('webauthn.get', challenge, lies);
      const authData = authenticatorData(undefined, lies);
      const signature = (lies.signWith ?? made).sign(Buffer.concat([authData, sha256(data)]));
      return answerAs(
        {
          clientDataJSON: data.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: signature.toString('base64url'),
        },
        lies,
      );
    },
  };
  return made;
}

type Cbor = number | string | Buffer | ReadonlyMap<number | string, Cbor>;

/** CBOR (RFC 8949), as far as a passkey speaks it: small integers, texts, bytes and maps, each shorter than 64 KiB. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([name, inner]) => [cbor(name), cbor(inner)])]);
}

function head(major: number, length: number): Buffer {
  const type = major << 5;
  if (length < 24) return Buffer.from([type | length]);
  if (length < 256) return Buffer.from([type | 24, length]);
  return Buffer.from([type | 25, length >> 8, length & 0xff]);
}
