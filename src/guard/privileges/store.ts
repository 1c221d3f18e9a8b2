import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';

export interface Finding {
  readonly id: string;
  readonly systemId: string;
  readonly systemName: string;
  readonly accountName: string;
  readonly accountId: string | null;
  readonly kind: string;
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
  f.id, f.system_id, s.name as system_name, f.account_name, f.account_id, f.kind, f.about, f.severity, f.power, f.rests_on, f.reason, f.evidence,
  f.entitlement, f.by_hand, f.state, f.owner_id,
  (select i.display_name from identity_facts i where i.identity_id = f.owner_id and i.valid_to is null limit 1) as owner_name,
  f.accepted_because, f.accepted_until, f.underway, f.problem, f.first_seen_at, f.last_seen_at, f.gone_at`;

export const getFinding = (tx: Tx, id: string): Promise<Finding | undefined> =>
  tx.maybe<Finding>(
    sql`select ${findingColumns} from privilege_finding f join system s on s.id = f.system_id where f.id = ${id}`,
  );

/** The finding, held until the transaction ends. Refuses one that is gone. */
export async function lockFinding(tx: Tx, id: string): Promise<Finding> {
  await tx.run(sql`select id from privilege_finding where id = ${id} for update`);
  const found = await getFinding(tx, id);
  if (found === undefined) throw notFound('privilege_finding', id);
  if (found.state === 'gone')
    throw conflict(
      'privilege.gone',
      'that is no longer so: the last look did not find it',
      'look at what is open: reeve discover privileges',
    );
  return found;
}
