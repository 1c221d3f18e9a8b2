import { X509Certificate } from 'node:crypto';

/** The pin of a certificate, as `pinOf` has it of one that was shown. */
export const pinOfCertificate = (pem: string): string => `tls-sha256:${new X509Certificate(pem).fingerprint256}`;
