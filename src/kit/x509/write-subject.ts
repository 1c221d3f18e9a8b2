import type { AttributeTypeAndValue, Name } from '@peculiar/asn1-x509';

/** What openssl calls the parts of a name. */
const SHORT: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/** The parts of a name in the order of the certificate; no value can look like another part. */
export const subjectParts = (name: Name): readonly string[] =>
  [...name].map((part) => [...part].map(attribute).sort().join('+'));

function attribute({ type, value }: AttributeTypeAndValue): string {
  const written = value.anyValue === undefined ? value.toString() : `#${Buffer.from(value.anyValue).toString('hex')}`;
  return `${SHORT[type] ?? type}=${written.replaceAll(/[\\,+=]/gu, String.raw`\$&`).replaceAll(/\p{Cc}/gu, '?')}`;
}
