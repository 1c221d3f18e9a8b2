import { sha256 } from '#kit/crypto/index.ts';
import { canonicalJson, canonicalText } from './canonical-json.ts';

/** One row of the log before it is written. Everything in it is public; personal fields are ciphertext. */
export interface Entry {
  readonly id: string;
  /** RFC 3339 in UTC, to the millisecond. */
  readonly at: string;
  readonly type: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly via: string;
  readonly signinId: string | null;
  readonly address: string | null;
  readonly subjectId: string | null;
  readonly trace: string;
  readonly decisionId: string | null;
  /** Canonical JSON of the ids of the policies that decided. */
  readonly policies: string;
  /** Canonical JSON of the public fields. */
  readonly data: string;
  readonly sealed: SealedFields;
}

export interface SealedFields {
  /** Canonical JSON of field name → ciphertext in base64. */
  readonly text: string;
  /** SHA-256 of the text in base64; undefined where nothing is sealed. */
  readonly digest: string | undefined;
}

/** The name under which an identity's own address is sealed, beside the event's fields. */
export const SEALED_ADDRESS = '@address';

/** What ties a ciphertext to its place: a field to its event and subject, an address to whoever acted from it. */
export const sealContext = (eventId: string, field: string, holderId: string): string =>
  field === SEALED_ADDRESS ? `audit_address/${holderId}` : `audit_event/${eventId}/${field}/${holderId}`;

const optional = (name: string, value: string | null): string =>
  value === null ? '' : `"${name}":${canonicalText(value)},`;

/** Sealed fields by name, as they are stored and as the tree covers them. */
export function sealedFields(fields: object): SealedFields {
  const text = canonicalJson(fields);
  return { text, digest: text === '{}' ? undefined : sha256(text).toString('base64') };
}

/**
 * The text an entry is hashed as: canonical JSON (see canonical-json.ts) of every column but xid, leaf and stamp,
 * with the sealed fields replaced by one digest of their ciphertext. Member names stand in sorted order;
 * `documentText` finds the same text again from what the database or an export holds.
 */
export function entryText(entry: Entry): string {
  const { digest } = entry.sealed;
  const decision =
    entry.decisionId === null
      ? ''
      : `"decision":{"id":${canonicalText(entry.decisionId)},"policies":${entry.policies}},`;
  return (
    `{"actor":{"id":${canonicalText(entry.actorId)},"kind":"${entry.actorKind}"},` +
    `"at":"${entry.at}","data":${entry.data},${decision}"id":"${entry.id}",` +
    `"origin":{${optional('address', entry.address)}${optional('signin', entry.signinId)}"via":${canonicalText(entry.via)}},` +
    `${digest === undefined ? '' : `"sealed":"${digest}",`}${optional('subject', entry.subjectId)}` +
    `"trace":${canonicalText(entry.trace)},"type":${canonicalText(entry.type)},"v":1}`
  );
}

/**
 * The text a document (an entry as it is exported and proved) is hashed as. Whatever member somebody adds, drops or
 * changes changes this text. Throws for what is no document.
 */
export function documentText(document: unknown): string {
  if (typeof document !== 'object' || document === null) throw new TypeError('an entry is an object');
  const sealed: unknown = Reflect.get(document, 'sealed');
  if (typeof sealed !== 'object' || sealed === null) throw new TypeError('an entry has sealed fields, if only none');
  return canonicalJson({ ...document, sealed: sealedFields(sealed).digest });
}
