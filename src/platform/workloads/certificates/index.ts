export { certificateEvents } from './events.ts';
export { openCertificateDoor, type CertificateDoor, type ShownCertificate } from './exchange-certificate.ts';
export { certificateOperations } from './operations.ts';
