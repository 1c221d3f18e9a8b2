import type { RiskOfOne, RiskPolicy, RiskShown } from '../src/api/shapes/risk.ts';
import { days, id, page, where, type Routes } from './answer.ts';
import { entitlements, person } from './people.ts';

const policy: RiskPolicy = {
  number: 0,
  policy: {
    mediumFrom: 15,
    highFrom: 30,
    criticalFrom: 50,
    jumpPoints: 15,
    jumpDays: 7,
    jumpTo: 'high',
    dormantDays: 90,
    windowDays: 90,
  },
  reason: null,
  madeBy: null,
  madeAt: null,
};

const reasonsOf = (n: number): RiskShown['reasons'] => {
  const named = (at: number) => {
    const thing = entitlements[(n + at) % entitlements.length];
    return { kind: 'entitlement' as const, id: thing?.id ?? '', name: thing?.name ?? '', through: null };
  };
  return [
    {
      factor: 'privileged_access',
      points: 18,
      count: 3,
      of: [0, 1, 2].map((at) => ({ ...named(at), points: 3, throughName: at === 1 ? 'root on web1' : null })),
    },
    ...(n % 2 === 0
      ? [
          {
            factor: 'duties' as const,
            points: 16,
            count: 1,
            of: [
              {
                kind: 'sod_rule' as const,
                id: id('50', 0),
                name: 'Create and pay a vendor',
                points: 16,
                throughName: null,
              },
            ],
          },
        ]
      : []),
    { factor: 'risky_access', points: 6, count: 1, of: [{ ...named(0), points: 6, throughName: null }] },
  ];
};
const rows: RiskShown[] = Array.from({ length: 14 }, (_, n): RiskShown => {
  const who = person(n * 3);
  const reasons = reasonsOf(n);
  const score = reasons.reduce((sum, { points }) => sum + points, 0);
  return {
    subjectId: n === 13 ? id('ac', 70) : who.id,
    kind: n === 13 ? 'account' : 'identity',
    subjectKind: n === 13 ? 'unknown' : 'person',
    name: n === 13 ? 'toor on web1' : who.name,
    department: n === 13 ? null : 'Platform',
    score,
    level: score >= 30 ? 'high' : 'medium',
    since: days(-n - 1),
    jumpedAt: n === 0 ? days(-1) : null,
    jumpedFrom: n === 0 ? 9 : null,
    reasons,
  };
}).toSorted((a, b) => b.score - a.score);

const ofOne = (identity: string): RiskOfOne => {
  const risk = rows.find(({ subjectId }) => subjectId === identity) ?? rows[0];
  if (risk === undefined) return { risk: null, days: [] };
  const past = [risk.score, risk.score - 15, risk.score - 12, 9];
  return {
    risk: { ...risk, subjectId: identity },
    days: past.map((score, n) => ({
      day: days(-n * 11).slice(0, 10),
      score,
      level: score >= 30 ? 'high' : score >= 15 ? 'medium' : 'low',
      reasons: [],
    })),
  };
};

export const riskRoutes: Routes = {
  'GET /v1/risk': (ask) =>
    page(
      where(
        where(
          where(rows, ask, 'kind', (r) => r.kind),
          ask,
          'level',
          (r) => r.level,
        ),
        ask,
        'factor',
        () => ask.query.get('factor'),
      ),
      ask,
    ),
  'GET /v1/risk/levels': () => ({
    items: (['high', 'medium'] as const).map((level) => ({
      kind: 'identity' as const,
      level,
      n: rows.filter((r) => r.level === level).length,
    })),
  }),
  'GET /v1/identities/{identity}/risk': ({ params }) => ofOne(params['identity'] ?? ''),
  'GET /v1/risk/policy': () => policy,
  'POST /v1/risk/policy': () => policy,
  'POST /v1/risk/look': () => ({}),
};
