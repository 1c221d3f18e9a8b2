import { sql } from '#kit/db/index.ts';
import { standIns } from './deputies/cover.ts';
import type { CedarType, CedarValue, ResourceType } from '#spine/operations/index.ts';

const identity = (id: string): CedarValue => ({ entity: { type: 'Identity', id } });
const person: CedarType = { type: 'Entity', name: 'Identity' };
const people: CedarType = { type: 'Set', element: person };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Row {
  readonly id: string;
  readonly requesterId: string;
  readonly beneficiaryId: string;
  readonly state: string;
  readonly benefits: string[];
  readonly asked: string[];
  readonly involved: string[];
  readonly deciders: string[];
  readonly managerId: string | null;
}

/** A request as policies see it. */
export const requestType: ResourceType = {
  type: 'Request',
  attributes: {
    requester: person,
    beneficiary: person,
    /** Who asked, whom it is for, and who answers for either where it is a program. */
    benefits: people,
    /** Whom the open steps wait for, and who may decide in their name; empty when it is over. */
    approvers: people,
    /** Everybody any step was or will be for. */
    involved: people,
    /** Who decided a step of it, and in whose name. */
    deciders: people,
    manager: { ...person, required: false },
    state: { type: 'String' },
  },
  load: async (tx, ids) => {
    const rows = await tx.many<Row>(
      sql.aboutIds(
        'requests.as_resources',
        ids.filter((id) => UUID.test(id)),
        (are) => sql`
      select r.id, r.requester_id, r.beneficiary_id, r.state,
             (select coalesce(array_agg(distinct b.id), '{}') from (
                select unnest(array[r.requester_id, r.beneficiary_id]) as id
                union all
                select m.now_id from identity_merge m where m.duplicate_id in (r.requester_id, r.beneficiary_id) and m.undone_at is null
                union all
                select f.owner_id from identity i join identity_facts f on f.identity_id = i.id
                 where i.id in (r.requester_id, r.beneficiary_id) and i.kind in ('service', 'workload', 'agent') and f.owner_id is not null
                   and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})) b) as benefits,
             (select coalesce(array_agg(distinct c), '{}') from approval_step s, unnest(s.candidates) c
               where s.request_id = r.id and s.state = 'open') as asked,
             (select coalesce(array_agg(distinct c), '{}') from approval_step s, unnest(s.candidates || s.decided_by) c
               where s.request_id = r.id and c is not null) as involved,
             (select coalesce(array_agg(distinct c), '{}') from approval_step s, unnest(array[s.decided_by, s.decided_for]) c
               where s.request_id = r.id and c is not null) as deciders,
             (select f.manager_id from identity_facts f where f.identity_id = r.beneficiary_id
                 and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})) as manager_id
        from request r where ${are(sql`r.id`)}`,
      ),
    );
    const standing = await tx.many<{ requestId: string; deputyId: string }>(
      sql.aboutIds(
        'requests.stand_ins',
        rows.map((r) => r.id),
        (are) => sql`select distinct request_id, deputy_id from (${standIns(tx.now, are(sql`s.request_id`))}) t`,
      ),
    );
    const deputiesOf = (id: string): string[] => standing.filter((d) => d.requestId === id).map((d) => d.deputyId);
    return new Map(
      rows.map((r) => [
        r.id,
        {
          requester: identity(r.requesterId),
          beneficiary: identity(r.beneficiaryId),
          state: r.state,
          benefits: r.benefits.map(identity),
          approvers: [...new Set([...r.asked, ...deputiesOf(r.id)])].map(identity),
          involved: [...new Set([...r.involved, ...deputiesOf(r.id)])].map(identity),
          deciders: r.deciders.map(identity),
          ...(r.managerId === null ? {} : { manager: identity(r.managerId) }),
        },
      ]),
    );
  },
};
