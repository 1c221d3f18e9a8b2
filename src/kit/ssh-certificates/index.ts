export { mintCertificate, type NewCertificate } from './certificate.ts';
export { newKeyPair, newSeed, parsePublicKey, publicKeyOf, publicLine, type SshPublicKey } from './keys.ts';
export { writeRevocationList, type RevokedOf } from './revocation-list.ts';
export { verifyMessage } from './verify-message.ts';
