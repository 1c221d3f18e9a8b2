export { equalBytes, flowingSha256, mac, sha256 } from './digest.ts';
export { newDataKey, openEnvelope, rebindKey, sealEnvelope, unwrapKey } from './envelope.ts';
export { keysOf, rootKeyOf, type Keys } from './keys.ts';
export { newSshKey, sshPublicKey, toOpenSshKey } from './openssh-key.ts';
export { hashPassword, passwordIsDated, verifyPassword } from './password.ts';
export { rootKeyFile } from './root-key-file.ts';
export { open, randomSecret, seal, sealingKey, type SealingKey } from './seal.ts';
export { verifySignature, type SigningKey } from './sign.ts';
export { base32, hashToken, newToken } from './token.ts';
