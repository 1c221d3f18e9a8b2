import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { FeedProblem } from '../feed/model.ts';
import { leaveAside } from '../precedence/leave-aside.ts';
import { unmatchedRows, joinPeople, takeRankedUsernames } from '../precedence/join-people.ts';
import { standsBesideOthers } from '../precedence/read-said.ts';
import { nowOf } from '#spine/graph/index.ts';
import type { PeopleSource } from '../sources/model.ts';
import { findSource } from '../sources/store.ts';

/** What could not be matched, by row. */
export interface Unmatched {
  readonly skipped: number;
  readonly unknownManagers: number;
  /** Left out because it is not known who they are. */
  readonly unmatched: number;
  readonly problems: readonly FeedProblem[];
}

/** A chain of people who each want the next one's username is followed this far; the rest is met when it is applied. */
const PASSES = 50;
/** Problems of each kind named at most. */
const NAMED = 20;

/**
 * Matches staged rows, as sets: with people who are here without a source (the first administrator), with people other
 * sources know, with usernames that are taken, with managers. A row whose username is somebody else's is skipped: taking it over would hand one
 * person another's accounts. `settle` may mend what was skipped before managers are looked for.
 */
export async function matchRows(tx: Tx, source: PeopleSource, settle?: (tx: Tx) => Promise<void>): Promise<Unmatched> {
  // A push is a few rows, for which the planner needs no counting.
  if (settle === undefined) await tx.run(sql`analyze feed_row`);
  await leaveAside(tx, source.id, settle === undefined);
  await adoptPeople(tx, source.id);
  const several = await standsBesideOthers(tx, source);
  if (several) {
    await joinPeople(tx, source, settle === undefined);
    await takeRankedUsernames(tx, source);
  }
  await markTakenUsernames(tx);
  await settle?.(tx);
  const taken = await skippedRows(tx);
  const unknown = await matchManagers(tx, source, settle === undefined);
  const unmatched = several ? await unmatchedRows(tx) : [];
  return {
    skipped: taken.length,
    unknownManagers: unknown.length,
    unmatched: unmatched.length,
    problems: [
      ...taken.slice(0, NAMED).map((row) => ({
        code: 'row.username_taken',
        detail: `row ${row}: the username belongs to somebody else`,
        row,
        fix: "usernames are never used again, also not a leaver's; give this person another",
      })),
      ...unknown.slice(0, NAMED).map((row) => ({
        code: 'row.unknown_manager',
        detail: `row ${row}: the manager is in no row; taken without one`,
        row,
      })),
      ...unmatched.slice(0, NAMED).map(({ row, why }) => ({
        code: `row.${why}`,
        detail: `row ${row}: ${UNMATCHED[why].detail}`,
        row,
        fix: UNMATCHED[why].fix,
      })),
    ],
  };
}

const UNMATCHED = {
  nobody: {
    detail: 'is nobody another source knows, and this source makes nobody',
    fix: 'it is taken once they come; the rules of the source say how its rows are met with people',
  },
  ambiguous: {
    detail: 'it is not clear which person this is; left out until somebody says it',
    fix: 'see reeve sources cases',
  },
} as const;

/**
 * Somebody who is here already and has no record of any source that decides is the person of a new row when the username and one
 * more fact say so: the mail address, or the name where no address is known.
 */
const adoptPeople = async (tx: Tx, sourceId: string): Promise<number> =>
  await tx.run(sql`
    update feed_row r set identity_id = f.identity_id, what = 'adopt'
      from identity_facts f join identity i on i.id = f.identity_id
     where not r.known and r.skip is null and r.username is not null and lower(f.username) = r.username
       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
       and i.kind in ('person', 'vendor') and i.kind = r.record->>'kind' and ${nowOf(sql`f.identity_id`)} = f.identity_id
       and (lower(f.email) = lower(r.record->>'email')
            or f.email is null and lower(f.display_name) = lower(r.record->>'displayName'))
       and not exists (select from source_record s join people_source p on p.id = s.source_id
                        where s.identity_id = f.identity_id and (s.source_id = ${sourceId} or (p.terms->>'lifecycle')::boolean))`);

/** Marks rows that claim a username another row or another identity has. */
async function markTakenUsernames(tx: Tx): Promise<void> {
  await tx.run(sql`
    update feed_row r set skip = 'username_taken'
      from (select username from feed_row where username is not null and skip is null
             group by username having count(*) > 1) twice
     where r.username = twice.username and r.skip is null`);
  // Who is left out keeps the username they have, which may be the one another row counted on: hence again.
  for (let pass = 0; pass < PASSES && (await skipHeldUsernames(tx)) > 0; pass += 1);
}

async function skippedRows(tx: Tx): Promise<number[]> {
  const rows = await tx.many<{ rowNumber: number }>(
    sql`select row_number from feed_row where skip = 'username_taken' order by row_number`,
  );
  return rows.map((r) => r.rowNumber);
}

const skipHeldUsernames = async (tx: Tx): Promise<number> =>
  await tx.run(sql`
    update feed_row r set skip = 'username_taken'
      from identity_facts f
     where r.skip is null and lower(f.username) = r.username and f.identity_id <> r.identity_id
       and ${nowOf(sql`f.identity_id`)} <> r.identity_id
       and (f.valid_to is null or f.valid_to > ${tx.now})
       and not exists (select from feed_row o
                        where o.identity_id = f.identity_id and o.known and o.skip is null
                          and o.username is distinct from lower(f.username))`);

/** Whoever may be named as a manager, by key: those of this source, in the delivery or before. */
const ownKeys = (sourceId: string): Sql => sql`
  select external_id, identity_id from feed_row where skip is null or known
  union all
  select s.external_id, s.identity_id from source_record s
   where s.source_id = ${sourceId} and not exists (select from feed_row o where o.external_id = s.external_id)
  union all
  select a.external_id, a.identity_id from source_aside a where a.source_id = ${sourceId}`;

/** The same of another source, which is not being delivered, where one person of it is called so. */
function namesElsewhere(sourceId: string, fact: string): Sql {
  const called =
    fact === 'externalId'
      ? sql`s.external_id`
      : fact === 'email' || fact === 'username'
        ? sql`lower(s.record->>${fact})`
        : sql`s.record->'attributes'->>${fact}`;
  return sql`
    select called as external_id, (array_agg(identity_id))[1] as identity_id
      from (select ${called} as called, ${nowOf(sql`s.identity_id`)} as identity_id from source_record s
             where s.source_id = ${sourceId} and s.present) named
     where called is not null group by called having count(distinct identity_id) = 1`;
}

/**
 * Resolves managers by their key, in whatever order the rows come, into a table beside the staged rows, which are
 * wide. Returns the rows whose manager is nobody known.
 */
async function matchManagers(tx: Tx, source: PeopleSource, many: boolean): Promise<number[]> {
  const { managerIn } = source.mapping;
  const other = managerIn === null ? undefined : await findSource(tx, managerIn.source);
  const people = managerIn === null ? ownKeys(source.id) : namesElsewhere(other?.id ?? source.id, managerIn.fact);
  const folded = managerIn?.fact === 'email' || managerIn?.fact === 'username';
  await tx.run(sql`
    insert into feed_manager (identity_id, manager_id)
    select r.identity_id, m.identity_id
      from feed_row r
      join (${people}) m on m.external_id = ${folded ? sql`lower(r.manager)` : sql`r.manager`}
     where r.skip is null and m.identity_id <> r.identity_id`);
  if (many) await tx.run(sql`analyze feed_manager`);
  const rows = await tx.many<{ rowNumber: number }>(sql`
    select r.row_number from feed_row r
     where r.manager is not null and r.skip is null
       and not exists (select from feed_manager m where m.identity_id = r.identity_id)
       and not exists (select from feed_row o where o.external_id = r.manager and o.skip in ('nobody', 'ambiguous'))
     order by r.row_number`);
  return rows.map((r) => r.rowNumber);
}
