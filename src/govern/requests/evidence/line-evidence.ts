import { sql, type Tx } from '#kit/db/index.ts';
import { controlsInWords, getIdentity } from '#spine/graph/index.ts';
import { placeOf, ruleFor, seatsOf, type ApprovalRules } from '../approvers/approval-rules.ts';
import { whoHolds } from '../approvers/find-approvers.ts';
import { controlsOf } from '../approvers/rule-controls.ts';
import { factsOf } from '../approvers/line-facts.ts';
import { personRisks } from '../approvers/person-risk.ts';
import { loadTargets } from '../lines/find-targets.ts';
import type { Request } from '../model.ts';
import { linesOf, readPolicy } from '../store.ts';

/** What whoever decides about a line sees beside it. */
export interface LineEvidence {
  readonly lineId: string;
  /** Use of the same by the same person, as far as sessions tell. */
  readonly used: { readonly sessions: number; readonly lastAt: Date | null };
  /** How often they had it before, and until when last. */
  readonly before: { readonly grants: number; readonly lastEndedAt: Date | null };
  /** Of the active people of their department, them apart: how many have it. Null where they are too few to say anything. */
  readonly peers: { readonly of: number; readonly have: number; readonly department: string } | null;
  /** What the policy says, and where. Place 0: no rule holds, so manager and owner are asked. */
  readonly policy: {
    readonly version: number;
    readonly rule: number;
    readonly says: string;
  };
}

/** Fewer than these are no group to be compared with. */
const FEWEST_PEERS = 5;
const DAYS = 90;

/** The evidence for each line of a request, as things are now. */
export const evidenceOf = async (tx: Tx, request: Request): Promise<LineEvidence[]> => {
  const lines = await linesOf(tx, [request.id]);
  const targets = await loadTargets(tx, {
    entitlementIds: lines.flatMap((l) => l.entitlementId ?? []),
    roleIds: lines.flatMap((l) => l.roleId ?? []),
  });
  const { rules } = await readPolicy(tx, request.policyNumber);
  const beneficiary = await getIdentity(tx, request.beneficiaryId);
  const peers = await peersOf(tx, request.beneficiaryId, beneficiary?.department ?? null);
  const ask = {
    identityKind: beneficiary?.kind ?? 'person',
    personRisk: (await personRisks(tx, rules, [request.beneficiaryId]))(request.beneficiaryId),
    askedAt: request.submittedAt,
  };
  const all: LineEvidence[] = [];
  for (const line of lines) {
    const id = line.entitlementId ?? line.roleId ?? '';
    const target = targets.get(id);
    const holders = peers === undefined ? [] : await whoHolds(tx, id);
    all.push({
      lineId: line.id,
      ...(await pastOf(tx, request.beneficiaryId, id)),
      peers:
        peers === undefined
          ? null
          : {
              of: peers.ids.length,
              have: peers.ids.filter((peer) => holders.includes(peer)).length,
              department: peers.department,
            },
      policy: {
        version: request.policyNumber,
        ...(target === undefined
          ? { rule: 0, says: 'what it is about is not known any more' }
          : inWords(rules, factsOf(ask, { target, asked: line, conflict: line.sod.length > 0 }))),
      },
    });
  }
  return all;
};

const pastOf = async (tx: Tx, identityId: string, targetId: string): Promise<Pick<LineEvidence, 'used' | 'before'>> => {
  const row = await tx.one<{ grants: number; lastEndedAt: Date | null; sessions: number; lastAt: Date | null }>(sql`
    with same as (
      select id, valid_to, ended_because from access_grant
       where identity_id = ${identityId} and (entitlement_id = ${targetId} or role_id = ${targetId})
    )
    select (select count(*) from same) as grants,
           (select max(valid_to) from same where ended_because is not null) as last_ended_at,
           (select count(*) from access_use u
             where u.identity_id = ${identityId} and u.grant_ids && array(select id from same)
               and u.started_at > ${tx.now}::timestamptz - make_interval(days => ${DAYS})) as sessions,
           (select max(u.started_at) from access_use u
             where u.identity_id = ${identityId} and u.grant_ids && array(select id from same)) as last_at`);
  return {
    used: { sessions: row.sessions, lastAt: row.lastAt },
    before: { grants: row.grants, lastEndedAt: row.lastEndedAt },
  };
};

const peersOf = async (
  tx: Tx,
  identityId: string,
  department: string | null,
): Promise<{ readonly ids: readonly string[]; readonly department: string } | undefined> => {
  if (department === null || department === '') return undefined;
  const rows = await tx.many<{ id: string }>(sql`
    select f.identity_id as id from identity_facts f join identity i on i.id = f.identity_id
     where f.department = ${department} and f.state = 'active' and i.kind = 'person' and f.identity_id <> ${identityId}
       and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now}) limit 10000`);
  return rows.length < FEWEST_PEERS ? undefined : { ids: rows.map((r) => r.id), department };
};

const inWords = (
  rules: ApprovalRules,
  facts: Parameters<typeof ruleFor>[1],
): Pick<LineEvidence['policy'], 'rule' | 'says'> => {
  const rule = ruleFor(rules, facts);
  const place = placeOf(rules, rule);
  const why = Object.keys(rule.when).map((name) => WORDS.get(name) ?? name);
  const approvals = seatsOf(rule).length;
  const under = controlsInWords(controlsOf(rule));
  const parts = [
    place === 0 ? 'no rule holds, so both manager and owner are asked' : `rule ${place}`,
    ...(place === 0 ? [] : [why.length === 0 ? 'for everything else' : `because of ${why.join(', ')}`]),
    rule.steps === 'automatic' ? 'given without asking' : approvals === 1 ? 'one approval' : `${approvals} approvals`,
    ...(rule.stepUp === true ? ['each with a fresh proof'] : []),
    ...(under === '' ? [] : [`given under: ${under}`]),
  ];
  return { rule: place, says: parts.join(', ') };
};

const WORDS: ReadonlyMap<string, string> = new Map([
  ['privileged', 'privilege'],
  ['risk', 'risk'],
  ['systemIds', 'its system'],
  ['conflict', 'conflicts of duties'],
  ['dataClass', 'the data class'],
  ['tags', 'its tags'],
  ['identityKinds', 'whom it is for'],
  ['personRisk', 'the risk of whom it is for'],
  ['longerThanSeconds', 'how long it is asked for'],
  ['time', 'when it was asked for'],
]);
