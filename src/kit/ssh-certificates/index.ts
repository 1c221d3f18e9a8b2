export { mintCertificate, type NewCertificate } from './certificate.ts';
export { isPointOf, newKeyPair, newSeed, parsePublicKey, publicKeyOf, publicLine, type SshPublicKey } from './keys.ts';
export { readCertificate, type SignedCertificate } from './read-certificate.ts';
export { proofOfHost } from './prove-host.ts';
export { writeRevocationList, type RevokedOf } from './revocation-list.ts';
export { verifyMessage } from './verify-message.ts';
