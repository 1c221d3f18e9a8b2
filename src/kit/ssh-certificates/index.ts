export { mintCertificate, type NewCertificate } from './certificate.ts';
export { newKeyPair, newSeed, parsePublicKey, publicKeyOf, publicLine, type SshPublicKey } from './keys.ts';
export { readCertificate, type SignedCertificate } from './read-certificate.ts';
export { writeRevocationList, type RevokedOf } from './revocation-list.ts';
