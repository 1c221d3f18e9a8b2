import { sql } from '#kit/db/index.ts';
import { activeWindows, eligibilitiesAmong, eligibleNow, getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { seatsOf } from '../approvers/approval-rules.ts';
import { personRisks } from '../approvers/person-risk.ts';
import { underPolicy } from '../approvers/under-policy.ts';
import { loadTargets } from '../lines/find-targets.ts';
import { showTarget } from '../show-request.ts';
import { readPolicy } from '../store.ts';

interface Waiting {
  readonly byEligibilityId: string;
  readonly requestId: string;
  readonly number: number;
}

/**
 * What somebody is eligible for just now, on what terms they could activate it, and what of it is active or waits for
 * approval.
 */
export const showEligible = async (ctx: Ctx, identityId: string) => {
  const { tx } = ctx;
  const eligible = await eligibleNow(tx, [identityId]);
  const eligibilities = await eligibilitiesAmong(
    tx,
    eligible.map((e) => e.eligibilityId),
  );
  const all = [...eligibilities.values()];
  const targets = await loadTargets(tx, {
    entitlementIds: all.flatMap((e) => e.forEntitlementId ?? []),
    roleIds: all.flatMap((e) => e.forRoleId ?? []),
  });
  const active = await activeWindows(tx, [identityId]);
  const waiting = await tx.many<Waiting>(sql`
    select l.by_eligibility_id, r.id as request_id, r.number from request_line l join request r on r.id = l.request_id
     where l.beneficiary_id = ${identityId} and l.by_eligibility_id is not null and l.state in ('pending', 'scheduled')`);
  const { rules } = await readPolicy(tx);
  const ask = {
    identityKind: (await getIdentity(tx, identityId))?.kind ?? 'person',
    personRisk: (await personRisks(tx, rules, [identityId]))(identityId),
    askedAt: ctx.now,
  };
  return eligible
    .flatMap(({ eligibilityId, grantIds, since, until }) => {
      const what = eligibilities.get(eligibilityId);
      const id = what?.forEntitlementId ?? what?.forRoleId ?? '';
      const target = targets.get(id);
      if (target === undefined) return [];
      const asked = { seconds: 1, byEligibilityId: eligibilityId };
      const { rule, longest } = underPolicy(rules, ask, { target, asked, conflict: false }, ctx.now);
      const windows = active.filter((w) => w.targetId === id);
      const window = windows.toSorted((a, b) => Number(b.validTo) - Number(a.validTo))[0];
      const request = waiting.find((w) => w.byEligibilityId === eligibilityId);
      return [
        {
          eligibilityId,
          what: showTarget(target, id, target.kind),
          since,
          until,
          grantIds: [...grantIds],
          longestSeconds: longest ?? null,
          approvals: seatsOf(rule).length,
          stepUp: rule.activation?.stepUp === true,
          active: window === undefined ? null : { grantId: window.id, since: window.validFrom, until: window.validTo },
          waiting: request === undefined ? null : { id: request.requestId, number: `R-${request.number}` },
        },
      ];
    })
    .sort((a, b) => (a.what.name < b.what.name ? -1 : 1));
};
