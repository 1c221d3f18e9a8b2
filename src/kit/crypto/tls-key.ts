import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { AppError } from '#kit/errors/index.ts';

/** What the certificate of a key says. */
export interface TlsKey {
  readonly subject: string;
  readonly names: readonly string[];
  readonly issuer: string;
  readonly serial: string;
  readonly fingerprint: string;
  /** `ec`, `rsa`, `ed25519`. */
  readonly key: string | undefined;
  /** Certificates beside its own. */
  readonly chain: number;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;
const MOST_NAMES = 200;

const unfit = (detail: string, fix: string): AppError =>
  new AppError({ code: 'crypto.no_tls_key', status: 422, detail, fix });

/**
 * Reads a TLS key with its certificate and, beside it, its chain, all as PEM in whatever order. Throws
 * `crypto.no_tls_key` where no certificate fits the key, or it is locked by a passphrase. Repeats nothing of the key.
 */
export function readTlsPem(text: string): TlsKey {
  const blocks = [...text.matchAll(BLOCK)].map(([pem, kind]) => ({ pem, kind: kind ?? '' }));
  const key = keyOf(blocks.find(({ kind }) => kind.endsWith('PRIVATE KEY'))?.pem);
  const certificates = blocks.filter(({ kind }) => kind === 'CERTIFICATE').map(({ pem }) => certificateOf(pem));
  const own = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (own === undefined)
    throw unfit(
      certificates.length === 0 ? 'has a key and no certificate' : 'has no certificate of its key',
      'put the certificate of the key beside it, as PEM',
    );
  const names = (own.subjectAltName ?? '')
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address|URI|email):/, ''))
    .filter((name) => name !== '');
  return {
    subject: own.subject.replaceAll('\n', ', '),
    names: names.slice(0, MOST_NAMES),
    issuer: own.issuer.replaceAll('\n', ', '),
    serial: own.serialNumber,
    fingerprint: own.fingerprint256,
    key: key.asymmetricKeyType,
    chain: certificates.length - 1,
    notBefore: new Date(own.validFrom),
    notAfter: new Date(own.validTo),
  };
}

function keyOf(pem: string | undefined): KeyObject {
  if (pem === undefined) throw unfit('has no private key', 'give the key and its certificate as PEM');
  try {
    return createPrivateKey(pem);
  } catch {
    throw unfit('has a private key that does not open', 'give it as PEM without a passphrase');
  }
}

function certificateOf(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw unfit('has a certificate that cannot be read', 'give it as PEM');
  }
}
