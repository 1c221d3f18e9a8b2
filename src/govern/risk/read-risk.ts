import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { Factor, Reason, RiskLevel } from './model.ts';
import { nameReasons, type NamedReason } from './name-reasons.ts';
import { riskPolicyInForce } from './risk-policy.ts';
import { about, scored } from './score-sql.ts';
import { identitiesOf } from './whom-it-concerns.ts';

/** A risk as it is shown: with the names of what it rests on. */
export interface RiskShown {
  readonly subjectId: string;
  readonly kind: 'identity' | 'account';
  /** What kind of identity, or of account. */
  readonly subjectKind: string;
  readonly name: string;
  readonly department: string | null;
  readonly score: number;
  readonly level: RiskLevel;
  readonly since: Date;
  /** When it last jumped, and from which score. */
  readonly jumpedAt: Date | null;
  readonly jumpedFrom: number | null;
  readonly reasons: readonly NamedReason[];
}
type Row = Omit<RiskShown, 'reasons'> & { readonly reasons: readonly Reason[] };

const rows = sql`
  select r.subject_id, case when r.identity_id is null then 'account' else 'identity' end as kind,
         coalesce(i.kind, a.kind) as subject_kind, coalesce(f.display_name, a.name || ' on ' || s.name, '') as name, f.department,
         r.score, r.level, r.reasons, r.since, r.jumped_at, r.jumped_from
    from identity_risk r
    left join identity i on i.id = r.identity_id
    left join lateral (select display_name, department from identity_facts x where x.identity_id = r.identity_id and x.valid_from <= reeve_now()
                        order by x.valid_from desc limit 1) f on true
    left join account a on a.id = r.account_id left join system s on s.id = a.system_id`;

export interface RiskFilter {
  readonly kind?: 'identity' | 'account' | undefined;
  readonly level?: RiskLevel | undefined;
  readonly factor?: Factor | undefined;
  /** Who jumped in so many days. */
  readonly jumpedInDays?: number | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Those with any risk, the riskiest first. */
export async function listRiskiest(
  tx: Tx,
  input: RiskFilter,
): Promise<{ items: RiskShown[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['n', 'id']);
  const found = await tx.many<Row>(sql`
    select * from (${rows}) x
     where x.score > 0
       and (${input.kind ?? null}::text is null or x.kind = ${input.kind ?? null})
       and (${input.level ?? null}::text is null or x.level = ${input.level ?? null})
       and (${input.factor ?? null}::text is null or x.reasons @> ${sql.json([{ factor: input.factor ?? '' }])}::jsonb)
       and (${input.jumpedInDays ?? null}::int is null or x.jumped_at > ${tx.now}::timestamptz - make_interval(days => ${input.jumpedInDays ?? null}::int))
       and (${after === undefined} or (-x.score, x.subject_id) > (-${after?.[0] ?? 0}::int, ${after?.[1] ?? null}::uuid))
     order by x.score desc, x.subject_id limit ${input.limit + 1}`);
  const named = await nameReasons(tx, found);
  return page(named, input.limit, (r) => [r.score, r.subjectId]);
}

/** How many are of each level, of identities and of accounts nobody owns. */
export const countLevels = (tx: Queryable): Promise<{ kind: 'identity' | 'account'; level: RiskLevel; n: number }[]> =>
  tx.many(sql`
    select case when identity_id is null then 'account' else 'identity' end as kind, level, count(*)::int as n
      from identity_risk where score > 0 group by 1, 2 order by 1 desc, array_position(array['critical', 'high', 'medium', 'low'], level)`);

/** What it was at the end of a day on which it changed. */
export interface RiskDay {
  readonly day: string;
  readonly score: number;
  readonly level: RiskLevel;
  readonly reasons: readonly { readonly factor: Factor; readonly points: number; readonly count: number }[];
}

/** One risk with how it came to be so, the latest day first; undefined where nobody looked yet. */
export async function findRisk(
  tx: Tx,
  subjectId: string,
): Promise<(RiskShown & { readonly days: readonly RiskDay[] }) | undefined> {
  const found = await tx.maybe<Row>(sql`select * from (${rows}) x where x.subject_id = ${subjectId}`);
  if (found === undefined) return undefined;
  const [named] = await nameReasons(tx, [found]);
  const days = await tx.many<Omit<RiskDay, 'reasons'> & { reasons: readonly Reason[] }>(sql`
    select day::text as day, score, level, reasons from identity_risk_day where subject_id = ${subjectId} order by day desc limit 366`);
  return named === undefined
    ? undefined
    : {
        ...named,
        days: days.map((d) => ({
          ...d,
          reasons: d.reasons.map(({ factor, points, count }) => ({ factor, points, count })),
        })),
      };
}

/** The level of each of these identities as of now, judged from the graph and not from what is kept. */
export async function riskLevels(tx: Tx, identityIds: readonly string[]): Promise<ReadonlyMap<string, RiskLevel>> {
  const { policy } = await riskPolicyInForce(tx);
  const subjects = identitiesOf(identityIds);
  const found = await tx.many<{ subjectId: string; level: RiskLevel }>(
    about(
      subjects,
      'levels',
      sql`with recursive ${scored(subjects, tx.now, policy)} select subject_id, level from scored`,
    ),
  );
  return new Map(found.map(({ subjectId, level }) => [subjectId, level]));
}
