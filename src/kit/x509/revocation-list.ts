import { verify } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { CertificateList, id_ce_cRLNumber } from '@peculiar/asn1-x509';
import { hexOf, type Certificate } from './read-certificate.ts';
import { hashOf } from './signature-algorithms.ts';
import { subjectParts } from './write-subject.ts';

/** A certificate revocation list as it stands; whose it is, `isListOf` says. */
export interface RevocationList {
  readonly issuer: string;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Serial numbers, as hexadecimal. */
  readonly serials: ReadonlySet<string>;
  readonly signed: Buffer;
  readonly signature: Buffer;
  readonly signatureAlgorithm: string;
}

const BLOCK = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/gu;
/** Beside the number of the list, only what does not change what it says. */
const KNOWN = new Set([id_ce_cRLNumber, '2.5.29.35', '2.5.29.20']);

/** Reads the lists of a PEM text. Throws a RangeError that says what is wrong: a part of a list is no list. */
export function readRevocationLists(pem: string): readonly RevocationList[] {
  const lists = [...pem.matchAll(BLOCK)].map(([, base64]) => readOne(Buffer.from(base64 ?? '', 'base64')));
  if (lists.length === 0) throw new RangeError('holds no revocation list');
  return lists;
}

function readOne(der: Buffer): RevocationList {
  let read: CertificateList;
  try {
    read = AsnConvert.parse(der, CertificateList);
  } catch {
    throw new RangeError('holds a revocation list that cannot be read');
  }
  const { issuer, thisUpdate, nextUpdate, revokedCertificates = [], crlExtensions = [] } = read.tbsCertList;
  if (nextUpdate === undefined) throw new RangeError('holds a list that does not say when the next one is due');
  const strange = [...crlExtensions, ...revokedCertificates.flatMap((each) => each.crlEntryExtensions ?? [])].find(
    ({ critical, extnID }) => critical && !KNOWN.has(extnID),
  );
  if (strange !== undefined)
    throw new RangeError(
      `holds a list that is only a part, or of others (extension ${strange.extnID}): give whole ones`,
    );
  return {
    issuer: subjectParts(issuer).join(', '),
    thisUpdate: thisUpdate.getTime(),
    nextUpdate: nextUpdate.getTime(),
    serials: new Set(revokedCertificates.map(({ userCertificate }) => hexOf(userCertificate))),
    signed: Buffer.from(read.tbsCertListRaw ?? new ArrayBuffer(0)),
    signature: Buffer.from(read.signature),
    signatureAlgorithm: read.signatureAlgorithm.algorithm,
  };
}

/** Whether a list was signed by that authority, whose key may. */
export function isListOf(list: RevocationList, authority: Certificate): boolean {
  const hash = hashOf(list.signatureAlgorithm);
  if (hash === undefined || list.issuer !== authority.subject) return false;
  if (authority.keyUsage !== undefined && !authority.keyUsage.includes('crlSign')) return false;
  try {
    return verify(hash === 'none' ? null : hash, list.signed, authority.x509.publicKey, list.signature);
  } catch {
    return false;
  }
}
