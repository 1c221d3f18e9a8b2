import { lineageOf, type FactOrigin } from '#govern/lifecycle/index.ts';
import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import type { Grant, Identity } from '#spine/graph/index.ts';

/** A row of a source that says something of somebody, and the delivery that said it last. */
export interface SourceRow {
  readonly source: string;
  readonly externalId: string;
  readonly present: boolean;
  readonly runId: string;
  readonly deliveredAt: Date;
  readonly deliveredBy: string;
}

/** Why a grant is there. */
export type Cause =
  | {
      readonly kind: 'birthright';
      readonly ruleId: string;
      readonly rule: string;
      /** Field → the values that fit. */
      readonly condition: Readonly<Record<string, readonly string[]>>;
      /** In CEL, in place of a condition. */
      readonly personCondition: string | null;
      /** What the rule asks about, as it is now and from which source. */
      readonly facts: readonly FactOrigin[];
      readonly rows: readonly SourceRow[];
    }
  | {
      readonly kind: 'request';
      readonly requestId: string;
      readonly number: number;
      readonly requester: string;
      readonly reason: string;
      readonly submittedAt: Date;
      readonly decisions: readonly {
        readonly step: string;
        readonly by: string;
        readonly at: Date;
        readonly decision: string;
        readonly comment: string | null;
      }[];
    }
  | {
      readonly kind: 'drift';
      readonly caseId: string;
      readonly since: Date;
      readonly because: string | null;
    }
  | { readonly kind: 'given'; readonly origin: string };

/** The entry of the audit log that tells of a grant's start. */
export interface Told {
  readonly eventId: string;
  readonly at: Date;
  readonly by: string;
}

/** Why a grant of somebody is there. */
export async function causeOf(tx: Tx, grant: Grant, identity: Identity): Promise<Cause> {
  const { origin, originId } = grant;
  const found =
    originId === null
      ? undefined
      : origin === 'birthright'
        ? await birthright(tx, originId, identity)
        : origin === 'request' || origin === 'jit'
          ? await request(tx, originId)
          : origin === 'import'
            ? await drift(tx, originId)
            : undefined;
  return found ?? { kind: 'given', origin };
}

async function birthright(tx: Tx, ruleId: string, identity: Identity): Promise<Cause | undefined> {
  const rule = await tx.maybe<{ name: string; condition: Record<string, string[]>; personCondition: string | null }>(
    sql`select name, condition, person_condition from birthright_rule where id = ${ruleId}`,
  );
  if (rule === undefined) return undefined;
  const asked = new Set([
    ...Object.keys(rule.condition).flatMap((field) => [field, camel(field)]),
    ...factsNamed(rule.personCondition ?? ''),
  ]);
  const { facts } = await lineageOf(tx, identity);
  return {
    kind: 'birthright',
    ruleId,
    rule: rule.name,
    condition: rule.condition,
    personCondition: rule.personCondition,
    facts: facts.filter(({ fact }) => asked.has(fact)),
    rows: await rowsOf(tx, identity.id),
  };
}

/** The facts a condition in CEL asks about. */
const factsNamed = (condition: string): string[] =>
  [...condition.matchAll(/\bperson(?:\.(\w+)|\["([^"]+)"\])/g)].map(([, plain, quoted]) => plain ?? quoted ?? '');

/** A condition names facts as feeds do; the graph in its own way. */
const camel = (field: string): string => field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const rowsOf = (tx: Tx, identityId: string): Promise<SourceRow[]> =>
  tx.many<SourceRow>(sql`
    select s.name as source, r.external_id, r.present, r.run_id, u.started_at as delivered_at, u.started_by as delivered_by
      from source_record r join people_source s on s.id = r.source_id join feed_run u on u.id = r.run_id
     where r.identity_id = ${identityId} order by s.name, r.external_id`);

async function request(tx: Tx, requestId: string): Promise<Cause | undefined> {
  const asked = await tx.maybe<{ number: number; requester: string; reason: string; submittedAt: Date }>(sql`
    select r.number, r.reason, r.submitted_at, ${nameOf(sql`r.requester_id`)} as requester from request r where r.id = ${requestId}`);
  if (asked === undefined) return undefined;
  const decisions = await tx.many<{ step: string; by: string; at: Date; decision: string; comment: string | null }>(sql`
    select s.kind as step, ${nameOf(sql`s.decided_by`)} as by, s.decided_at as at, s.state as decision, s.comment
      from approval_step s where s.request_id = ${requestId} and s.decided_by is not null order by s.n`);
  return { kind: 'request', requestId, ...asked, decisions };
}

const drift = async (tx: Tx, caseId: string): Promise<Cause | undefined> => {
  const found = await tx.maybe<{ since: Date; because: string | null }>(
    sql`select since, because from drift_case where id = ${caseId}`,
  );
  return found === undefined ? undefined : { kind: 'drift', caseId, ...found };
};

/** The name of an identity, as it is now. */
const nameOf = (identityId: Sql): Sql => sql`
  (select f.display_name from identity_facts f where f.identity_id = ${identityId} order by f.valid_from desc limit 1)`;

/** Which entry of the log tells that a grant started, and in whose name. */
export const toldOf = (tx: Tx, grant: Grant): Promise<Told | undefined> =>
  tx.maybe<Told>(sql`
    select e.id as event_id, e.at,
           coalesce((select f.display_name from identity_facts f
                      where e.actor_kind = 'identity' and f.identity_id::text = e.actor_id
                      order by f.valid_from desc limit 1), e.actor_kind || ' ' || e.actor_id) as by
      from audit_event e
     where e.subject_id = ${grant.identityId} and (
           (e.type = 'grant.started' and e.data @> ${sql.json({ grantId: grant.id })}::jsonb)
        or (e.type = 'grants.started' and e.data @> ${sql.json({ grants: [{ grantId: grant.id }] })}::jsonb))
     order by e.id limit 1`);
