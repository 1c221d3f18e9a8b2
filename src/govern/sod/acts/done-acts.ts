import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { Guard } from './guards.ts';

/** Something that was done although a guard refuses it: it came past Reeve, or a guard was away. */
export interface DoneAct {
  readonly at: Date;
  readonly who: string;
  readonly whoId: string;
  readonly guard: string;
  /** The event of the log that tells of it. */
  readonly what: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly eventId: string;
}

/** Acts of the log are looked at this far back. */
export const ACT_DAYS = 90;
/** As many of the latest are shown. */
const SHOWN = 50;

/** Whether somebody is the actor of an event `e`. */
const isActor = (whose: Sql): Sql => sql`${whose}::text = e.actor_id`;
/** Whether somebody was the actor’s to answer for when `e` happened: a service they own. */
const isTheirs = (whose: Sql): Sql => sql`exists (
  select from identity_facts o where o.identity_id = ${whose} and o.owner_id::text = e.actor_id
     and o.valid_from <= e.at and (o.valid_to is null or o.valid_to > e.at))`;
const id = (field: string): Sql => sql`(e.data ->> ${field})::uuid`;

interface Finder {
  /** Events that tell of such an act. */
  readonly events: readonly string[];
  readonly resource: readonly [type: string, id: Sql];
  /** Which of them, of `e`, went against the guard. */
  readonly against: Sql;
}

const DECISIONS = ['request.step_approved', 'request.step_denied'];
const ofRequest = (against: Sql): Finder => ({
  events: DECISIONS,
  resource: ['Request', id('requestId')],
  against: sql`exists (select from request r where r.id = ${id('requestId')} and ${against})`,
});
const ofTrail: Finder = {
  events: ['audit.subject_erased', 'audit.legal_hold_set'],
  resource: ['Identity', id('subjectId')],
  against: sql`(${isActor(id('subjectId'))} or ${isTheirs(id('subjectId'))})`,
};
/** Whether somebody was in conflict with the rule of `e` when that was changed or retired. */
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

/** How an act against each guard is told of by what is kept. */
const FINDERS: Readonly<Record<string, Finder>> = {
  'requests.nobody_decides_to_their_own_benefit': ofRequest(
    sql`(${isActor(sql`r.requester_id`)} or ${isActor(sql`r.beneficiary_id`)})`,
  ),
  'request.own_benefit': ofRequest(sql`(
    ${isTheirs(sql`r.beneficiary_id`)} or e.data ->> 'onBehalfOf' in (r.requester_id::text, r.beneficiary_id::text))`),
  'requests.each_step_is_decided_by_another': ofRequest(sql`exists (
    select from approval_step a join approval_step b on b.request_id = a.request_id and b.n < a.n and b.decided_by = a.decided_by
     where a.request_id = r.id and ${isActor(sql`a.decided_by`)} and a.n = (e.data ->> 'n')::int)`),
  'grant.own_benefit': {
    events: ['grant.started', 'grant.planned'],
    resource: ['Grant', id('grantId')],
    against: sql`((${isActor(id('identityId'))} or ${isTheirs(id('identityId'))})
      and exists (select from access_grant g where g.id = ${id('grantId')} and g.origin = 'admin'))`,
  },
  'birthright.own_benefit': {
    events: ['birthright.put'],
    resource: ['BirthrightRule', id('ruleId')],
    against: gavePrivileged,
  },
  'account.own_benefit': {
    events: ['account.linked'],
    resource: ['Account', id('accountId')],
    against: isActor(id('identityId')),
  },
  'audit.nobody_erases_or_holds_their_own': ofTrail,
  'sod.nobody_excepts_themself': {
    events: ['sod_exception.granted'],
    resource: ['SodException', id('exceptionId')],
    against: isActor(id('identityId')),
  },
  'sod_exception.own_benefit': {
    events: ['sod_exception.granted'],
    resource: ['SodException', id('exceptionId')],
    against: isTheirs(id('identityId')),
  },
  'sod_rule.own_benefit': {
    events: ['sod_rule.changed', 'sod_rule.retired'],
    resource: ['SodRule', id('ruleId')],
    against: violated,
  },
  'sod.nobody_proves_their_own_exception': {
    events: ['sod_exception.control_ran'],
    resource: ['SodException', id('exceptionId')],
    against: sql`exists (select from sod_exception x where x.id = ${id('exceptionId')} and ${isActor(sql`x.identity_id`)})`,
  },
};

/** The guards acts against which can be found; all of them, or a test says so. */
export const FOUND: ReadonlySet<string> = new Set(Object.keys(FINDERS));

/** What people did lately against any of these guards, the latest first; none of it can come about through Reeve. */
export async function doneAgainst(tx: Tx, guards: readonly Guard[], limit = SHOWN): Promise<readonly DoneAct[]> {
  const parts = guards.flatMap(({ name }) => {
    const finder = FINDERS[name];
    if (finder === undefined) return [];
    const [type, resourceId] = finder.resource;
    return [
      sql`
        select e.id, e.at, e.actor_id, e.type, ${name}::text as guard, ${type}::text as resource_type, ${resourceId} as resource_id
          from audit_event e
         where e.type = any(${sql.array([...finder.events])}::text[]) and e.actor_kind = 'identity'
           and e.at > ${tx.now}::timestamptz - make_interval(days => ${ACT_DAYS}::int) and ${finder.against}`,
    ];
  });
  if (parts.length === 0) return [];
  return await tx.many<DoneAct>(sql`
    select d.id as event_id, d.at, d.actor_id as who_id, coalesce(f.display_name, 'somebody no longer known') as who, d.guard,
           d.type as what, d.resource_type, d.resource_id
      from (select * from (${sql.join(parts, sql` union all `)}) all_of_them order by id desc limit ${limit}) d
      left join identity_facts f on f.identity_id::text = d.actor_id and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
     order by d.id desc, d.guard`);
}
