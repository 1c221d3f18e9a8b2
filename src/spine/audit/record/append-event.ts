import { seal, type Keys, type SealingKey } from '#kit/crypto/index.ts';
import { cannotWrite, DbError, mayRetry, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Decision, Principal } from '#spine/decide/port.ts';
import type { Origin } from '#spine/operations/contract.ts';
import type { EventType, NewEvent } from '../event-type.ts';
import { leafHashText } from '../tree/hash.ts';
import { wakeAfterCommit } from './appended.ts';
import { canonicalJson, canonicalText } from './canonical-json.ts';
import { entryText, SEALED_ADDRESS, sealContext, sealedFields, type Entry, type SealedFields } from './entry.ts';
import { formOf, mistake, type EventContent } from './event-form.ts';
import { insertRows, type Row } from './insert-rows.ts';
import { stampText } from './stamp.ts';
import { sealingKeysFor } from './subject-keys.ts';

/** An event and who did it, how they came in, and the decision that allowed it (absent for a refusal or Reeve's own upkeep). */
export interface Happening<E extends EventType = EventType> extends NewEvent<E> {
  readonly principal: Principal;
  readonly origin: Origin;
  readonly trace: string;
  readonly decision?: Decision | undefined;
}

/**
 * Records one event in the transaction of the change it tells of: it is there if and only if the change is.
 * Fields are checked against the event type; one that no type declares is refused, since unclassified means
 * secret. Personal fields are sealed under the subject's key. One insert.
 *
 * Throws `audit.unclassified_field`, `audit.invalid_event`, `audit.subject_missing` (mistakes of the caller) and
 * `audit.unwritable` (text the log cannot hold, for instance a NUL character). Throws `audit.not_recorded` where the
 * database does not take it: then nothing of the change may stay.
 */
export async function appendEvent<E extends EventType>(tx: Tx, keys: Keys, happening: Happening<E>): Promise<string> {
  const [id] = await appendEvents(tx, keys, [happening as unknown as Happening]);
  return id as string;
}

/** Records many events with one insert, in the order given. See `appendEvent`. */
export async function appendEvents(tx: Tx, keys: Keys, happenings: readonly Happening[]): Promise<string[]> {
  if (happenings.length === 0) return [];
  const drafts = happenings.map(draftOf);
  const holders = drafts.flatMap(holdersOf);
  const sealing = holders.length === 0 ? NO_KEYS : await sealingKeysFor(tx, keys, holders);
  const at = tx.now.toISOString();
  const rows = drafts.map((draft) => rowOf(draft, at, sealing, keys));
  await tx.run(insertRows(rows)).catch((error: unknown) => refuseUnrecorded(error));
  wakeAfterCommit(tx);
  return rows.map((row) => row.entry.id);
}

function refuseUnrecorded(error: unknown): never {
  if (!(error instanceof DbError) || mayRetry(error)) throw error;
  throw new AppError({
    code: 'audit.not_recorded',
    status: 503,
    detail: `this could not be recorded in the audit log (${cannotWrite(error) ?? 'the database refused the row'}), so it was not done`,
    fix: 'tell whoever looks after the database; it works again as soon as the log can be written',
    cause: error,
  });
}

const NO_KEYS: ReadonlyMap<string, SealingKey> = new Map();

interface Draft extends EventContent {
  readonly happening: Happening;
  /** Set where the asker is a person: then their address is personal too. */
  readonly address: string | undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function draftOf(happening: Happening): Draft {
  const { event, subject, principal, origin } = happening;
  const { data, personal } = formOf(event)(happening.data);
  if (personal.length > 0 && subject === undefined) {
    throw mistake('audit.subject_missing', `${event.type} has personal fields and names no subject to seal them under`);
  }
  const person = principal.kind === 'identity' && UUID.test(principal.id);
  return { happening, data, personal, address: person ? origin.address : undefined };
}

function holdersOf({ happening, personal, address }: Draft): string[] {
  const holders: string[] = [];
  if (personal.length > 0 && happening.subject !== undefined) holders.push(happening.subject);
  if (address !== undefined) holders.push(happening.principal.id);
  return holders;
}

function rowOf(draft: Draft, at: string, sealing: ReadonlyMap<string, SealingKey>, keys: Keys): Row {
  const { happening: h, address, data } = draft;
  const id = newId();
  const entry: Entry = {
    id,
    at,
    type: h.event.type,
    actorKind: h.principal.kind,
    actorId: h.principal.id,
    via: h.origin.via,
    signinId: h.origin.signinId ?? null,
    address: address === undefined ? (h.origin.address ?? null) : null,
    subjectId: h.subject ?? null,
    trace: h.trace,
    decisionId: h.decision?.id ?? null,
    policies: h.decision === undefined ? '[]' : canonicalJson(h.decision.policies),
    data,
    sealed: sealedOf(draft, id, sealing),
  };
  const leaf = leafHashText(entryText(entry));
  return { entry, proof: leaf + stampText(keys, id, leaf) };
}

function sealedOf(
  { happening, personal, address }: Draft,
  id: string,
  sealing: ReadonlyMap<string, SealingKey>,
): SealedFields {
  const from =
    address === undefined
      ? undefined
      : sealedAddress(keyOf(sealing, happening.principal.id), happening.principal.id, address);
  if (personal.length === 0) return from ?? NOTHING_SEALED;
  const fields: Record<string, string> = { ...from?.fields };
  for (const [name, value] of personal) {
    const holder = happening.subject as string;
    const box = seal(keyOf(sealing, holder), Buffer.from(canonicalJson(value)), sealContext(id, name, holder));
    fields[name] = box.toString('base64');
  }
  return sealedFields(fields);
}

const NOTHING_SEALED = sealedFields({});

function keyOf(sealing: ReadonlyMap<string, SealingKey>, holder: string): SealingKey {
  const key = sealing.get(holder);
  if (key === undefined) throw mistake('audit.subject_missing', `there is no key for subject ${holder}`);
  return key;
}

interface SealedAddress extends SealedFields {
  readonly fields: Record<string, string>;
}
const addresses = new WeakMap<SealingKey, Map<string, SealedAddress>>();
const ADDRESSES_KEPT = 16;

/**
 * Somebody's address, sealed once and used again while they act from there: a person's events come by the dozen
 * from one place, and that they do is in their sign-in's id already.
 */
function sealedAddress(key: SealingKey, actorId: string, address: string): SealedAddress {
  let known = addresses.get(key);
  if (known === undefined || known.size >= ADDRESSES_KEPT) {
    known = new Map();
    addresses.set(key, known);
  }
  let sealed = known.get(address);
  if (sealed === undefined) {
    const box = seal(key, Buffer.from(canonicalText(address)), sealContext('', SEALED_ADDRESS, actorId));
    const fields = { [SEALED_ADDRESS]: box.toString('base64') };
    sealed = { fields, ...sealedFields(fields) };
    known.set(address, sealed);
  }
  return sealed;
}
