import { z } from 'zod';
import { seal, type Keys, type SealingKey } from '#kit/crypto/index.ts';
import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Decision, Principal } from '#spine/decide/port.ts';
import type { Origin } from '#spine/operations/contract.ts';
import { wakeAfterCommit } from './appended.ts';
import { canonicalJson } from './canonical-json.ts';
import { entryText, SEALED_ADDRESS, sealedDigests, type Entry } from './entry.ts';
import type { EventType, NewEvent } from '../event-type.ts';
import { stampOf } from './stamp.ts';
import { sealingKeysFor } from './subject-keys.ts';
import { leafHash } from '../tree/hash.ts';

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
 * `audit.unwritable` (text the log cannot hold, for instance a NUL character).
 */
export async function appendEvent<E extends EventType>(tx: Tx, keys: Keys, happening: Happening<E>): Promise<string> {
  const [id] = await appendEvents(tx, keys, [happening as unknown as Happening]);
  return id as string;
}

/** Records many events with one insert, in the order given. See `appendEvent`. */
export async function appendEvents(tx: Tx, keys: Keys, happenings: readonly Happening[]): Promise<string[]> {
  if (happenings.length === 0) return [];
  const drafts = happenings.map((h) => draftOf(h));
  const subjects: string[] = [];
  for (const d of drafts) {
    if (d.personal.length > 0) subjects.push(d.subject as string);
    if (d.address !== undefined) subjects.push(d.happening.principal.id);
  }
  const sealing = subjects.length === 0 ? new Map<string, SealingKey>() : await sealingKeysFor(tx, keys, subjects);
  const rows = drafts.map((d) => rowOf(d, tx.now, sealing, keys));
  await tx.run(insertOf(rows));
  wakeAfterCommit(tx);
  return rows.map((row) => row.id);
}

interface Draft {
  readonly happening: Happening;
  readonly subject: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  readonly personal: readonly (readonly [name: string, value: unknown])[];
  /** Set where the asker is a person: then their address is personal too. */
  readonly address: string | undefined;
}

const schemas = new WeakMap<EventType, z.ZodType<Record<string, unknown>>>();

function schemaOf(event: EventType): z.ZodType<Record<string, unknown>> {
  let schema = schemas.get(event);
  if (schema === undefined) {
    schema = z.strictObject(Object.fromEntries(Object.entries(event.fields).map(([name, f]) => [name, f.schema])));
    schemas.set(event, schema);
  }
  return schema;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function draftOf(happening: Happening): Draft {
  const { event, subject, principal, origin } = happening;
  const parsed = schemaOf(event).safeParse(happening.data);
  if (!parsed.success) throw invalidEvent(event, parsed.error);
  const data: Record<string, unknown> = {};
  const personal: [string, unknown][] = [];
  for (const [name, value] of Object.entries(parsed.data)) {
    if (value === undefined) continue;
    if (event.fields[name]?.class === 'public') data[name] = value;
    else personal.push([name, value]);
  }
  if (personal.length > 0 && subject === undefined) {
    throw mistake('audit.subject_missing', `${event.type} has personal fields and names no subject to seal them under`);
  }
  const person = principal.kind === 'identity' && UUID.test(principal.id);
  return { happening, subject, data, personal, address: person ? origin.address : undefined };
}

interface Row extends Entry {
  readonly dataText: string;
  readonly sealedText: string;
  readonly leaf: Buffer;
  readonly stamp: Buffer;
}

function rowOf(draft: Draft, at: Date, sealing: ReadonlyMap<string, SealingKey>, keys: Keys): Row {
  const { happening: h, subject } = draft;
  const id = newId();
  const sealed: Record<string, string> = {};
  const put = (name: string, subjectId: string, value: unknown): void => {
    const key = sealing.get(subjectId);
    if (key === undefined) throw mistake('audit.subject_missing', `there is no key for subject ${subjectId}`);
    sealed[name] = seal(key, Buffer.from(canonicalJson(value)), sealContext(id, name, subjectId)).toString('base64');
  };
  for (const [name, value] of draft.personal) put(name, subject as string, value);
  if (draft.address !== undefined) put(SEALED_ADDRESS, h.principal.id, draft.address);
  const entry: Entry = {
    id,
    at,
    type: h.event.type,
    actorKind: h.principal.kind,
    actorId: h.principal.id,
    via: h.origin.via,
    signinId: h.origin.signinId ?? null,
    address: draft.address === undefined ? (h.origin.address ?? null) : null,
    subjectId: subject ?? null,
    trace: h.trace,
    decisionId: h.decision?.id ?? null,
    policies: h.decision?.policies ?? [],
    data: draft.data,
    sealed,
  };
  const dataText = canonicalJson(entry.data);
  const leaf = leafHash(entryText(entry, dataText, sealedDigests(sealed)));
  return { ...entry, dataText, sealedText: JSON.stringify(sealed), leaf, stamp: stampOf(keys, id, leaf) };
}

/** What ties a ciphertext to its field, its event and its subject. */
export const sealContext = (eventId: string, field: string, subjectId: string): string =>
  `audit_event/${eventId}/${field}/${subjectId}`;

function insertOf(rows: readonly Row[]): Sql {
  const values = rows.map(
    (r) => sql`(${r.id}, ${r.at}, ${r.type}, ${r.actorKind}, ${r.actorId}, ${r.via}, ${r.signinId}, ${r.address},
      ${r.subjectId}, ${r.trace}, ${r.decisionId}, ${sql.json(r.policies)}, ${r.dataText}, ${r.sealedText}, ${r.leaf}, ${r.stamp})`,
  );
  const statement = sql`
    insert into audit_event (id, at, type, actor_kind, actor_id, via, signin_id, address,
      subject_id, trace, decision_id, policies, data, sealed, leaf, stamp)
    values ${sql.join(values, sql`, `)}`;
  return rows.length === 1 ? sql.named('audit_append_one', statement) : statement;
}

function invalidEvent(event: EventType, error: z.ZodError): AppError {
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys') {
      return mistake(
        'audit.unclassified_field',
        `${event.type} declares no field ${issue.keys.join(', ')}, so it may not be recorded`,
      );
    }
  }
  const where = error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ');
  return mistake('audit.invalid_event', `${event.type} does not fit its own declaration (${where})`);
}

const mistake = (code: string, detail: string): AppError =>
  new AppError({ code, status: 500, detail, fix: 'this is a mistake in Reeve: report it with the code and the trace' });
