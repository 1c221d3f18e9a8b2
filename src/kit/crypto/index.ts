export { readAwsCredentials } from './aws-credentials.ts';
export { equalBytes, flowingSha256, mac, sha256, sha256Text, wipe } from './digest.ts';
export {
  envelopeKey,
  newDataKey,
  openEnvelope,
  rebindKey,
  rewrapKey,
  sealEnvelope,
  unwrapKey,
  type EnvelopeContext,
} from './envelope.ts';
export { keysOf, rootKeyOf, type Keys } from './keys.ts';
export { ed25519Of, newSshKey, sshPublicKey, toOpenSshKey } from './openssh-key.ts';
export { hashPassword, passwordIsDated, verifyPassword } from './password.ts';
export { readKeyFile } from './root-key-file.ts';
export { rootKeyInMemory } from './root-keys/in-memory.ts';
export { makeKmsKey, openKmsKey, type KmsSettings } from './root-keys/aws-kms.ts';
export { makeTokenKey, openTokenKey } from './root-keys/pkcs11.ts';
export type { RootKeyInReach, RootKeyPlace } from './root-keys/root-key.ts';
export { joinKey, placeOfShare, readShare, splitKey } from './root-keys/shares.ts';
export type { TokenSettings } from './root-keys/token-settings.ts';
export {
  boxOf,
  open,
  openBox,
  randomSecret,
  reseal,
  seal,
  sealingKey,
  type SealedBox,
  type SealingKey,
} from './seal.ts';
export { sealSplit } from './seal-split.ts';
export { selfSigned } from './self-signed.ts';
export { readTlsPem, type TlsKey } from './tls-key.ts';
export { amzDate, signAws, type AwsCredentials } from './sign-aws.ts';
export { verifySignature, type SigningKey } from './sign.ts';
export { base32, hashToken, newToken } from './token.ts';
