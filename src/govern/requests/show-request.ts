import { sql, type Tx } from '#kit/db/index.ts';
import { ELIGIBILITY, getIdentities, type GrantControls } from '#spine/graph/index.ts';
import { controlsOfLines } from './controls-of-lines.ts';
import { standIns } from './deputies/cover.ts';
import { loadTargets, type Target } from './lines/find-targets.ts';
import { highestRisk, type Note, type Request, type RequestLine, type Step } from './model.ts';
import { linesOf, stepsOf } from './store.ts';

/** A thing by id, with the name to show for it. */
export interface Ref {
  readonly id: string;
  readonly name: string;
}

/** Names of people by id; whoever is not known any more is called so. */
export const namesOf = async (tx: Tx, ids: readonly string[]): Promise<(id: string) => Ref> => {
  const known = new Map((await getIdentities(tx, [...new Set(ids)])).map((i) => [i.id, i.displayName]));
  return (id) => ({ id, name: known.get(id) ?? 'somebody no longer known' });
};

export const showTarget = (target: Target | undefined, id: string, kind: 'entitlement' | 'role') => ({
  kind,
  id,
  name: target?.name ?? 'something no longer known',
  systemId: target?.systemId ?? null,
  systemName: target?.systemName ?? null,
  risk: target?.risk ?? ('low' as const),
  privileged: target?.privileged ?? false,
});

const showLine = (
  line: RequestLine,
  targets: ReadonlyMap<string, Target>,
  grants: ReadonlyMap<string, GrantEnd>,
  controls: GrantControls,
) => {
  const id = line.entitlementId ?? line.roleId ?? '';
  const grant = line.grantId === null ? undefined : grants.get(line.grantId);
  return {
    id: line.id,
    what: {
      ...showTarget(targets.get(id), id, line.roleId === null ? 'entitlement' : 'role'),
      risk: line.risk,
      privileged: line.privileged,
    },
    seconds: line.seconds,
    until: line.until,
    extendsGrantId: line.extendsGrantId,
    takesGrantId: line.takesGrantId,
    byEligibilityId: line.byEligibilityId,
    state: line.state,
    because: line.because,
    sod: line.sod,
    controls,
    grant: grant === undefined ? null : { id: grant.id, validTo: grant.validTo, endedBecause: grant.endedBecause },
    effect: line.effect,
  };
};

interface StandIn {
  readonly stepId: string;
  readonly identityId: string;
  readonly deputyId: string;
}

const showStep = (step: Step, ref: (id: string) => Ref, standIns: readonly StandIn[]) => ({
  id: step.id,
  n: step.n,
  stage: step.stage,
  kind: step.kind,
  state: step.state,
  approvers: step.candidates.map(ref),
  deputies: standIns.filter((s) => s.stepId === step.id).map((s) => ({ ...ref(s.deputyId), of: ref(s.identityId) })),
  because: step.because,
  lineIds: step.lineIds,
  openedAt: step.openedAt,
  dueAt: step.dueAt,
  decidedBy: step.decidedBy === null ? null : ref(step.decidedBy),
  decidedFor: step.decidedFor === null ? null : ref(step.decidedFor),
  decidedAt: step.decidedAt,
  comment: step.comment,
  stepUp:
    step.stepUpMethod === null || step.stepUpAt === null ? null : { method: step.stepUpMethod, at: step.stepUpAt },
});

interface GrantEnd {
  readonly id: string;
  readonly validTo: Date | null;
  readonly endedBecause: string | null;
}

const LENGTHS = [
  [604_800, 'w'],
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;
const inWords = (seconds: number): string => {
  const [size, unit] = LENGTHS.find(([size]) => seconds % size === 0) ?? [1, 's'];
  return `${seconds / size} ${unit}`;
};

const lowered = (text: string): string => `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;

/** `sudo:ALL on web1 for 2 h, role Clerk until 2026-03-02T10:00:00.000Z`. */
const summaryOf = (lines: readonly RequestLine[], targets: ReadonlyMap<string, Target>): string =>
  lines
    .map((line) => {
      const target = targets.get(line.entitlementId ?? line.roleId ?? '');
      const what =
        target?.kind === 'role'
          ? `role ${target.name}`
          : target?.entitlementKind === ELIGIBILITY
            ? lowered(target.name)
            : `${target?.name ?? '?'} on ${target?.systemName ?? '?'}`;
      const time =
        line.until === null
          ? line.seconds === null
            ? ''
            : ` for ${inWords(line.seconds)}`
          : ` until ${line.until.toISOString()}`;
      const act = line.takesGrantId !== null ? 'take away ' : line.byEligibilityId === null ? '' : 'activate ';
      return `${act}${what}${time}`;
    })
    .join(', ');

/** Requests with their lines, steps and names, in the order given. */
export const showRequests = async (tx: Tx, requests: readonly Request[]) => {
  const ids = requests.map((r) => r.id);
  const lines = await linesOf(tx, ids);
  const steps = await stepsOf(tx, ids);
  const targets = await loadTargets(tx, {
    entitlementIds: lines.flatMap((l) => l.entitlementId ?? []),
    roleIds: lines.flatMap((l) => l.roleId ?? []),
  });
  const grants = await tx.many<GrantEnd>(sql`
    select id, valid_to, ended_because from access_grant where id = any(${lines.flatMap((l) => l.grantId ?? [])}::uuid[])`);
  const grantOf = new Map(grants.map((g) => [g.id, g]));
  const controls = await controlsOfLines(tx, requests, lines);
  const deputies = await tx.many<StandIn>(
    sql.aboutIds(
      'requests.stand_ins_shown',
      ids,
      (are) => sql`
    select distinct step_id, identity_id, deputy_id from (${standIns(tx.now, are(sql`s.request_id`))}) t
     order by step_id, deputy_id, identity_id`,
    ),
  );
  const ref = await namesOf(tx, [
    ...requests.flatMap((r) => [r.requesterId, r.beneficiaryId]),
    ...steps.flatMap((s) => [...s.candidates, s.decidedBy ?? [], s.decidedFor ?? []].flat()),
    ...deputies.map((d) => d.deputyId),
  ]);
  return requests.map((request) => {
    const own = lines.filter((l) => l.requestId === request.id);
    return {
      id: request.id,
      number: `R-${request.number}`,
      requester: ref(request.requesterId),
      beneficiary: ref(request.beneficiaryId),
      state: request.state,
      summary: summaryOf(own, targets),
      endedBecause: request.endedBecause,
      orderId: request.orderId,
      startsAt: request.startsAt,
      reason: request.reason,
      ticket: request.ticket,
      risk: highestRisk(own.map((l) => l.risk)),
      privileged: own.some((l) => l.privileged),
      submittedAt: request.submittedAt,
      expiresAt: request.expiresAt,
      decidedAt: request.decidedAt,
      lines: own.map((l) => showLine(l, targets, grantOf, controls(l))),
      steps: steps.filter((s) => s.requestId === request.id).map((s) => showStep(s, ref, deputies)),
    };
  });
};

const people = (note: Note): string[] => {
  const candidates = note.detail['candidates'];
  return Array.isArray(candidates) ? candidates.filter((c): c is string => typeof c === 'string') : [];
};
const inWhoseName = (note: Note): string[] => {
  const id = note.detail['onBehalfOf'];
  return typeof id === 'string' ? [id] : [];
};

const KIND_WORDS: Readonly<Record<string, string>> = {
  manager: 'manager',
  owner: 'owner',
  role_owner: 'role owner',
  system_owner: 'system owner',
  named: 'named approver',
  holders: 'one of those who hold what the approval policy asks for',
};

const sentence = (note: Note, ref: (id: string) => Ref): string => {
  const d = note.detail;
  const say = (key: string): string => (d[key] === undefined || d[key] === null ? '' : String(d[key]));
  const asked = people(note)
    .map((id) => ref(id).name)
    .join(', ');
  const comment = say('comment') === '' ? '' : `: ${say('comment')}`;
  const behalf = say('onBehalfOf') === '' ? '' : `, in the name of ${ref(say('onBehalfOf')).name}`;
  const fresh = say('stepUp') === '' ? '' : `, proved by ${say('stepUp') === 'totp' ? 'a one-time code' : 'a passkey'}`;
  const took = say('elapsedMs') === '' ? '' : ` after ${(Number(d['elapsedMs']) / 1000).toFixed(1)} s`;
  const read = d['proven'] === true ? ', read back' : '';
  switch (note.kind) {
    case 'submitted':
      return 'asked for it';
    case 'step_opened':
      return `waits for ${asked} (${say('because')})`;
    case 'step_rerouted':
      return `waits for ${asked} instead (${say('because')})`;
    case 'step_escalated':
      return `asked ${asked} too (${say('because')})`;
    case 'step_reminded':
      return `reminded ${asked}`;
    case 'step_approved':
      return `approved as ${KIND_WORDS[say('kind')] ?? say('kind')}${behalf}${fresh}${comment}`;
    case 'step_denied':
      return `denied${behalf}${fresh}${comment}`;
    case 'granted':
      return `access given${say('until') === '' ? '' : ` until ${say('until')}`}${say('under') === '' ? '' : `, under ${say('under')}`}`;
    case 'controlled':
      return `put it under ${say('under')} (${say('because')})`;
    case 'sent_back':
      return `sent it back for ${say('asked')} more ${say('asked') === '1' ? 'approval' : 'approvals'}${say('because') === '' ? '' : `: ${say('because')}`}`;
    case 'line_refused':
      return `could not be given: ${say('because')}`;
    case 'ends_soon':
      return `ends at ${say('until')}`;
    case 'withdrawn':
      return 'took the request back';
    case 'line_withdrawn':
      return 'took one line of it back';
    case 'scheduled':
      return `approved; begins at ${say('startsAt')}`;
    case 'removed':
      return 'access taken away';
    case 'comment':
      return say('text');
    case 'moved':
      return 'turned out to be another, for whom it goes on';
    case 'reevaluated':
      return `put it under version ${say('to')} of the approval policy, in place of ${say('from')}: ${say('reason')}`;
    case 'expired':
      return 'expired, because nobody decided in time';
    case 'realised':
      return `in effect on the target${took}${read}`;
    case 'ended':
      return `access ended: ${say('because')}`;
    case 'access_withdrawn':
      return `gone from the target${took}${read}`;
    default:
      return note.kind;
  }
};

/** The timeline as people read it. */
export const showNotes = async (tx: Tx, notes: readonly Note[]) => {
  const actorId = (note: Note): string | undefined =>
    note.actor.startsWith('identity:') ? note.actor.slice('identity:'.length) : undefined;
  const ref = await namesOf(
    tx,
    notes.flatMap((n) => [...people(n), ...inWhoseName(n), ...(actorId(n) === undefined ? [] : [actorId(n) ?? ''])]),
  );
  return notes.map((note) => {
    const actor = actorId(note);
    return {
      id: note.id,
      at: note.at,
      kind: note.kind,
      lineId: note.lineId,
      actor: actor === undefined ? { id: null, name: 'Reeve' } : ref(actor),
      text: sentence(note, ref),
      detail: note.detail,
    };
  });
};
