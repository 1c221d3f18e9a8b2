import type { AuditEvent, InclusionProof } from './shapes/platform.ts';

/**
 * Checks that an event is in the signed log, in this browser, with nothing but the entry, its audit path, a signed
 * checkpoint and the log's public key. Hashing is RFC 6962 §2.1, the walk RFC 9162 §2.1.3.2, the checkpoint a C2SP
 * signed note (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), its signature Ed25519 (RFC 8032).
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

const utf8 = (text: string): Bytes => new TextEncoder().encode(text);
/** Empty for what is no base64: it then fits nothing. */
const fromBase64 = (text: string): Bytes => {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
};
const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

const sha256 = async (...parts: readonly Uint8Array[]): Promise<Bytes> => {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined));
};

/** Canonical JSON after RFC 8785: one value, one text. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
};

/** What the tree covers: the whole entry, with one digest where personal fields are sealed, so that erasing their key changes nothing. */
const leafOf = async ({ sealed, ...entry }: Readonly<Record<string, unknown>>): Promise<Bytes> => {
  const text = canonical(sealed ?? {});
  const covered = text === '{}' ? entry : { ...entry, sealed: toBase64(await sha256(utf8(text))) };
  return sha256(Uint8Array.of(0), utf8(canonical(covered)));
};

interface Walk {
  /** Where the path leads; undefined when it does not fit a tree of this size. */
  readonly root: Bytes | undefined;
  readonly steps: readonly ProofStep[];
}

const walk = async (leaf: Bytes, index: number, size: number, path: readonly string[]): Promise<Walk> => {
  const steps: ProofStep[] = [];
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return { root: undefined, steps };
  let at = BigInt(index);
  let last = BigInt(size) - 1n;
  let hash = leaf;
  for (const [level, text] of path.entries()) {
    if (last === 0n) return { root: undefined, steps };
    const sibling = fromBase64(text);
    const onLeft = at % 2n === 1n || at === last;
    hash = onLeft ? await sha256(Uint8Array.of(1), sibling, hash) : await sha256(Uint8Array.of(1), hash, sibling);
    const detail = `joined with its ${onLeft ? 'left' : 'right'} neighbour ${hex(sibling).slice(0, 12)}…`;
    steps.push({ title: `Level ${String(level + 1)}`, detail, hash: hex(hash), ok: true });
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

interface LogKey {
  readonly origin: string;
  readonly id: Bytes;
  readonly raw: Bytes;
}

/** `origin+keyid+base64(0x01 · key)`. Undefined when the id is not the key's own. */
const readKey = async (text: string): Promise<LogKey | undefined> => {
  const [origin = '', id = '', ...rest] = text.trim().split('+');
  const typed = fromBase64(rest.join('+'));
  const own = (await sha256(utf8(`${origin}\n`), typed)).slice(0, 4);
  return typed.length === 33 && typed[0] === 1 && hex(own) === id
    ? { origin, id: own, raw: typed.slice(1) }
    : undefined;
};

interface Head {
  readonly size: number;
  readonly root: Bytes;
  readonly at: string;
}

/** What the note says, and whether this key signed exactly that. */
const openNote = async (
  note: string,
  key: LogKey,
): Promise<{ readonly head: Head | undefined; readonly step: ProofStep }> => {
  const title = 'Checkpoint is signed';
  const cut = note.lastIndexOf('\n\n');
  const text = note.slice(0, cut + 1);
  const [origin, size = '', root = '', , at = ''] = text.split('\n');
  const head =
    origin === key.origin && /^\d+$/.test(size) ? { size: Number(size), root: fromBase64(root), at } : undefined;
  const prefix = `— ${key.origin} `;
  const signatures = note
    .slice(cut + 2)
    .split('\n')
    .filter((line) => line.startsWith(prefix))
    .map((line) => fromBase64(line.slice(prefix.length)))
    .filter((bytes) => bytes.length === 68 && same(bytes.slice(0, 4), key.id));
  const [signature] = signatures;
  if (cut === -1 || head === undefined || signature === undefined)
    return { head, step: { title, detail: `it carries no signature of ${key.origin} with this key`, ok: false } };
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey('raw', key.raw, { name: 'Ed25519' }, false, ['verify']);
  } catch {
    return {
      head,
      step: { title, detail: 'this browser cannot check Ed25519 signatures; use: reeve audit verify', ok: false },
    };
  }
  const ok = await crypto.subtle.verify({ name: 'Ed25519' }, imported, signature.slice(4), utf8(text));
  const detail = ok
    ? `by ${key.origin}, ${String(head.size)} entries, ${at}`
    : 'the signature is wrong: do not trust this copy of the log';
  return { head, step: { title, detail, ok } };
};

const entryStep = (event: Pick<AuditEvent, 'id' | 'type' | 'data'>, proof: InclusionProof, leaf: Bytes): ProofStep => {
  const { entry } = proof;
  const shown =
    entry['id'] === event.id && entry['type'] === event.type && canonical(entry['data']) === canonical(event.data);
  const hashed = same(leaf, fromBase64(proof.leaf));
  const detail = !shown
    ? 'the entry that was proved is not the one shown here'
    : hashed
      ? 'SHA-256 of the whole entry in canonical form'
      : 'the entry does not have the hash it was given';
  return { title: `Entry ${proof.seq.toLocaleString('en')}`, detail, hash: hex(leaf), ok: shown && hashed };
};

/**
 * Entry → leaf → root → signed checkpoint → key. `trusted` is the key this browser saw first; a log whose key changed
 * may be another log. Never throws for a wrong proof; throws where WebCrypto is missing (plain http).
 */
export const verifyProof = async (
  event: Pick<AuditEvent, 'id' | 'type' | 'data'>,
  proof: InclusionProof,
  keyText: string,
  trusted: string | undefined,
): Promise<ProofResult> => {
  const leaf = await leafOf(proof.entry);
  const steps: ProofStep[] = [entryStep(event, proof, leaf)];
  const key = await readKey(keyText);
  const { head, step } =
    key === undefined
      ? { head: undefined, step: { title: 'Checkpoint is signed', detail: 'the public key cannot be read', ok: false } }
      : await openNote(proof.checkpoint, key);
  const walked = await walk(leaf, proof.seq, head?.size ?? 0, proof.path);
  const fits = head !== undefined && walked.root !== undefined && same(walked.root, head.root);
  const detail = fits
    ? 'the path leads to the root in the checkpoint'
    : walked.root === undefined
      ? 'the path does not fit the tree that was signed'
      : `the path leads elsewhere: ${hex(walked.root).slice(0, 12)}…`;
  steps.push(
    ...walked.steps,
    { title: 'Root', detail, ...(head === undefined ? {} : { hash: hex(head.root) }), ok: fits },
    step,
  );
  steps.push(
    trusted === undefined || trusted === keyText
      ? {
          title: 'Key',
          detail:
            trusted === undefined
              ? 'seen for the first time by this browser, which now remembers it'
              : 'the one this browser has known',
          ok: true,
        }
      : { title: 'Key', detail: 'not the one this browser saw before: this may be another log', ok: false },
  );
  return { ok: steps.every((each) => each.ok), steps };
};
