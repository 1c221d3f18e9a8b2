import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { IdentityState } from '#spine/graph/index.ts';
import type { FeedRecord } from '../feed/model.ts';
import type { PeopleSource, SourceTerms } from '../sources/model.ts';
import type { Said } from './merge-records.ts';

interface SaidRow extends Said {
  readonly identityId: string;
}

async function read(
  tx: Tx,
  identityIds: readonly string[],
  which: Sql,
  table: 'source_record' | 'source_aside' = 'source_record',
): Promise<Map<string, Said[]>> {
  const byIdentity = new Map<string, Said[]>();
  if (identityIds.length === 0) return byIdentity;
  const rows = await tx.many<SaidRow>(sql`
    select s.identity_id, s.source_id, p.name as source_name, s.external_id, p.terms, p.time_zone, s.record, s.present,
           m.identity_id as manager_id, f.state as manager_state
      from ${sql.id(table)} s join people_source p on p.id = s.source_id
      left join lateral (
        select identity_id from source_record
         where source_id = s.source_id and external_id = s.record->>'managerExternalId' and identity_id <> s.identity_id
        union all
        select identity_id from source_aside
         where source_id = s.source_id and external_id = s.record->>'managerExternalId' and identity_id <> s.identity_id
        limit 1) m on true
      left join identity_facts f on f.identity_id = m.identity_id
       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
     where s.identity_id = any(${[...identityIds]}::uuid[]) and ${which}`);
  for (const { identityId, ...said } of rows) {
    const list = byIdentity.get(identityId) ?? [];
    list.push(said);
    byIdentity.set(identityId, list);
  }
  return byIdentity;
}

/** What all sources say of these people, by identity. */
export const readSaid = (tx: Tx, identityIds: readonly string[]): Promise<Map<string, Said[]>> =>
  read(tx, identityIds, sql`true`);

/** What second rows of a source say of these people, which are put aside, by identity. */
export const readAside = (tx: Tx, identityIds: readonly string[]): Promise<Map<string, Said[]>> =>
  read(tx, identityIds, sql`true`, 'source_aside');

/** What other sources say of these people, by identity. */
export const readOthers = (tx: Tx, sourceId: string, identityIds: readonly string[]): Promise<Map<string, Said[]>> =>
  read(tx, identityIds, sql`s.source_id <> ${sourceId}`);

/** Whether what a source says has to be held against others. A source that is alone and decides all is spared it. */
export async function standsBesideOthers(tx: Tx, source: Pick<PeopleSource, 'id' | 'terms'>): Promise<boolean> {
  if (!source.terms.lifecycle) return true;
  const { others } = await tx.one<{ others: boolean }>(
    sql`select exists (select from people_source where id <> ${source.id}) as others`,
  );
  return others;
}

/** What a source says by the row it delivers now, or by delivering none. */
export const saidNow = (
  source: { readonly id: string; readonly name: string; readonly terms: SourceTerms; readonly timeZone: string },
  row: {
    readonly externalId: string;
    readonly record: FeedRecord | null;
    readonly managerId: string | null;
    readonly managerState: IdentityState | null;
  },
): Said => ({
  sourceId: source.id,
  sourceName: source.name,
  externalId: row.externalId,
  terms: source.terms,
  timeZone: source.timeZone,
  record: row.record ?? NO_RECORD,
  managerId: row.managerId,
  managerState: row.managerState,
  present: row.record !== null,
});

/** Stands for a row that is not there; `present` is false beside it, so that nothing of it is read. */
const NO_RECORD: FeedRecord = {
  externalId: '',
  kind: 'person',
  displayName: '',
  email: null,
  username: null,
  department: null,
  orgUnit: null,
  jobTitle: null,
  managerExternalId: null,
  status: 'leaver',
  startsOn: null,
  endsOn: null,
  attributes: {},
};
