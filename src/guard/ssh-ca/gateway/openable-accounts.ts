import { sql, type Tx } from '#kit/db/index.ts';
import { justifyingGrants } from '#guard/sessions/index.ts';

const MOST = 500;

/** An account of a host somebody may open through the gateway now, as far as grants go; each session is decided anew. */
export interface OpenableAccount {
  readonly account: string;
  readonly system: string;
  readonly own: boolean;
}

/** The accounts of Linux hosts a live grant lets somebody open, the person's own first. */
export async function openableAccounts(tx: Tx, identityId: string): Promise<OpenableAccount[]> {
  const candidates = await tx.many<{ id: string; name: string; systemId: string; system: string; own: boolean }>(sql`
    select a.id, a.name, y.id as system_id, y.name as system, coalesce(a.identity_id = ${identityId}, false) as own
      from account a join system y on y.id = a.system_id
     where y.kind = 'linux' and a.state <> 'gone' and a.valid_to is null
       and (a.identity_id = ${identityId}
            or exists (select from entitlement e where e.account_id = a.id and e.valid_to is null))
     order by own desc, y.name, a.name limit ${MOST}`);
  const openable: OpenableAccount[] = [];
  for (const { id, name, systemId, system, own } of candidates) {
    const grants = await justifyingGrants(tx, { identityId, accountId: id, systemId, own, now: tx.now });
    if (grants.length > 0) openable.push({ account: name, system, own });
  }
  return openable;
}
