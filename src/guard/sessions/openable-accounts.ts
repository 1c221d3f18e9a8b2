import { sql, type Tx } from '#kit/db/index.ts';
import { justifyingGrants } from './store.ts';

const MOST = 500;

/** An account somebody may open through a gateway now, as far as grants go; each session is decided anew. */
export interface OpenableAccount {
  readonly account: string;
  readonly system: string;
  readonly own: boolean;
  /** Of the system. */
  readonly kind: string;
}

/** The accounts of systems of these kinds a live grant lets somebody open, the person's own first. */
export async function openableAccounts(
  tx: Tx,
  identityId: string,
  kinds: readonly string[],
): Promise<OpenableAccount[]> {
  const candidates = await tx.many<{
    id: string;
    name: string;
    systemId: string;
    system: string;
    kind: string;
    own: boolean;
  }>(sql`
    select a.id, a.name, y.id as system_id, y.name as system, y.kind, coalesce(a.identity_id = ${identityId}, false) as own
      from account a join system y on y.id = a.system_id
     where y.kind = any(${sql.array(kinds)}::text[]) and a.state <> 'gone' and a.valid_to is null
       and (a.identity_id = ${identityId}
            or exists (select from entitlement e where e.account_id = a.id and e.valid_to is null))
     order by own desc, y.name, a.name limit ${MOST}`);
  const openable: OpenableAccount[] = [];
  for (const { id, name, systemId, system, kind, own } of candidates) {
    const grants = await justifyingGrants(tx, { identityId, accountId: id, systemId, own, now: tx.now });
    if (grants.length > 0) openable.push({ account: name, system, own, kind });
  }
  return openable;
}
