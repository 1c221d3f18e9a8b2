import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { invalid } from '#kit/errors/index.ts';
import type { ReadValue } from './read-value.ts';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/**
 * Reads a TLS key with its certificate and, after it, its chain, all as PEM in whatever order. Throws where the first
 * certificate that fits no key, or the key is locked by a passphrase Reeve would not have.
 */
export function readTlsKey(text: string): ReadValue {
  const blocks = [...text.matchAll(BLOCK)].map(([pem, kind]) => ({ pem, kind: kind ?? '' }));
  const key = keyOf(blocks.find(({ kind }) => kind.endsWith('PRIVATE KEY'))?.pem);
  const certificates = blocks.filter(({ kind }) => kind === 'CERTIFICATE').map(({ pem }) => certificateOf(pem));
  const own = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (own === undefined)
    throw invalid(
      '/value',
      certificates.length === 0 ? 'has a key and no certificate' : 'has no certificate of its key',
      'put the certificate of the key beside it, as PEM',
    );
  const names = (own.subjectAltName ?? '')
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address|URI|email):/, ''))
    .filter((name) => name !== '');
  return {
    value: Buffer.from(text),
    facts: {
      subject: own.subject.replaceAll('\n', ', '),
      names: names.slice(0, 200),
      issuer: own.issuer.replaceAll('\n', ', '),
      serial: own.serialNumber,
      fingerprint: own.fingerprint256,
      key: key.asymmetricKeyType,
      chain: certificates.length - 1,
      notBefore: new Date(own.validFrom).toISOString(),
      notAfter: new Date(own.validTo).toISOString(),
    },
    expiresAt: new Date(own.validTo),
  };
}

function keyOf(pem: string | undefined): KeyObject {
  if (pem === undefined) throw invalid('/value', 'has no private key', 'give the key and its certificate as PEM');
  try {
    return createPrivateKey(pem);
  } catch {
    throw invalid('/value', 'has a private key that does not open', 'give it as PEM without a passphrase');
  }
}

function certificateOf(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw invalid('/value', 'has a certificate that cannot be read', 'give it as PEM');
  }
}
