import { sql, type Tx } from '#kit/db/index.ts';
import { sodVerdict } from '#spine/decide/index.ts';
import {
  addGrantControls,
  controlsInWords,
  controlsOfGrants,
  getIdentity,
  stricterThan,
  type GrantControls,
} from '#spine/graph/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { personRisks } from '../approvers/person-risk.ts';
import { controlsFor, saysWho } from '../approvers/rule-controls.ts';
import { underPolicy } from '../approvers/under-policy.ts';
import { loadTargets } from '../lines/find-targets.ts';
import { addNote, findRequest, linesOf, readPolicy } from '../store.ts';
import { grewSince, personGrew } from './as-of-now.ts';

interface FromRequest {
  readonly grantId: string;
  readonly identityId: string;
  readonly validTo: Date | null;
  readonly requestId: string;
  readonly lineId: string;
}
interface Stricter {
  readonly grant: FromRequest;
  readonly controls: GrantControls;
  readonly because: string;
}

/**
 * Judges what grants of requests rest on as things are now, each under its request's own version of the policy, and puts
 * them under stricter controls where that asks for more. For the door: asked before a session starts. A grant is found
 * by what it is about, so that one that went on for somebody else is judged too.
 */
export const judgeGrantsAgain =
  (job: () => JobCtx) =>
  async (grantIds: readonly string[]): Promise<void> => {
    const { db, act } = job();
    for (const { grant, controls, because } of await db.tx((tx) => stricterOnes(tx, grantIds)))
      await act(
        { action: 'request.follow_up', resource: { type: 'Request', id: grant.requestId } },
        async (ctx, permit) => {
          const added = await addGrantControls(ctx, permit, { grantId: grant.grantId, controls, because });
          if (added === undefined) return;
          await addNote(ctx.tx, ctx.principal, {
            requestId: grant.requestId,
            lineId: grant.lineId,
            kind: 'controlled',
            detail: { grantId: grant.grantId, under: controlsInWords(added), because },
          });
        },
      );
  };

const stricterOnes = async (tx: Tx, grantIds: readonly string[]): Promise<Stricter[]> => {
  const grants = await tx.many<FromRequest>(sql`
    select g.id as grant_id, g.identity_id, g.valid_to, l.request_id, l.id as line_id
      from access_grant g
      join request_line l on l.request_id = g.origin_id and l.takes_grant_id is null
       and l.entitlement_id is not distinct from g.entitlement_id and l.role_id is not distinct from g.role_id
     where g.id = any(${sql.array(grantIds)}::uuid[]) and g.origin in ('request', 'jit') order by g.id, l.id`);
  const had = await controlsOfGrants(
    tx,
    grants.map((g) => g.grantId),
  );
  const found: Stricter[] = [];
  for (const grant of grants) {
    const now = await controlsNow(tx, grant);
    if (now !== undefined && stricterThan(had(grant.grantId), now.controls) !== undefined)
      found.push({ grant, ...now });
  }
  return found;
};

const controlsNow = async (tx: Tx, grant: FromRequest): Promise<Omit<Stricter, 'grant'> | undefined> => {
  const request = await findRequest(tx, grant.requestId);
  const line = (await linesOf(tx, [grant.requestId])).find((l) => l.id === grant.lineId);
  if (request === undefined || line === undefined) return undefined;
  const { rules } = await readPolicy(tx, request.policyNumber);
  if (!rules.rules.some((rule) => rule.controls !== undefined)) return undefined;
  const id = line.entitlementId ?? line.roleId ?? '';
  const target = (
    await loadTargets(tx, {
      entitlementIds: line.entitlementId === null ? [] : [id],
      roleIds: line.roleId === null ? [] : [id],
    })
  ).get(id);
  if (target === undefined) return undefined;
  const proposed = {
    ...(line.roleId === null ? { entitlementId: id } : { roleId: id }),
    validFrom: tx.now,
    validTo: grant.validTo,
  };
  const duties = await sodVerdict(tx, grant.identityId, [proposed], { apart: { grantIds: [grant.grantId] } });
  const conflict = duties.conflicts.length + duties.tolerated.length > 0;
  const ask = {
    personRisk: (await personRisks(tx, rules, [grant.identityId]))(grant.identityId),
    identityKind: (await getIdentity(tx, grant.identityId))?.kind ?? 'person',
    askedAt: request.submittedAt,
  };
  const { rule } = underPolicy(rules, ask, { target, asked: line, conflict }, tx.now);
  return {
    controls: controlsFor(rules, line, rule),
    because: saysWho(
      request,
      rules,
      rule,
      grewSince(line, target, conflict, personGrew(rules, line, rule, ask.personRisk)),
    ),
  };
};
