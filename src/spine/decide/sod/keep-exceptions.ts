import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, denied, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Permit } from '../port.ts';
import { sodExceptionEnded, sodExceptionGranted, sodExceptionLapsed } from './events.ts';
import { findControl } from './keep-controls.ts';
import { evidenceDue } from './evidence-due.ts';
import { findRule } from './store.ts';

export interface StoredException {
  readonly id: string;
  readonly ruleId: string;
  readonly ruleName: string;
  readonly identityId: string;
  readonly reason: string;
  readonly control: string;
  readonly controlOwnerId: string | null;
  readonly approvedBy: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  /** The control of the rule it rests on; null where it names one of its own. */
  readonly controlId: string | null;
  /** Its control has to run every so many days; null: no evidence is asked for. */
  readonly evidenceEveryDays: number | null;
  readonly evidenceDueAt: Date | null;
  readonly lastRunAt: Date | null;
  readonly lastResult: 'passed' | 'failed' | null;
}

const columns = sql`x.id, x.rule_id, r.name as rule_name, x.identity_id, x.reason, x.control, x.control_owner_id, x.approved_by, x.valid_from, x.valid_to,
  x.control_id, x.evidence_every_days, ${evidenceDue} as evidence_due_at,
  (select max(n.ran_at) from sod_control_run n where n.exception_id = x.id) as last_run_at,
  (select n.result from sod_control_run n where n.exception_id = x.id order by n.ran_at desc, n.id desc limit 1) as last_result`;

export const findException = async (tx: Tx, id: string): Promise<StoredException | undefined> =>
  await tx.maybe(sql`select ${columns} from sod_exception x join sod_rule r on r.id = x.rule_id where x.id = ${id}`);

/** Those that tolerate something now or later, of one identity or one rule or all; soonest end first. */
export const listExceptions = async (
  tx: Tx,
  filter: { readonly identityId?: string | undefined; readonly ruleId?: string | undefined },
): Promise<StoredException[]> =>
  await tx.many(sql`
    select ${columns} from sod_exception x join sod_rule r on r.id = x.rule_id
     where x.valid_to > reeve_now()
       and (${filter.identityId ?? null}::uuid is null or x.identity_id = ${filter.identityId ?? null})
       and (${filter.ruleId ?? null}::uuid is null or x.rule_id = ${filter.ruleId ?? null})
     order by x.valid_to, x.id`);

/** The longest an exception may last, in days; a longer need is asked for again. */
const LONGEST_DAYS = 366;

/** Tolerates a conflict of one identity from now until a date, with the control that makes up for it. */
export const grantSodException = async (
  ctx: Ctx,
  permit: Permit<'sod_exception.grant'>,
  input: {
    readonly ruleId: string;
    readonly identityId: string;
    readonly reason: string;
    /** In words; absent where `controlId` names a control of the rule, whose name, owner and pace it then has. */
    readonly control?: string | undefined;
    readonly controlId?: string | undefined;
    readonly controlOwnerId?: string | undefined;
    readonly evidenceEveryDays?: number | undefined;
    readonly validTo: Date;
  },
): Promise<StoredException> => {
  const rule = await findRule(ctx.tx, input.ruleId);
  if (rule === undefined || rule.validTo !== null) throw notFound('sod_rule', input.ruleId);
  if (rule.counts === 'act')
    throw conflict(
      'sod_rule.kept_by_reeve',
      `"${rule.name}" is kept by Reeve itself, and nobody is excepted from it`,
      'leave the act to another person',
    );
  const identity = await getIdentity(ctx.tx, input.identityId);
  if (identity === undefined) throw invalid('/identity', 'there is no such identity');
  if (input.controlOwnerId !== undefined && (await getIdentity(ctx.tx, input.controlOwnerId)) === undefined)
    throw invalid('/controlOwnerId', 'there is no such identity');
  if (identity.ownerId === ctx.principal.id)
    throw denied(
      'sod_exception.own_benefit',
      'nobody excepts what is theirs from separated duties',
      'ask another security officer',
    );
  const named = input.controlId === undefined ? undefined : await findControl(ctx.tx, input.ruleId, input.controlId);
  if (input.controlId !== undefined && named === undefined)
    throw invalid(
      '/controlId',
      'the rule has no such control',
      'name one of its controls, or say the control in words',
    );
  const control = input.control ?? named?.name;
  if (control === undefined) throw invalid('/control', 'says what makes up for the conflict', 'name a control');
  const controlOwnerId = input.controlOwnerId ?? named?.ownerId;
  const evidenceEveryDays = input.evidenceEveryDays ?? named?.everyDays;
  if (controlOwnerId === input.identityId)
    throw invalid('/controlOwnerId', 'nobody sees to the control of their own exception', 'name somebody else');
  const days = (input.validTo.getTime() - ctx.now.getTime()) / 86_400_000;
  if (days <= 0 || days > LONGEST_DAYS) throw invalid('/validTo', `lies between now and ${LONGEST_DAYS} days from now`);
  const id = newId();
  await ctx.tx.run(sql`
    insert into sod_exception (id, rule_id, identity_id, reason, control, control_owner_id, approved_by, valid_from, valid_to,
                               control_id, evidence_every_days)
    values (${id}, ${input.ruleId}, ${input.identityId}, ${input.reason}, ${control}, ${controlOwnerId ?? null},
            ${`${ctx.principal.kind}:${ctx.principal.id}`}, ${ctx.now}, ${input.validTo},
            ${named?.id ?? null}, ${evidenceEveryDays ?? null})`);
  await ctx.record(permit, {
    event: sodExceptionGranted,
    subject: input.identityId,
    data: {
      exceptionId: id,
      ruleId: input.ruleId,
      identityId: input.identityId,
      validTo: input.validTo.toISOString(),
      control,
      controlOwnerId,
      evidenceEveryDays,
      reason: input.reason,
    },
  });
  return await requireException(ctx, id);
};

const requireException = async (ctx: Ctx, id: string): Promise<StoredException> => {
  const found = await findException(ctx.tx, id);
  if (found === undefined) throw notFound('sod_exception', id);
  return found;
};

/** Ends an exception before its time. What has begun cannot be made not to have been. */
export const endSodException = async (
  ctx: Ctx,
  permit: Permit<'sod_exception.end' | 'campaign_item.end'>,
  id: string,
): Promise<void> => {
  const found = await requireException(ctx, id);
  if (found.validTo <= ctx.now) throw conflict('sod_exception.ended', 'the exception has ended already');
  await ctx.tx.run(sql`
    update sod_exception set valid_to = greatest(reeve_now(), valid_from + interval '1 millisecond'), lapse_recorded_at = reeve_now()
     where id = ${id}`);
  await ctx.record(permit, {
    event: sodExceptionEnded,
    subject: found.identityId,
    data: { exceptionId: id, ruleId: found.ruleId, identityId: found.identityId },
  });
};

/** Ids of exceptions whose end came and was not announced. */
export const unannouncedLapses = async (tx: Tx): Promise<string[]> =>
  (
    await tx.many<{ id: string }>(
      sql`select id from sod_exception where lapse_recorded_at is null and valid_to <= reeve_now() order by valid_to limit 100`,
    )
  ).map(({ id }) => id);

/** Announces one lapse, once, whoever else tries at the same time. Verdicts count the conflict again since its end. */
export const recordSodLapse = async (ctx: Ctx, permit: Permit<'sod_exception.lapse'>, id: string): Promise<void> => {
  const claimed = await ctx.tx.run(sql`
    update sod_exception set lapse_recorded_at = reeve_now() where id = ${id} and lapse_recorded_at is null and valid_to <= reeve_now()`);
  if (claimed === 0) return;
  const found = await requireException(ctx, id);
  const rule = await findRule(ctx.tx, found.ruleId);
  await ctx.record(permit, {
    event: sodExceptionLapsed,
    subject: found.identityId,
    data: {
      exceptionId: id,
      ruleId: found.ruleId,
      identityId: found.identityId,
      ruleOwnerId: rule?.ownerId ?? undefined,
      controlOwnerId: found.controlOwnerId ?? undefined,
    },
  });
};
