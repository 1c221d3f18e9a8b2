import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { IdentityFacts, IdentityKind, NewIdentityFacts } from '../model.ts';
import { changedFacts, type FactSlice } from './slice-facts.ts';

/** Rows a statement takes at a time: large enough to be set-based, small enough for PostgreSQL's jsonb limits. */
export const CHUNK = 5000;

export const chunks = <T>(rows: readonly T[], size = CHUNK): T[][] =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));

/** A new identity's facts with every gap filled. */
export const completeFacts = (given: NewIdentityFacts): IdentityFacts => ({
  displayName: given.displayName,
  email: given.email ?? null,
  username: given.username ?? null,
  state: given.state ?? 'active',
  department: given.department ?? null,
  jobTitle: given.jobTitle ?? null,
  orgUnit: given.orgUnit ?? null,
  managerId: given.managerId ?? null,
  ownerId: given.ownerId ?? null,
  contractEnd: given.contractEnd ?? null,
  attributes: given.attributes ?? {},
});

export const insertIdentities = async (
  tx: Tx,
  rows: readonly { readonly id: string; readonly kind: IdentityKind }[],
): Promise<void> => {
  for (const chunk of chunks(rows)) {
    await tx.run(sql`
      insert into identity (id, kind)
      select * from unnest(${sql.array(chunk.map((r) => r.id))}::uuid[], ${sql.array(chunk.map((r) => r.kind))}::text[])
      on conflict (id) do nothing`);
  }
};

export interface SliceRow extends FactSlice {
  readonly identityId: string;
}

const texts = (rows: readonly SliceRow[], value: (slice: SliceRow) => string | Date | null): string =>
  sql.array(rows.map(value));

/** The slices as a set of rows named `r` in SQL. */
const sliceSet = (rows: readonly SliceRow[]): Sql => sql`
  rows from (
    unnest(${texts(rows, (s) => s.identityId)}::uuid[], ${texts(rows, (s) => s.facts.displayName)}::text[],
      ${texts(rows, (s) => s.facts.email)}::text[], ${texts(rows, (s) => s.facts.username)}::text[],
      ${texts(rows, (s) => s.facts.state)}::text[], ${texts(rows, (s) => s.facts.department)}::text[],
      ${texts(rows, (s) => s.facts.jobTitle)}::text[], ${texts(rows, (s) => s.facts.orgUnit)}::text[],
      ${texts(rows, (s) => s.facts.managerId)}::uuid[], ${texts(rows, (s) => s.facts.ownerId)}::uuid[],
      ${texts(rows, (s) => s.facts.contractEnd)}::timestamptz[], ${texts(rows, (s) => s.validFrom)}::timestamptz[],
      ${texts(rows, (s) => s.validTo)}::timestamptz[]),
    jsonb_array_elements(${sql.json(rows.map((s) => s.facts.attributes))}::jsonb)
  ) as r(identity_id, display_name, email, username, state, department, job_title, org_unit, manager_id, owner_id,
         contract_end, valid_from, valid_to, attributes)`;

export const insertSlices = async (tx: Tx, rows: readonly SliceRow[]): Promise<void> => {
  for (const chunk of chunks(rows)) {
    await tx.run(sql`
      insert into identity_facts (identity_id, display_name, email, username, state, department, job_title, org_unit,
        manager_id, owner_id, contract_end, attributes, valid_from, valid_to)
      select identity_id, display_name, email, username, state, department, job_title, org_unit,
        manager_id, owner_id, contract_end, attributes, valid_from, valid_to
        from ${sliceSet(chunk)}`);
  }
};

type FactsRow = IdentityFacts & {
  readonly identityId: string;
  readonly validFrom: Date;
  readonly validTo: Date | null;
};

/** Holds these identities against other writers until the transaction ends. */
export const lockIdentities = async (tx: Tx, ids: readonly string[]): Promise<void> => {
  for (const chunk of chunks(ids))
    await tx.run(sql`select id from identity where id = any(${chunk}::uuid[]) order by id for no key update`);
};

/** All slices of these identities, oldest first. */
export async function readSlices(tx: Tx, ids: readonly string[]): Promise<Map<string, SliceRow[]>> {
  const byIdentity = new Map<string, SliceRow[]>();
  if (ids.length === 0) return byIdentity;
  const rows = await tx.many<FactsRow>(sql`
    select identity_id, display_name, email, username, state, department, job_title, org_unit, manager_id, owner_id,
           contract_end, attributes, valid_from, valid_to
      from identity_facts where identity_id = any(${ids}::uuid[]) order by identity_id, valid_from`);
  for (const { identityId, validFrom, validTo, ...facts } of rows) {
    const list = byIdentity.get(identityId) ?? [];
    list.push({ identityId, facts, validFrom, validTo });
    byIdentity.set(identityId, list);
  }
  return byIdentity;
}

/**
 * Checks the rules against overlap once, after all of `work`, so that slices may be rewritten in any order and two
 * people may swap usernames.
 */
export async function overlapCheckedAtEnd<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await tx.run(sql`set constraints identity_facts_do_not_overlap, username_is_one_identitys_at_a_time deferred`);
  const done = await work();
  await tx.run(sql`set constraints identity_facts_do_not_overlap, username_is_one_identitys_at_a_time immediate`);
  return done;
}

/**
 * Makes the slices of the identities in `before` and `after` what `after` says, writing only what differs. Called
 * within `overlapCheckedAtEnd`. The trigger keeps every row as it was in the history.
 */
export async function replaceSlices(tx: Tx, before: readonly SliceRow[], after: readonly SliceRow[]): Promise<void> {
  const key = (s: SliceRow): string => `${s.identityId} ${s.validFrom.getTime()}`;
  const old = new Map(before.map((s) => [key(s), s]));
  const wanted = new Set(after.map(key));
  const gone = before.filter((s) => !wanted.has(key(s)));
  const come = after.filter((s) => !old.has(key(s)));
  const changed = after.filter((s) => {
    const was = old.get(key(s));
    if (was === undefined) return false;
    return was.validTo?.getTime() !== s.validTo?.getTime() || changedFacts(was.facts, s.facts).length > 0;
  });
  for (const chunk of chunks(gone)) {
    await tx.run(sql`
      delete from identity_facts f using ${sliceSet(chunk)}
       where f.identity_id = r.identity_id and f.valid_from = r.valid_from`);
  }
  for (const chunk of chunks(changed)) {
    await tx.run(sql`
      update identity_facts f
         set display_name = r.display_name, email = r.email, username = r.username, state = r.state,
             department = r.department, job_title = r.job_title, org_unit = r.org_unit, manager_id = r.manager_id,
             owner_id = r.owner_id, contract_end = r.contract_end, attributes = r.attributes, valid_to = r.valid_to
        from ${sliceSet(chunk)}
       where f.identity_id = r.identity_id and f.valid_from = r.valid_from`);
  }
  await insertSlices(tx, come);
}
