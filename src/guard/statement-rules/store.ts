import { sql, type Queryable } from '#kit/db/index.ts';
import type { StatementRules } from '#gateways/port.ts';

/** The rules of a system (`accountId` null) or of one account there. */
export interface KeptRules extends StatementRules {
  readonly accountId: string | null;
  readonly accountName: string | null;
  readonly changedAt: Date;
}

const columns = sql`r.account_id, a.name as account_name, r.read_only, r.no_ddl, r.where_needed, r.keep_role, r.deny_tables, r.changed_at`;

export const rulesOfSystem = (tx: Queryable, systemId: string): Promise<KeptRules[]> =>
  tx.many<KeptRules>(sql`
    select ${columns} from statement_rules r left join account a on a.id = r.account_id
    where r.system_id = ${systemId} order by r.account_id nulls first`);

const says = (r: StatementRules): boolean =>
  r.readOnly || r.noDdl || r.whereNeeded || r.keepRole || r.denyTables.length > 0;

/** What holds for sessions of an account: the system's rules and its own together; undefined: nothing is refused. */
export async function rulesOfAccount(
  tx: Queryable,
  of: { readonly systemId: string; readonly accountId: string },
): Promise<StatementRules | undefined> {
  const all = (await rulesOfSystem(tx, of.systemId)).filter(
    (r) => r.accountId === null || r.accountId === of.accountId,
  );
  if (!all.some(says)) return undefined;
  return {
    readOnly: all.some((r) => r.readOnly),
    noDdl: all.some((r) => r.noDdl),
    whereNeeded: all.some((r) => r.whereNeeded),
    keepRole: all.some((r) => r.keepRole),
    denyTables: [...new Set(all.flatMap((r) => r.denyTables))],
  };
}
