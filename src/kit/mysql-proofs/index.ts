export {
  cachingSha2Proof,
  ed25519Signature,
  nativeProof,
  nobodysForm,
  storedForm,
  type PasswordMethod,
} from './proofs.ts';
