import { sql, type Queryable } from '#kit/db/index.ts';
import type { RequestRules, WebTerms } from '#gateways/port.ts';

/** How a system is served; undefined: it is not. */
export const webTermsOf = (tx: Queryable, systemId: string): Promise<WebTerms | undefined> =>
  tx.maybe<WebTerms>(
    sql`select site, credential, header, keep_host, hidden_fields from web_terms where system_id = ${systemId}`,
  );

/** The name of the system that is served on a site. */
export const systemOfSite = async (tx: Queryable, site: string): Promise<string | undefined> =>
  (
    await tx.maybe<{ name: string }>(
      sql`select y.name from web_terms t join system y on y.id = t.system_id where t.site = ${site}`,
    )
  )?.name;

/** The rules of a system (`accountId` null) or of one account there. */
export interface KeptRequestRules extends RequestRules {
  readonly accountId: string | null;
  readonly accountName: string | null;
  readonly changedAt: Date;
}

export const requestRulesOfSystem = (tx: Queryable, systemId: string): Promise<KeptRequestRules[]> =>
  tx.many<KeptRequestRules>(sql`
    select r.account_id, a.name as account_name, r.read_only, r.no_web_sockets, r.deny_paths, r.deny_headers, r.changed_at
    from request_rules r left join account a on a.id = r.account_id
    where r.system_id = ${systemId} order by r.account_id nulls first`);

const says = (r: RequestRules): boolean =>
  r.readOnly || r.noWebSockets || r.denyPaths.length > 0 || r.denyHeaders.length > 0;

/** What holds for sessions of an account: the system's rules and its own together; undefined: nothing is refused. */
export async function requestRulesOf(
  tx: Queryable,
  of: { readonly systemId: string; readonly accountId: string },
): Promise<RequestRules | undefined> {
  const all = (await requestRulesOfSystem(tx, of.systemId)).filter(
    (r) => r.accountId === null || r.accountId === of.accountId,
  );
  if (!all.some(says)) return undefined;
  return {
    readOnly: all.some((r) => r.readOnly),
    noWebSockets: all.some((r) => r.noWebSockets),
    denyPaths: [...new Set(all.flatMap((r) => r.denyPaths))],
    denyHeaders: [...new Set(all.flatMap((r) => r.denyHeaders))],
  };
}
