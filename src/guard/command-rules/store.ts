import { sql, type Queryable } from '#kit/db/index.ts';
import type { CommandRule } from '#gateways/port.ts';

/** What happens at which commands of a system (`accountId` null) or of one account there. */
export interface KeptCommandRules {
  readonly accountId: string | null;
  readonly accountName: string | null;
  readonly revision: number;
  readonly rules: readonly CommandRule[];
  /** How long a command that asks waits. */
  readonly askSeconds: number;
  readonly changedAt: Date;
}

export const commandRulesOfSystem = (tx: Queryable, systemId: string): Promise<KeptCommandRules[]> =>
  tx.many<KeptCommandRules>(sql`
    select r.account_id, a.name as account_name, r.revision, r.rules, r.ask_seconds, r.changed_at
    from command_rules r left join account a on a.id = r.account_id
    where r.system_id = ${systemId} order by r.account_id nulls first`);

/** What holds for sessions of an account: the system's rules and its own together, the shorter wait of both; undefined: nothing happens. */
export async function commandRulesOf(
  tx: Queryable,
  of: { readonly systemId: string; readonly accountId: string },
): Promise<{ readonly rules: readonly CommandRule[]; readonly askSeconds: number } | undefined> {
  const all = (await commandRulesOfSystem(tx, of.systemId)).filter(
    (r) => r.rules.length > 0 && (r.accountId === null || r.accountId === of.accountId),
  );
  if (all.length === 0) return undefined;
  return { rules: all.flatMap((r) => r.rules), askSeconds: Math.min(...all.map((r) => r.askSeconds)) };
}
