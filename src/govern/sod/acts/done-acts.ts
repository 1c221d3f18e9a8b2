import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { Guard } from './guards.ts';

/** Something that was done although a guard refuses it: it came past Reeve, or a guard was away. */
export interface DoneAct {
  readonly at: Date;
  readonly who: string;
  readonly whoId: string;
  readonly guard: string;
  /** What was done, by the word the log has for it. */
  readonly what: string;
  readonly resourceType: string;
  readonly resourceId: string;
  /** The entry of the log that tells of it; null: the log does not, so that it came past Reeve. */
  readonly eventId: string | null;
}

/** Acts of the log are looked at this far back. */
export const ACT_DAYS = 90;
/** As many of the latest are shown. */
const SHOWN = 50;

/** Whether somebody is who did `e`. */
const isActor = (whose: Sql): Sql => sql`${whose}::text = e.actor_id`;
/** Whether somebody was theirs to answer for when `e` happened: a service they own. */
const isTheirs = (whose: Sql): Sql => sql`exists (
  select from identity_facts o where o.identity_id = ${whose} and o.owner_id::text = e.actor_id
     and o.valid_from <= e.at and (o.valid_to is null or o.valid_to > e.at))`;
const id = (field: string): Sql => sql`(e.data ->> ${field}::text)::uuid`;

/** How acts against a guard are found: rows `e` of `at, actor_id, what, data, event_id`, and which of them went against it. */
interface Finder {
  readonly acts: Sql;
  readonly resource: readonly [type: string, id: Sql];
  readonly against: Sql;
}

/** What people did, as the log tells it. */
const told = (...types: readonly string[]): Sql => sql`
  select at, actor_id, type as what, data, id as event_id from audit_event
   where type = any(${sql.array([...types])}::text[]) and actor_kind = 'identity'`;
const tellsOf = (types: Sql, field: string, of: Sql): Sql => sql`
  (select l.id from audit_event l where l.type in (${types}) and l.data ->> ${field}::text = ${of}::text order by l.id desc limit 1)`;

/** Decisions of steps as they are kept, whatever the log says. */
const decided = sql`
  select s.decided_at as at, s.decided_by::text as actor_id, 'request.step_' || s.state as what,
         jsonb_build_object('requestId', s.request_id, 'n', s.n, 'onBehalfOf', s.decided_for, 'beneficiaryId', r.beneficiary_id, 'requesterId', r.requester_id) as data,
         (select l.id from audit_event l
           where l.type in ('request.step_approved', 'request.step_denied') and l.actor_id = s.decided_by::text and l.data ->> 'requestId' = s.request_id::text
             and (l.data ->> 'n')::int = s.n order by l.id desc limit 1) as event_id
    from approval_step s join request r on r.id = s.request_id where s.decided_by is not null`;
/** Exceptions as they are kept. */
const excepted = sql`
  select x.valid_from as at, substr(x.approved_by, 10) as actor_id, 'sod_exception.granted' as what,
         jsonb_build_object('exceptionId', x.id, 'identityId', x.identity_id) as data,
         ${tellsOf(sql`'sod_exception.granted'`, 'exceptionId', sql`x.id`)} as event_id
    from sod_exception x where x.approved_by like 'identity:%'`;
const ran = sql`
  select c.recorded_at as at, c.ran_by::text as actor_id, 'sod_exception.control_ran' as what,
         jsonb_build_object('exceptionId', x.id, 'identityId', x.identity_id) as data,
         ${tellsOf(sql`'sod_exception.control_ran'`, 'runId', sql`c.id`)} as event_id
    from sod_control_run c join sod_exception x on x.id = c.exception_id`;

const ofRequest = (against: Sql): Finder => ({ acts: decided, resource: ['Request', id('requestId')], against });
const ofException = (acts: Sql, against: Sql): Finder => ({
  acts,
  resource: ['SodException', id('exceptionId')],
  against,
});
/** Whether whoever did `e` was in conflict with its rule. */
const violated = sql`exists (
  select from sod_violation v where v.rule_id = ${id('ruleId')} and v.identity_id::text = e.actor_id
     and v.opened_at < e.at and (v.cleared_at is null or v.cleared_at >= e.at))`;
/** Privileged access that a rule gave whoever made it, soon after: what comes of a later change of theirs is another matter. */
const gavePrivileged = sql`exists (
  select from access_grant g
   where g.origin = 'birthright' and g.origin_id = ${id('ruleId')} and ${isActor(sql`g.identity_id`)}
     and g.valid_from between e.at and e.at + interval '1 day'
     and exists (
       with recursive below(id) as (
         select g.role_id where g.role_id is not null
         union select c.child_role_id from below b join role_content c on c.role_id = b.id where c.child_role_id is not null)
       select from entitlement p where p.privileged
          and (p.id = g.entitlement_id or p.id in (select c.entitlement_id from below b join role_content c on c.role_id = b.id))))`;

const FINDERS: Readonly<Record<string, Finder>> = {
  'requests.nobody_decides_to_their_own_benefit': ofRequest(
    sql`e.actor_id in (e.data ->> 'beneficiaryId', e.data ->> 'requesterId')`,
  ),
  'request.own_benefit': ofRequest(
    sql`(${isTheirs(id('beneficiaryId'))} or e.data ->> 'onBehalfOf' in (e.data ->> 'beneficiaryId', e.data ->> 'requesterId'))`,
  ),
  'requests.each_step_is_decided_by_another': ofRequest(sql`exists (
    select from approval_step b where b.request_id = ${id('requestId')} and b.n < (e.data ->> 'n')::int and ${isActor(sql`b.decided_by`)})`),
  'grant.own_benefit': {
    acts: told('grant.started', 'grant.planned'),
    resource: ['Grant', id('grantId')],
    against: sql`((${isActor(id('identityId'))} or ${isTheirs(id('identityId'))})
      and exists (select from access_grant g where g.id = ${id('grantId')} and g.origin = 'admin'))`,
  },
  'birthright.own_benefit': {
    acts: told('birthright.put'),
    resource: ['BirthrightRule', id('ruleId')],
    against: gavePrivileged,
  },
  'account.own_benefit': {
    acts: told('account.linked'),
    resource: ['Account', id('accountId')],
    against: isActor(id('identityId')),
  },
  'audit.nobody_erases_or_holds_their_own': {
    acts: told('audit.subject_erased', 'audit.legal_hold_set'),
    resource: ['Identity', id('subjectId')],
    against: sql`(${isActor(id('subjectId'))} or ${isTheirs(id('subjectId'))})`,
  },
  'sod.nobody_excepts_themself': ofException(excepted, isActor(id('identityId'))),
  'sod_exception.own_benefit': ofException(excepted, isTheirs(id('identityId'))),
  'sod_rule.own_benefit': {
    acts: told('sod_rule.changed', 'sod_rule.retired'),
    resource: ['SodRule', id('ruleId')],
    against: violated,
  },
  'sod.nobody_proves_their_own_exception': ofException(ran, isActor(id('identityId'))),
};

/** The guards acts against which can be found: all there are, or a test says so. */
export const FOUND: ReadonlySet<string> = new Set(Object.keys(FINDERS));

/** What people did lately against any of these guards, the latest first; none of it can come about through Reeve. */
export async function doneAgainst(tx: Tx, guards: readonly Guard[], limit = SHOWN): Promise<readonly DoneAct[]> {
  const since = new Date(tx.now.getTime() - ACT_DAYS * 86_400_000);
  const parts = guards.flatMap(({ name }) => {
    const finder = FINDERS[name];
    if (finder === undefined) return [];
    const [type, resourceId] = finder.resource;
    return [
      sql`
        select e.at, e.actor_id, e.what, ${name}::text as guard, ${type}::text as resource_type, ${resourceId} as resource_id, e.event_id
          from (${finder.acts}) e where e.at > ${since} and ${finder.against}`,
    ];
  });
  if (parts.length === 0) return [];
  return await tx.many<DoneAct>(sql`
    select d.at, d.actor_id as who_id, coalesce(f.display_name, 'somebody no longer known') as who, d.guard, d.what,
           d.resource_type, d.resource_id, d.event_id
      from (select * from (${sql.join(parts, sql` union all `)}) found order by at desc, resource_id limit ${limit}) d
      left join identity_facts f on f.identity_id::text = d.actor_id and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
     order by d.at desc, d.resource_id, d.guard`);
}
