export { equalBytes, hmacSha256, sha256, wipe } from './digest.ts';
export { newDataKey, openEnvelope, rewrapKey, sealEnvelope, unwrapKey, wrapKey, type Envelope } from './envelope.ts';
export { keysOf, rootKeyOf, type Keys, type RootKey, type RootKeyProvider } from './keys.ts';
export { hashPassword, passwordIsDated, verifyPassword } from './password.ts';
export { rootKeyFile } from './root-key-file.ts';
export { keyIdOf, open, randomSecret, seal, SEAL_OVERHEAD, sealingKey, type SealingKey } from './seal.ts';
export { signingKey, verifySignature, type SigningKey } from './sign.ts';
export { base32, hashToken, newCode, newToken } from './token.ts';
