import { sha256 } from '#kit/crypto/index.ts';
import { canonicalJson, canonicalText } from './canonical-json.ts';

/** One line of the log as the tree covers it. Everything here is public; sealed fields count by their ciphertext. */
export interface Entry {
  readonly id: string;
  readonly at: Date;
  readonly type: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly via: string;
  readonly signinId: string | null;
  readonly address: string | null;
  readonly subjectId: string | null;
  readonly trace: string;
  readonly decisionId: string | null;
  readonly policies: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
  /** Field name → ciphertext in base64. */
  readonly sealed: Readonly<Record<string, string>>;
}

/** The name under which an identity's own address is sealed, beside the event's fields. */
export const SEALED_ADDRESS = '@address';

const optional = (name: string, value: string | null): string =>
  value === null ? '' : `"${name}":${canonicalText(value)},`;

/**
 * The text an entry is hashed as: canonical JSON (see canonical-json.ts) of every public column, with each sealed
 * field replaced by the digest of its ciphertext. Member names are written here in sorted order.
 * `dataText` and `sealedText` are canonical already where the caller has them at hand.
 */
export function entryText(
  entry: Entry,
  dataText = canonicalJson(entry.data),
  sealedText = sealedDigests(entry.sealed),
): string {
  const decision =
    entry.decisionId === null
      ? ''
      : `"decision":{"id":${canonicalText(entry.decisionId)},"policies":${canonicalJson(entry.policies)}},`;
  return (
    `{"actor":{"id":${canonicalText(entry.actorId)},"kind":${canonicalText(entry.actorKind)}},` +
    `"at":"${entry.at.toISOString()}","data":${dataText},${decision}"id":"${entry.id}",` +
    `"origin":{${optional('address', entry.address)}${optional('signin', entry.signinId)}"via":${canonicalText(entry.via)}},` +
    `"sealed":${sealedText},${optional('subject', entry.subjectId)}` +
    `"trace":${canonicalText(entry.trace)},"type":${canonicalText(entry.type)},"v":1}`
  );
}

/** The canonical text of the sealed fields' digests: SHA-256 of each ciphertext's base64 text, itself in base64. */
export function sealedDigests(sealed: Readonly<Record<string, string>>): string {
  const digests: Record<string, string> = {};
  for (const [name, ciphertext] of Object.entries(sealed)) digests[name] = sha256(ciphertext).toString('base64');
  return canonicalJson(digests);
}
