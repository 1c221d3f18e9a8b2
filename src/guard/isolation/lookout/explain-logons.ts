import { isExempt, isWithin, type Exemption, type Logon } from '#connectors/port.ts';
import { sql, type Queryable } from '#kit/db/index.ts';

/** How far a session's beginning and the target's record of it may be apart: two clocks, and the way between them. */
const APART_SECONDS = 120;
/** How long a check that is due may take to be begun and written down. One that is overdue for longer explains nothing: nobody knows that it was tried. */
const CHECK_SECONDS = 300;

/** What is known of a system when its log-ons are judged. */
export interface Known {
  readonly systemId: string;
  readonly gateways: readonly string[];
  readonly exemptions: readonly Exemption[];
  /** Accounts Reeve itself works with. */
  readonly own: readonly string[];
}

/**
 * Log-ons that did not come through Reeve. From elsewhere than a gateway nothing explains one but an exemption, not even
 * Reeve's own account or a session that runs. From a gateway Reeve's own accounts, a session, a rotation, a check of a
 * credential or a user of a lease explain it, around the time.
 */
export async function unexplained(
  tx: Queryable,
  known: Known,
  logons: readonly Logon[],
): Promise<readonly (Logon & { readonly exempt: boolean })[]> {
  const judged = logons.map((logon) => ({
    ...logon,
    exempt: isExempt(logon, known.exemptions),
    gateway: isWithin(logon.from, known.gateways),
  }));
  const inside = judged.filter(({ exempt, gateway, account }) => !exempt && gateway && !known.own.includes(account));
  const explained = new Set(inside.length === 0 ? [] : await explainedBySomething(tx, known.systemId, inside));
  return judged
    .filter((one) => one.exempt || !one.gateway || (inside.includes(one) && !explained.has(inside.indexOf(one))))
    .map(({ gateway: _, ...rest }) => rest);
}

/** Positions of those that something Reeve did explains. A MariaDB server tells the name of an account only. */
async function explainedBySomething(
  tx: Queryable,
  systemId: string,
  logons: readonly Logon[],
): Promise<readonly number[]> {
  const rows = sql.json(logons.map(({ account, at }, n) => ({ n, account, at })));
  const near = sql`make_interval(secs => ${APART_SECONDS})`;
  const found = await tx.many<{ n: number }>(sql`
    with told as (select * from jsonb_to_recordset(${rows}::jsonb) as l(n int, account text, at timestamptz)),
    named as (
      select t.n, t.at, a.id from told t join account a on a.system_id = ${systemId}
        join system s on s.id = a.system_id
       where a.native_id = t.account or (s.kind = 'mysql' and a.native_id like replace(replace(replace(t.account, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '@%')
    )
    select distinct t.n from told t
     where exists (select from named n join session x on x.account_id = n.id and x.system_id = ${systemId}
                    where n.n = t.n and t.at between x.started_at - ${near} and coalesce(x.ended_at, reeve_now()) + ${near})
        or exists (select from named n join rotation r on r.account_id = n.id
                    where n.n = t.n and t.at between r.planned_at - ${near} and coalesce(r.ended_at, reeve_now()) + ${near})
        or exists (select from named n join secret v on v.account_id = n.id join credential_check c on c.secret_id = v.id
                    where n.n = t.n and (c.checked_at between t.at - ${near} and t.at + ${near} or c.next_at between t.at - make_interval(secs => ${CHECK_SECONDS}) and t.at + ${near}))
        or exists (select from lease l where l.system_id = ${systemId} and l.account = t.account
                    and t.at between l.asked_at - ${near} and coalesce(l.ended_at, reeve_now()) + ${near})`);
  return found.map(({ n }) => n);
}
