import { sql, type Tx } from '#kit/db/index.ts';

/**
 * A directory may use the userName of somebody it deleted again (RFC 7644 §3.6), but nobody comes into a leaver's
 * accounts by it: staged rows whose username only leavers have are taken without it, and who had another keeps that.
 * Returns their keys.
 */
export async function withholdUsernames(tx: Tx): Promise<string[]> {
  const rows = await tx.many<{ externalId: string }>(sql`
    update feed_row r
       set skip = null, username = lower(f.username), record = jsonb_set(r.record, '{username}', coalesce(to_jsonb(f.username), 'null'))
      from feed_row w left join identity_facts f on f.identity_id = w.identity_id
       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
     where w.row_number = r.row_number and r.skip = 'username_taken'
       and not exists (select from feed_row o where o.username = r.username and o.identity_id <> r.identity_id)
       and not exists (select from identity_facts h
                        where lower(h.username) = r.username and h.identity_id <> r.identity_id and h.state <> 'leaver'
                          and (h.valid_to is null or h.valid_to > ${tx.now}))
    returning r.external_id`);
  return rows.map((r) => r.externalId);
}
