import { X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  BasicConstraints,
  Certificate as AsnCertificate,
  ExtendedKeyUsage,
  KeyUsage,
  NameConstraints,
  SubjectAlternativeName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  type GeneralName,
  type Name,
} from '@peculiar/asn1-x509';
import { subjectParts } from './write-subject.ts';

/** A certificate as it stands; nothing is proved by reading it. */
export interface Certificate {
  readonly x509: X509Certificate;
  /** As `openssl x509 -subject` has it: `O=Example, CN=deploy`, what is special in a value behind a backslash. */
  readonly subject: string;
  readonly subjectName: Name;
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  readonly otherNames: readonly GeneralName[];
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Absent: it is no authority. */
  readonly authority: { readonly pathLength: number | undefined } | undefined;
  /** What its key is for; absent: it does not say. */
  readonly keyUsage: readonly string[] | undefined;
  /** Its extended key usage; empty: it does not say. */
  readonly purposes: readonly string[];
  readonly constraints: NameConstraints | undefined;
  /** Extensions one has to understand, which nobody here does. */
  readonly notUnderstood: readonly string[];
  readonly signatureAlgorithm: string;
}

const UNDERSTOOD: ReadonlySet<string> = new Set([
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
]);

/** Reads one certificate, as PEM or DER. Throws a RangeError that says what it is not. */
export function readCertificate(from: string | Buffer): Certificate {
  let x509: X509Certificate;
  let read: AsnCertificate;
  try {
    x509 = new X509Certificate(from);
    read = AsnConvert.parse(x509.raw, AsnCertificate);
  } catch {
    throw new RangeError('is no certificate');
  }
  const { subject, serialNumber, validity, extensions = [] } = read.tbsCertificate;
  const ids = extensions.map(({ extnID }) => extnID);
  if (new Set(ids).size !== ids.length) throw new RangeError('says the same thing twice');
  const extension = <T>(id: string, type: new () => T): T | undefined => {
    const found = extensions.find(({ extnID }) => extnID === id);
    if (found === undefined) return undefined;
    try {
      return AsnConvert.parse(found.extnValue.buffer, type);
    } catch {
      throw new RangeError(`has an extension ${id} that cannot be read`);
    }
  };
  const basic = extension(id_ce_basicConstraints, BasicConstraints);
  const names = [...(extension(id_ce_subjectAltName, SubjectAlternativeName) ?? [])];
  return {
    x509,
    subject: subjectParts(subject).join(', '),
    subjectName: subject,
    uris: names.flatMap(({ uniformResourceIdentifier: uri }) => uri ?? []),
    dnsNames: names.flatMap(({ dNSName }) => dNSName?.toLowerCase() ?? []),
    otherNames: names.filter((name) => name.uniformResourceIdentifier === undefined && name.dNSName === undefined),
    serial: hexOf(serialNumber),
    notBefore: validity.notBefore.getTime(),
    notAfter: validity.notAfter.getTime(),
    authority: basic?.cA === true ? { pathLength: basic.pathLenConstraint } : undefined,
    keyUsage: extension(id_ce_keyUsage, KeyUsage)?.toJSON(),
    purposes: [...(extension(id_ce_extKeyUsage, ExtendedKeyUsage) ?? [])],
    constraints: extension(id_ce_nameConstraints, NameConstraints),
    notUnderstood: extensions.flatMap(({ critical, extnID }) => (critical && !UNDERSTOOD.has(extnID) ? extnID : [])),
    signatureAlgorithm: read.signatureAlgorithm.algorithm,
  };
}

/** A serial number as hexadecimal, without zeros before it. */
export const hexOf = (serial: ArrayBuffer): string =>
  Buffer.from(serial)
    .toString('hex')
    .replace(/^(?:00)+(?=..)/u, '');
