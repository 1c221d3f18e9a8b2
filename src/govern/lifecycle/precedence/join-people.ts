import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { nowOf } from '#spine/graph/index.ts';
import type { JoinRule, PeopleSource } from '../sources/model.ts';

/**
 * Meets staged rows the source does not know yet with people who are here already, by its rules and by what a person
 * said of a case. One candidate for one row is that row's person. Several, two rows for one, somebody who has left, or
 * somebody the source knew under another key are for a person to decide: such a row is left out, and `feed_claim` has
 * who it may be. A source that does not decide who joins makes nobody of the rest.
 */
export async function joinPeople(tx: Tx, source: PeopleSource, many: boolean): Promise<void> {
  await takeDecided(tx, source.id);
  for (const rule of source.terms.join) await claim(tx, source.id, rule);
  if (source.terms.join.length > 0) {
    if (many) await tx.run(sql`analyze feed_claim`);
    await judgeClaims(tx, source);
  }
  if (!source.terms.lifecycle)
    await tx.run(sql`update feed_row r set skip = 'nobody' where r.skip is null and ${unmet}`);
}

const unmet: Sql = sql`not r.known and r.what is null`;

/**
 * A claim is taken without asking where it is the only one from both sides, no other row is that person, and a source
 * that decides does not bring back by it somebody who has left or whom it knew under another key. In a source that only
 * fills in, who is back under another key goes on with the record they had. One pass over all claims.
 */
async function judgeClaims(tx: Tx, source: PeopleSource): Promise<void> {
  await tx.run(sql`
    update feed_row r
       set identity_id = case when v.sure then v.identity_id else r.identity_id end,
           known = v.sure and v.was_known, what = case when v.sure then 'met' end,
           skip = case when not v.sure then 'ambiguous' end
      from (
        select c.external_id, c.identity_id, k.identity_id is not null as was_known,
               c.people = 1 and c.rows = 1 and o.identity_id is null
               and (${!source.terms.lifecycle}::boolean or k.identity_id is null and not c.gone) as sure
          from (
            select external_id, (array_agg(identity_id))[1] as identity_id, count(*) as people, max(rows) as rows, bool_or(gone) as gone
              from (select external_id, identity_id, bool_or(gone) as gone, count(*) over (partition by identity_id) as rows
                      from feed_claim group by external_id, identity_id) pair
             group by external_id) c
          left join source_record k on k.source_id = ${source.id} and k.identity_id = c.identity_id
          left join (select distinct identity_id from feed_row where known or what is not null) o on o.identity_id = c.identity_id) v
     where v.external_id = r.external_id and r.skip is null and ${unmet}`);
  await tx.run(sql`
    update source_record k set external_id = r.external_id
      from feed_row r
     where r.what = 'met' and r.known and k.source_id = ${source.id} and k.identity_id = r.identity_id
       and k.external_id <> r.external_id and not k.present`);
}

/** What a person said of a row before. Somebody who is back under another key goes on with the record they had. */
async function takeDecided(tx: Tx, sourceId: string): Promise<void> {
  await tx.run(sql`
    update source_record k set external_id = r.external_id
      from source_case c join feed_row r on r.external_id = c.external_id and not r.known
     where c.source_id = ${sourceId} and c.state = 'linked' and k.source_id = c.source_id
       and k.identity_id = c.identity_id and not k.present`);
  await tx.run(sql`
    update feed_row r
       set identity_id = c.identity_id, what = 'met',
           known = exists (select from source_record k where k.source_id = ${sourceId} and k.external_id = r.external_id)
      from source_case c
     where c.source_id = ${sourceId} and c.state = 'linked' and c.external_id = r.external_id and not r.known
       and not exists (select from source_record k where k.source_id = ${sourceId} and k.identity_id = c.identity_id
                          and k.external_id <> r.external_id)`);
}

/** People of whom one fact is that of a row. Who is in a row of this source under another key is somebody else; whom a delivery made that was taken back is nobody to meet. */
const claim = async (tx: Tx, sourceId: string, rule: JoinRule): Promise<number> =>
  await tx.run(sql`
    insert into feed_claim (external_id, identity_id, because, gone)
    select r.external_id, i.id, ${rule.fact}, f.state = 'leaver'
      from feed_row r join ${people(sourceId, rule.with, ofRow(rule.fact))}
      join identity i on i.id = ${nowOf(sql`m.identity_id`)} and i.kind in ('person', 'vendor')
      join identity_facts f on f.identity_id = i.id
       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
     where ${unmet} and r.skip is null and r.record->>'kind' in ('person', 'vendor')
       and not exists (select from source_record k where k.source_id = ${sourceId} and k.identity_id = i.id and k.present)
       and not exists (select from source_case c where c.source_id = ${sourceId} and c.external_id = r.external_id and c.state = 'nobody')
       and (not exists (select from source_taken_back t where t.identity_id = i.id)
            or exists (select from source_record k where k.identity_id = i.id))
    on conflict do nothing`);

function ofRow(fact: string): Sql {
  if (fact === 'externalId') return sql`r.external_id`;
  if (fact === 'email' || fact === 'username') return sql`lower(r.record->>${fact})`;
  return sql`r.record->'attributes'->>${fact}`;
}

function people(sourceId: string, fact: string, value: Sql): Sql {
  if (fact === 'externalId') return sql`source_record m on m.source_id <> ${sourceId} and m.external_id = ${value}`;
  const now = sql`m.valid_from <= reeve_now() and (m.valid_to is null or m.valid_to > reeve_now())`;
  if (fact === 'email') return sql`identity_facts m on ${now} and lower(m.email) = lower(${value})`;
  if (fact === 'username') return sql`identity_facts m on ${now} and lower(m.username) = lower(${value})`;
  return sql`identity_facts m on ${now} and m.attributes->>${fact} = ${value}`;
}

/** The username that will count of a row's person, where another source's goes before its own. */
export const takeRankedUsernames = async (tx: Tx, source: PeopleSource): Promise<number> =>
  await tx.run(sql`
    update feed_row r set username = lower(o.username)
      from (
        select distinct on (s.identity_id) s.identity_id, s.record->>'username' as username, ${rank} as rank, p.id
          from source_record s join people_source p on p.id = s.source_id
         where s.source_id <> ${source.id} and s.present and s.record->>'username' is not null
           and s.identity_id in (select identity_id from feed_row)
         order by s.identity_id, rank, p.id) o
     where o.identity_id = r.identity_id and r.skip is null
       and (r.username is null
            or (o.rank, o.id) < (select ${rank}, p.id from people_source p where p.id = ${source.id}))`);

const rank: Sql = sql`coalesce((p.terms->'ranks'->>'username')::int, (p.terms->>'rank')::int)`;

/** Rows left out because it is not known who they are, in order. */
export const unmatchedRows = async (
  tx: Tx,
): Promise<readonly { readonly row: number; readonly why: 'nobody' | 'ambiguous' }[]> =>
  await tx.many(
    sql`select row_number as row, skip as why from feed_row where skip in ('nobody', 'ambiguous') order by row_number`,
  );
