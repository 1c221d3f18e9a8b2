import { sql, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import { accessHoursOf, openingsOf } from '#spine/calendars/index.ts';

interface Vendor {
  readonly id: string;
  readonly name: string;
  readonly username: string | null;
  readonly employer: string | null;
  readonly state: 'pre_hire' | 'active' | 'leave' | 'suspended';
  readonly sponsorId: string | null;
  readonly sponsorName: string | null;
  readonly until: Date | null;
  readonly grants: number;
  readonly sessions: number;
  readonly waiting: number;
  readonly lastSessionAt: Date | null;
}

/**
 * People from outside who have not left, with what they have and wait for and when they may come in; of one sponsor or one
 * company where one is named.
 */
export const listVendors = async (
  tx: Tx,
  input: {
    readonly sponsorId?: string | undefined;
    readonly employer?: string | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
) => {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<Vendor>(sql`
    select i.id, f.display_name as name, f.username, f.attributes ->> 'employer' as employer, f.state, f.owner_id as sponsor_id,
           o.display_name as sponsor_name, f.contract_end as until,
           (select count(*)::int from access_grant g where g.identity_id = i.id and g.ended_because is null
              and g.valid_from <= ${tx.now} and (g.valid_to is null or g.valid_to > ${tx.now})) as grants,
           (select count(*)::int from access_use u where u.identity_id = i.id and u.ended_at is null) as sessions,
           (select count(*)::int from request_line l where l.beneficiary_id = i.id and l.state in ('pending', 'scheduled')) as waiting,
           (select max(u.started_at) from access_use u where u.identity_id = i.id) as last_session_at
      from identity i
      join identity_facts f on f.identity_id = i.id and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
      left join identity_facts o on o.identity_id = f.owner_id and o.valid_from <= ${tx.now} and (o.valid_to is null or o.valid_to > ${tx.now})
     where i.kind = 'vendor' and f.state <> 'leaver'
       and (${input.sponsorId ?? null}::uuid is null or f.owner_id = ${input.sponsorId ?? null})
       and (${input.employer ?? null}::text is null or coalesce(f.attributes ->> 'employer', '') = ${input.employer ?? null})
       and (${after}::uuid is null or i.id > ${after}) order by i.id limit ${input.limit + 1}`);
  const cut = page(rows, input.limit, (row) => [row.id]);
  const ids = cut.items.map(({ id }) => id);
  const hoursOf = await accessHoursOf(tx, ids);
  const openings = await openingsOf(tx, ids, tx.now);
  return {
    ...cut,
    items: cut.items.map((vendor) => {
      const hours = hoursOf.get(vendor.id);
      const opening = openings.get(vendor.id);
      return {
        ...vendor,
        access: hours === undefined || opening === undefined ? null : { ...hours, hours: [...hours.hours], ...opening },
      };
    }),
  };
};
