import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Principal } from '#spine/decide/index.ts';
import type { StepUp } from '#spine/operations/index.ts';
import { approvalRules, type ApprovalRules } from './approvers/approval-rules.ts';
import type { Effect, LineState, Note, Request, RequestLine, RequestState, SodHit, Step } from './model.ts';

export const requestColumns = sql`r.id, r.number, r.requester_id, r.beneficiary_id, r.order_id, r.starts_at, r.reason, r.ticket, r.state, r.ended_because,
  r.policy_number, r.submitted_at, r.expires_at, r.decided_at`;
const lineColumns = sql`l.id, l.request_id, l.n, l.beneficiary_id, l.entitlement_id, l.role_id, l.seconds, l.until,
  l.extends_grant_id, l.takes_grant_id, l.by_eligibility_id, l.risk, l.privileged, l.sod, l.rule, l.state, l.because, l.grant_id, l.effect`;
export const stepColumns = sql`s.id, s.request_id, s.n, s.stage, s.kind, s.line_ids, s.candidates, s.because, s.state, s.opened_at, s.due_at,
  s.escalate_at, s.reminded_at, s.escalations, s.decided_by, s.decided_for, s.decided_at, s.comment,
  s.step_up_method, s.step_up_at`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Which request is meant by an id or by its number, written `R-1042`; what is neither is found by nobody. */
export const requestIdOf = async (tx: Tx, idOrNumber: string): Promise<string> => {
  const number = /^r-(\d{1,15})$/i.exec(idOrNumber)?.[1];
  if (number === undefined) return idOrNumber;
  const row = await tx.maybe<{ id: string }>(sql`select id from request where number = ${number}::bigint`);
  return row?.id ?? idOrNumber;
};

export const findRequest = async (tx: Tx, id: string): Promise<Request | undefined> =>
  UUID.test(id) ? await tx.maybe<Request>(sql`select ${requestColumns} from request r where r.id = ${id}`) : undefined;

/** The request, held against every other decision about it until the transaction ends. Throws `request.not_found`. */
export const lockRequest = async (tx: Tx, idOrNumber: string): Promise<Request> => {
  const id = await requestIdOf(tx, idOrNumber);
  const row = UUID.test(id)
    ? await tx.maybe<Request>(sql`select ${requestColumns} from request r where r.id = ${id} for no key update`)
    : undefined;
  if (row === undefined) throw notFound('request', idOrNumber);
  return row;
};

export const linesOf = async (tx: Tx, requestIds: readonly string[]): Promise<RequestLine[]> =>
  await tx.many<RequestLine>(
    sql`select ${lineColumns} from request_line l where l.request_id = any(${requestIds}::uuid[]) order by l.request_id, l.n`,
  );
export const stepsOf = async (tx: Tx, requestIds: readonly string[]): Promise<Step[]> =>
  await tx.many<Step>(
    sql`select ${stepColumns} from approval_step s where s.request_id = any(${requestIds}::uuid[]) order by s.request_id, s.n`,
  );
export const notesOf = async (tx: Tx, requestId: string): Promise<Note[]> =>
  await tx.many<Note>(
    sql`select id, request_id, line_id, at, kind, actor, detail from request_note where request_id = ${requestId} order by at, id`,
  );

export const insertRequest = async (
  tx: Tx,
  request: Omit<Request, 'number' | 'decidedAt' | 'endedBecause'>,
): Promise<number> => {
  const row = await tx.one<{ number: number }>(sql`
    insert into request (id, requester_id, beneficiary_id, order_id, starts_at, reason, ticket, state, policy_number, submitted_at, expires_at)
    values (${request.id}, ${request.requesterId}, ${request.beneficiaryId}, ${request.orderId}, ${request.startsAt}, ${request.reason}, ${request.ticket}, ${request.state},
            ${request.policyNumber}, ${request.submittedAt}, ${request.expiresAt}) returning number`);
  return row.number;
};

/** Writes the lines of a request with one statement. */
export const insertLines = async (
  tx: Tx,
  lines: readonly Omit<RequestLine, 'state' | 'because' | 'grantId' | 'effect'>[],
): Promise<void> => {
  await tx.run(sql`
    insert into request_line (id, request_id, n, beneficiary_id, entitlement_id, role_id, seconds, until, extends_grant_id, takes_grant_id, by_eligibility_id, risk, privileged, sod, rule)
    select t."id", t."requestId", t."n", t."beneficiaryId", t."entitlementId", t."roleId", t."seconds", t."until", t."extendsGrantId", t."takesGrantId", t."byEligibilityId",
           t."risk", t."privileged", t."sod", t."rule"
      from jsonb_to_recordset(${sql.json(lines)}::jsonb) as t("id" uuid, "requestId" uuid, "n" smallint, "beneficiaryId" uuid,
           "entitlementId" uuid, "roleId" uuid, "seconds" integer, "until" timestamptz, "extendsGrantId" uuid, "takesGrantId" uuid, "byEligibilityId" uuid,
           "risk" text, "privileged" boolean, "sod" jsonb, "rule" smallint) order by t."n"`);
};

export const insertStep = async (
  tx: Tx,
  step: Pick<Step, 'id' | 'requestId' | 'n' | 'stage' | 'kind' | 'lineIds' | 'candidates' | 'because'>,
): Promise<void> => {
  await tx.run(sql`
    insert into approval_step (id, request_id, n, stage, kind, line_ids, candidates, because)
    values (${step.id}, ${step.requestId}, ${step.n}, ${step.stage}, ${step.kind}, ${step.lineIds}::uuid[], ${step.candidates}::uuid[], ${step.because})`);
};

/** Sets an open or waiting step in motion with these candidates. */
export const openStep = async (
  tx: Tx,
  step: {
    readonly id: string;
    readonly candidates: readonly string[];
    readonly because: string;
    readonly dueAt: Date;
    readonly escalateAt: Date;
  },
): Promise<void> => {
  await tx.run(sql`
    update approval_step set state = 'open', candidates = ${step.candidates}::uuid[], because = ${step.because},
           opened_at = coalesce(opened_at, ${tx.now}), due_at = ${step.dueAt}, escalate_at = ${step.escalateAt}, reminded_at = null
     where id = ${step.id} and state in ('waiting', 'open')`);
};

/** Takes the decision of an open step. False when somebody took it before. */
export const decideStep = async (
  tx: Tx,
  step: {
    readonly id: string;
    readonly state: 'approved' | 'denied';
    readonly by: string;
    readonly onBehalfOf: string | null;
    readonly comment: string | null;
    readonly stepUp: StepUp | undefined;
  },
): Promise<boolean> =>
  (await tx.run(sql`
    update approval_step set state = ${step.state}, decided_by = ${step.by}, decided_for = ${step.onBehalfOf}, decided_at = ${tx.now}, comment = ${step.comment},
           step_up_method = ${step.stepUp?.method ?? null}, step_up_at = ${step.stepUp?.at ?? null}
     where id = ${step.id} and state = 'open'`)) === 1;

/** Ends a pending request with all that still waits in it. False when it had ended. */
export const endRequest = async (
  tx: Tx,
  end: { readonly id: string; readonly state: Exclude<RequestState, 'pending'>; readonly because: string | null },
): Promise<boolean> => {
  const n = await tx.run(sql`
    update request set state = ${end.state}, ended_because = ${end.because}, decided_at = ${tx.now} where id = ${end.id} and state = 'pending'`);
  if (n === 0) return false;
  await tx.run(
    sql`update approval_step set state = 'skipped' where request_id = ${end.id} and state in ('waiting', 'open')`,
  );
  await tx.run(sql`update request_line set state = 'not_granted' where request_id = ${end.id} and state = 'pending'`);
  return true;
};

export const settleLine = async (
  tx: Tx,
  line: {
    readonly id: string;
    readonly state: LineState;
    readonly because?: string | undefined;
    readonly grantId?: string;
    readonly effect?: Effect;
    readonly sod?: readonly SodHit[];
  },
): Promise<void> => {
  const sod: Sql = line.sod === undefined ? sql`sod` : sql`${sql.json(line.sod)}::jsonb`;
  await tx.run(sql`
    update request_line set state = ${line.state}, because = ${line.because ?? null}, grant_id = ${line.grantId ?? null},
           effect = ${line.effect ?? 'none'}, sod = ${sod} where id = ${line.id}`);
};

/** Notes something on the timeline. False when a note of that id is there already. */
export const addNote = async (
  tx: Tx,
  by: Principal,
  note: {
    readonly id?: string;
    readonly requestId: string;
    readonly lineId?: string;
    readonly kind: string;
    readonly detail?: Readonly<Record<string, unknown>>;
  },
): Promise<boolean> =>
  (await tx.run(sql`
    insert into request_note (id, request_id, line_id, at, kind, actor, detail)
    values (${note.id ?? newId()}, ${note.requestId}, ${note.lineId ?? null}, ${tx.now}, ${note.kind}, ${`${by.kind}:${by.id}`},
            ${sql.json(note.detail ?? {})}::jsonb) on conflict (id) do nothing`)) === 1;

/** Requests the policy decides about: taking away is decided by who answers for it, whatever the policy says. */
export const underThePolicy = sql`not exists (
  select from request_line taken where taken.request_id = r.id and taken.takes_grant_id is not null)`;

/** The approval policy in force, or the version a request was started under. */
export const readPolicy = async (tx: Tx, number?: number): Promise<{ number: number; rules: ApprovalRules }> => {
  const row = await tx.one<{ number: number; rules: unknown }>(
    number === undefined
      ? sql`select number, rules from approval_policy order by number desc limit 1`
      : sql`select number, rules from approval_policy where number = ${number}`,
  );
  return { number: row.number, rules: approvalRules.parse(row.rules) };
};
