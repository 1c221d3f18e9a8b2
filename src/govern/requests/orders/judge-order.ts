import { AppError } from '#kit/errors/index.ts';
import type { Decide, Permit } from '#spine/decide/index.ts';
import { getIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { planApprovals, type PlannedStep } from '../approvers/plan-approvals.ts';
import type { ApprovalRules } from '../approvers/approval-rules.ts';
import { asIfEligibilitiesAsked, eligibilitiesAsked } from '../lines/ask-eligibility.ts';
import { findTargets, type AskedLine, type Target } from '../lines/find-targets.ts';
import { personRisks } from '../approvers/person-risk.ts';
import { judgeLinesOf, type JudgedLine } from '../lines/judge-lines.ts';
import { readPolicy } from '../store.ts';
import { goingOn } from '../submit-request.ts';
import type { Order, OrderItem, SentLine } from './model.ts';
import { itemsOf, peopleOf, sentOf } from './store.ts';

/** What would become of one person's part of a cart. */
export interface JudgedPerson {
  readonly identityId: string;
  readonly name: string;
  /** Why nothing can be asked for them; undefined where it can. */
  readonly problem: string | undefined;
  /** Verdicts on what was not sent yet, beside their items. */
  readonly lines: readonly { readonly item: OrderItem; readonly judged: JudgedLine }[];
  readonly sent: readonly { readonly item: OrderItem; readonly requestId: string; readonly number: number }[];
  readonly steps: readonly PlannedStep[];
}

export interface JudgedOrder {
  readonly policy: { readonly number: number; readonly rules: ApprovalRules };
  readonly items: readonly { readonly item: OrderItem; readonly target: Target | undefined }[];
  readonly people: readonly JudgedPerson[];
}

const askedBy = (items: readonly OrderItem[]): readonly AskedLine[] =>
  items.map(({ entitlementId, roleId, eligible, seconds, until }) => ({
    entitlementId: entitlementId ?? undefined,
    roleId: roleId ?? undefined,
    ...(eligible ? { eligible } : {}),
    seconds: seconds ?? undefined,
    until: until ?? undefined,
  }));

/** A verdict on every line of a cart that was not sent yet, as things are now. Leaves nothing behind. */
export const judgeOrder = async (ctx: Ctx, decide: Decide, order: Order): Promise<JudgedOrder> => {
  const items = await itemsOf(ctx.tx, [order.id]);
  return await asIfEligibilitiesAsked(ctx, decide, askedBy(items), (asked) =>
    judgeItems(ctx, decide, order, items, asked),
  );
};

/** As `judgeOrder`, to be sent: eligibilities it asks for are made where there are none yet. */
export const judgeToSend = async (ctx: Ctx, permit: Permit, decide: Decide, order: Order): Promise<JudgedOrder> => {
  const items = await itemsOf(ctx.tx, [order.id]);
  return await judgeItems(ctx, decide, order, items, await eligibilitiesAsked(ctx, permit, decide, askedBy(items)));
};

/** One statement a kind of fact for all people, then everybody's approvals are planned. */
const judgeItems = async (
  ctx: Ctx,
  decide: Decide,
  order: Order,
  items: readonly OrderItem[],
  asked: readonly AskedLine[],
): Promise<JudgedOrder> => {
  const { tx, principal } = ctx;
  const ids = (await peopleOf(tx, [order.id])).map((p) => p.identityId);
  const people = new Map((await getIdentities(tx, ids)).map((i) => [i.id, i]));
  const allowed = await decide.mayMany(
    tx,
    principal,
    'request.submit',
    ids.map((id) => ({ type: 'Identity', id })),
  );
  const policy = await readPolicy(tx);
  const targets = await findTargets(tx, decide, principal, principal.id, asked);
  const sent = new Map(
    (await sentOf(tx, [order.id])).map((line) => [`${line.beneficiaryId} ${line.targetId}`, line] as const),
  );
  const sentFor = (id: string, at: number): SentLine | undefined =>
    sent.get(`${id} ${asked[at]?.entitlementId ?? asked[at]?.roleId ?? ''}`);
  const parts = ids.map((id, i) => {
    const who = people.get(id);
    const problem =
      allowed[i]?.allowed !== true || who === undefined
        ? 'you can no longer ask for them'
        : who.state === 'leaver'
          ? 'they have left'
          : undefined;
    const open = items.flatMap((item, at) => (sentFor(id, at) === undefined ? [{ item, at }] : []));
    return { id, who, problem, open };
  });
  const riskOf = await personRisks(
    ctx.tx,
    policy.rules,
    parts.map(({ id }) => id),
  );
  const judged = await judgeLinesOf(
    tx,
    policy.rules,
    parts.map(({ id, who, open, problem }) => ({
      beneficiaryId: id,
      identityKind: who?.kind ?? 'person',
      personRisk: riskOf(id),
      askedAt: ctx.now,
      startsAt: order.startsAt,
      lines: problem === undefined ? open.flatMap(({ at }) => ({ asked: asked[at] ?? {}, target: targets[at] })) : [],
    })),
  );
  const shown: JudgedPerson[] = [];
  for (const [i, { id, who, problem, open }] of parts.entries()) {
    const verdicts = judged[i] ?? [];
    const plan = problem === undefined ? await planFor(ctx, id, verdicts) : { steps: [], stuck: problem };
    shown.push({
      identityId: id,
      name: who?.displayName ?? 'somebody no longer known',
      problem: plan.stuck,
      lines: open.flatMap(({ item }, n) => {
        const line = verdicts[n];
        return line === undefined ? [] : [{ item, judged: line }];
      }),
      sent: items.flatMap((item, at) => {
        const line = sentFor(id, at);
        return line === undefined ? [] : [{ item, requestId: line.requestId, number: line.number }];
      }),
      steps: plan.steps,
    });
  }
  return { policy, items: items.map((item, at) => ({ item, target: targets[at] })), people: shown };
};

const planFor = async (
  ctx: Ctx,
  beneficiaryId: string,
  verdicts: readonly JudgedLine[],
): Promise<{ readonly steps: readonly PlannedStep[]; readonly stuck: string | undefined }> => {
  const going = goingOn(verdicts);
  if (going.length === 0) return { steps: [], stuck: undefined };
  try {
    return {
      steps: await planApprovals(ctx.tx, { requesterId: ctx.principal.id, beneficiaryId }, going),
      stuck: undefined,
    };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'request.nobody_can_approve') throw error;
    return { steps: [], stuck: error.message };
  }
};
