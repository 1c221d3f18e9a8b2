import type { InclusionProof } from './shapes/platform.ts';

/**
 * Checks that an event is in the log, in this browser and with nothing but the event's bytes, the audit path and a signed
 * checkpoint. Hashing is RFC 6962 §2.1, the walk is RFC 9162 §2.1.3.2; the signature is Ed25519 (RFC 8032).
 */
export interface ProofStep {
  readonly title: string;
  readonly detail: string;
  readonly hash?: string;
  readonly ok: boolean;
}

export interface ProofResult {
  readonly ok: boolean;
  readonly steps: readonly ProofStep[];
}

type Bytes = Uint8Array<ArrayBuffer>;

export const fromBase64 = (text: string): Bytes => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const sha256 = async (...parts: readonly Uint8Array[]): Promise<Bytes> => {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined));
};

const leafMark = Uint8Array.of(0);
const nodeMark = Uint8Array.of(1);
export const leafHash = (leaf: Uint8Array): Promise<Bytes> => sha256(leafMark, leaf);
export const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(nodeMark, left, right);

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** The root that leaf and path lead to, with every step of the walk; undefined when the path does not fit the tree's shape. */
const walk = async (proof: InclusionProof, leaf: Bytes): Promise<{ root: Bytes | undefined; steps: ProofStep[] }> => {
  const steps: ProofStep[] = [];
  const { size } = proof.checkpoint;
  if (!Number.isSafeInteger(proof.index) || proof.index < 0 || proof.index >= size) return { root: undefined, steps };
  let at = BigInt(proof.index);
  let last = BigInt(size) - 1n;
  let hash = leaf;
  for (const [level, text] of proof.path.entries()) {
    if (last === 0n) return { root: undefined, steps };
    const sibling = fromBase64(text);
    const onLeft = at % 2n === 1n || at === last;
    hash = onLeft ? await nodeHash(sibling, hash) : await nodeHash(hash, sibling);
    steps.push({
      title: `Level ${String(level + 1)}`,
      detail: `joined with its ${onLeft ? 'left' : 'right'} neighbour ${hex(sibling).slice(0, 12)}…`,
      hash: hex(hash),
      ok: true,
    });
    if (onLeft)
      while (at % 2n === 0n && at !== 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    at >>= 1n;
    last >>= 1n;
  }
  return { root: last === 0n ? hash : undefined, steps };
};

const checkSignature = async (checkpoint: InclusionProof['checkpoint']): Promise<ProofStep> => {
  const title = 'Checkpoint is signed';
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey('raw', fromBase64(checkpoint.publicKey), { name: 'Ed25519' }, false, [
      'verify',
    ]);
  } catch {
    return { title, detail: 'this browser cannot check Ed25519 signatures; check with: reeve audit verify', ok: false };
  }
  const ok = await crypto.subtle.verify(
    { name: 'Ed25519' },
    key,
    fromBase64(checkpoint.signature),
    fromBase64(checkpoint.signed),
  );
  return {
    title,
    detail: ok
      ? `by key ${checkpoint.keyId}`
      : `the signature does not fit key ${checkpoint.keyId}: do not trust this copy of the log`,
    ok,
  };
};

/** The signed text must speak of the very tree we walked: size and root are read from it, not from beside it. */
const checkNote = (checkpoint: InclusionProof['checkpoint']): ProofStep => {
  const lines = new TextDecoder().decode(fromBase64(checkpoint.signed)).split('\n');
  const ok = lines[1] === String(checkpoint.size) && lines[2] === checkpoint.root;
  return {
    title: 'Signed text names this tree',
    detail: ok
      ? `${lines[0] ?? ''}, ${String(checkpoint.size)} entries`
      : 'size or root in the signed text differ from what was sent beside it',
    ok,
  };
};

/** Leaf → root → signed checkpoint. Never throws for a wrong proof; throws where WebCrypto is missing (plain http). */
export const verifyProof = async (proof: InclusionProof): Promise<ProofResult> => {
  const leaf = await leafHash(fromBase64(proof.leaf));
  const steps: ProofStep[] = [
    {
      title: `Entry ${proof.index.toLocaleString('en')}`,
      detail: 'SHA-256 of the stored bytes of this event',
      hash: hex(leaf),
      ok: true,
    },
  ];
  const walked = await walk(proof, leaf);
  steps.push(...walked.steps);
  const expected = fromBase64(proof.checkpoint.root);
  const fits = walked.root !== undefined && same(walked.root, expected);
  steps.push({
    title: 'Root',
    detail: fits
      ? 'the path leads to the root in the checkpoint'
      : walked.root === undefined
        ? 'the path does not fit a tree of this size'
        : `the path leads elsewhere: ${hex(walked.root).slice(0, 12)}…`,
    hash: hex(expected),
    ok: fits,
  });
  steps.push(checkNote(proof.checkpoint), await checkSignature(proof.checkpoint));
  return { ok: steps.every((step) => step.ok), steps };
};
