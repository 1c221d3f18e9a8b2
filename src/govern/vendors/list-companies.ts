import { sql, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';

interface Company {
  readonly employer: string;
  readonly people: number;
  readonly expected: number;
  readonly sponsors: readonly string[];
  readonly firstEnd: Date | null;
  readonly lastEnd: Date | null;
  readonly sessions: number;
  readonly lastSessionAt: Date | null;
}

/** Companies people from outside work for, with those of their people who have not left; of one sponsor where one is named. */
export const listCompanies = async (
  tx: Tx,
  input: { readonly sponsorId?: string | undefined; readonly cursor?: string | undefined; readonly limit: number },
) => {
  const after = readCursor(input.cursor, ['name'])?.[0] ?? null;
  const rows = await tx.many<Company>(sql`
    select coalesce(f.attributes ->> 'employer', '') as employer, count(*)::int as people,
           (count(*) filter (where f.state = 'pre_hire'))::int as expected,
           coalesce(array_agg(distinct o.display_name order by o.display_name) filter (where o.display_name is not null), '{}') as sponsors,
           min(f.contract_end) as first_end, max(f.contract_end) as last_end,
           coalesce(sum(u.open), 0)::int as sessions, max(u.last) as last_session_at
      from identity i
      join identity_facts f on f.identity_id = i.id and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
      left join identity_facts o on o.identity_id = f.owner_id and o.valid_from <= ${tx.now} and (o.valid_to is null or o.valid_to > ${tx.now})
      left join lateral (select count(*) filter (where ended_at is null) as open, max(started_at) as last
                           from access_use where identity_id = i.id) u on true
     where i.kind = 'vendor' and f.state <> 'leaver'
       and (${input.sponsorId ?? null}::uuid is null or f.owner_id = ${input.sponsorId ?? null})
       and (${after}::text is null or coalesce(f.attributes ->> 'employer', '') > ${after})
     group by 1 order by 1 limit ${input.limit + 1}`);
  return page(rows, input.limit, (row) => [row.employer]);
};
