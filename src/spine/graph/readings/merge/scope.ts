import { sql, type Sql } from '#kit/db/index.ts';

/** How far a reading reaches. */
export interface Scope {
  readonly systemId: string;
  /** When the reading began; what was recorded since is newer and wins. */
  readonly readAt: Date;
  /** What the reading would have named, were it still there: rows of account, entitlement, entitlement_edge, holding. */
  readonly accounts: Sql;
  readonly entitlements: Sql;
  readonly edges: Sql;
  readonly holdings: Sql;
  /** True where being seen now is the point: a holding seen again says so. */
  readonly looksAtOne: boolean;
}

const nothing = (table: string): Sql => sql`select * from ${sql.id(table)} where false`;

/** All of a system. */
export const wholeScope = (systemId: string, readAt: Date): Scope => ({
  systemId,
  readAt,
  accounts: sql`select * from account where system_id = ${systemId}`,
  entitlements: sql`select * from entitlement where system_id = ${systemId}`,
  edges: sql`select e.* from entitlement_edge e join entitlement p on p.id = e.parent_id where p.system_id = ${systemId}`,
  holdings: sql`select h.* from holding h join account a on a.id = h.account_id where a.system_id = ${systemId}`,
  looksAtOne: false,
});

/** These accounts and what they hold. */
export const accountScope = (systemId: string, readAt: Date, accountIds: readonly string[]): Scope => ({
  systemId,
  readAt,
  accounts: sql`select * from account where id = any(${accountIds}::uuid[])`,
  entitlements: nothing('entitlement'),
  edges: nothing('entitlement_edge'),
  holdings: sql`select * from holding where account_id = any(${accountIds}::uuid[])`,
  looksAtOne: true,
});

const named = (what: string): Sql => sql`select native_id from read_named where what = ${what}`;
const accountsNamed = (what: string): Sql =>
  sql`select account_id from met_account where native_id in (${named(what)})`;
const entitlementsNamed = (what: string): Sql =>
  sql`select entitlement_id from met_entitlement where native_id in (${named(what)})`;

/** What was named as gone, and the holdings and edges of what was told whole (`read_named`). */
export const changesScope = (systemId: string, readAt: Date): Scope => ({
  systemId,
  readAt,
  accounts: sql`select a.* from account a where a.id in (${accountsNamed('gone_account')})`,
  entitlements: sql`select e.* from entitlement e where e.id in (${entitlementsNamed('gone_entitlement')})`,
  edges: sql`
    select e.* from entitlement_edge e
     where e.child_id in (${entitlementsNamed('entitlement')} union ${entitlementsNamed('gone_entitlement')})
    union
    select e.* from entitlement_edge e where e.parent_id in (${entitlementsNamed('gone_entitlement')})`,
  holdings: sql`
    select h.* from holding h where h.account_id in (${accountsNamed('account')} union ${accountsNamed('gone_account')})
    union
    select h.* from holding h join account a on a.id = h.account_id and a.system_id = ${systemId}
     where h.entitlement_id in (${entitlementsNamed('entitlement')} union ${entitlementsNamed('gone_entitlement')})`,
  looksAtOne: false,
});
