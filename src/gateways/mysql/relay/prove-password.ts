import { cachingSha2Proof, ed25519Signature, nativeProof } from '#kit/mysql-proofs/index.ts';

/** Ways to prove a password that show nobody what it is. */
const WAYS: ReadonlyMap<string, (question: Buffer, password: Uint8Array) => Buffer> = new Map([
  ['mysql_native_password', nativeProof],
  ['caching_sha2_password', cachingSha2Proof],
  ['client_ed25519', ed25519Signature],
]);

/** The answer to a target's question by the way it names; undefined for a way that is not gone: the password itself, say. */
export const provePassword = (way: string, question: Buffer, password: Buffer): Buffer | undefined =>
  WAYS.get(way)?.(question, password);
