import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';

export interface Finding {
  readonly id: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly accountName: string;
  /** What connectors call it by; accountName is what people do. */
  readonly nativeId: string;
  readonly accountId: string | null;
  readonly kind: string;
  readonly source: string;
  readonly about: string;
  readonly severity: string;
  readonly power: boolean;
  readonly restsOn: string;
  readonly reason: string;
  readonly evidence: string;
  readonly entitlement: string | null;
  readonly byHand: string | null;
  readonly state: string;
  readonly ownerId: string | null;
  readonly ownerName: string | null;
  readonly acceptedBecause: string | null;
  readonly acceptedUntil: Date | null;
  readonly underway: string | null;
  readonly problem: string | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly goneAt: Date | null;
}

export const findingColumns = sql`
  f.id, f.system_id, s.name as system_name, coalesce(
    (select a.name from account a where a.id = f.account_id), f.account_name) as account_name, f.account_name as native_id, f.account_id, f.kind, f.source, f.about, f.severity, f.power, f.rests_on, f.reason, f.evidence,
  f.entitlement, f.by_hand, f.state, f.owner_id,
  (select i.display_name from identity_facts i where i.identity_id = f.owner_id and i.valid_to is null limit 1) as owner_name,
  f.accepted_because, f.accepted_until, f.underway, f.problem, f.first_seen_at,
  case when f.source = 'reading' and f.state <> 'gone' then greatest(f.last_seen_at, s.last_read_at) else f.last_seen_at end as last_seen_at, f.gone_at`;

export const getFinding = (tx: Tx, id: string): Promise<Finding | undefined> =>
  tx.maybe<Finding>(
    sql`select ${findingColumns} from finding f join system s on s.id = f.system_id where f.id = ${id}`,
  );

/** The finding, held until the transaction ends. Refuses one that is gone. */
export async function lockFinding(tx: Tx, id: string): Promise<Finding> {
  await tx.run(sql`select id from finding where id = ${id} for update`);
  const found = await getFinding(tx, id);
  if (found === undefined) throw notFound('finding', id);
  if (found.state === 'gone')
    throw conflict(
      'finding.gone',
      'that is no longer so: it was not found again',
      'look at what is open: reeve discover findings',
    );
  return found;
}
