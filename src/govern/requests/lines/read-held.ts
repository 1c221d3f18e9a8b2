import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { effectiveAccessOf, getIdentities } from '#spine/graph/index.ts';
import { endOf } from '../model.ts';
import type { Proposal } from './judge-duties.ts';
import type { Having } from './judge-prerequisites.ts';

/** A live grant of somebody, by itself: what more time would follow on. */
export interface LiveGrant {
  readonly id: string;
  readonly identityId: string;
  /** The entitlement or role. */
  readonly targetId: string;
  readonly validTo: Date | null;
}

/** What one person has and has asked for, as far as judging what they ask for needs it. */
export interface Held {
  /** Ends by entitlement or role; null: held without an end. */
  readonly ends: ReadonlyMap<string, Date | null>;
  /** Numbers of requests by what they ask for and have not given yet. */
  readonly pending: ReadonlyMap<string, number>;
  /** The same as it would be given now: what is asked for beside it is judged as if this were had. */
  readonly waiting: readonly Proposal[];
  /** The grant that lasts longest, by entitlement or role. */
  readonly grants: ReadonlyMap<string, LiveGrant>;
  /** Every live grant, and what it gives. */
  readonly live: ReadonlyMap<string, string>;
  readonly having: Having;
}

export const NOTHING_HELD: Held = {
  ends: new Map(),
  pending: new Map(),
  waiting: [],
  grants: new Map(),
  live: new Map(),
  having: { entitlements: new Set(), facts: {} },
};

interface Waiting {
  readonly identityId: string;
  readonly id: string;
  readonly isRole: boolean;
  readonly seconds: number | null;
  readonly until: Date | null;
  readonly number: number;
  readonly startsAt: Date | null;
}

const proposalOf = (tx: Tx, { id, isRole, startsAt, ...time }: Waiting): Proposal => {
  const begins = startsAt !== null && startsAt > tx.now ? startsAt : tx.now;
  return { target: { kind: isRole ? 'role' : 'entitlement', id }, validFrom: begins, validTo: endOf(time, begins) };
};

const later = (a: Date | null | undefined, b: Date | null): Date | null =>
  a === undefined ? b : a === null || b === null ? null : a > b ? a : b;

/** About more people than these a plan of its own costs less than it saves. */
const FEW = 50;

/** What each of these people has and waits for now, read with one statement a kind of thing for all of them. */
export const readHeld = async (tx: Tx, identityIds: readonly string[]): Promise<(id: string) => Held> => {
  const access = await effectiveAccessOf(tx, identityIds);
  const people = new Map((await getIdentities(tx, identityIds)).map((i) => [i.id, i]));
  // Judging asks of one person after another; planning took ten times as long as reading.
  const kept = (name: string, statement: Sql): Sql =>
    identityIds.length > FEW ? statement : sql.named(`requests.${name}`, statement);
  const grants = await tx.many<LiveGrant>(
    kept(
      'held_grants',
      sql`
    select id, identity_id, coalesce(entitlement_id, role_id) as target_id, valid_to from access_grant
     where identity_id = any(${[...identityIds]}::uuid[]) and ended_because is null
       and valid_from <= ${tx.now} and (valid_to is null or valid_to > ${tx.now}) order by valid_to nulls last, id`,
    ),
  );
  const waiting = await tx.many<Waiting>(
    kept(
      'waiting_lines',
      sql`
    select l.beneficiary_id as identity_id, coalesce(l.entitlement_id, l.role_id) as id, l.role_id is not null as is_role,
           l.seconds, l.until, r.number, r.starts_at
      from request_line l join request r on r.id = l.request_id
     where l.beneficiary_id = any(${[...identityIds]}::uuid[]) and l.state in ('pending', 'scheduled') and l.takes_grant_id is null order by r.number, l.n`,
    ),
  );
  const all = new Map(
    identityIds.map((id) => [
      id,
      {
        ends: new Map<string, Date | null>(),
        pending: new Map<string, number>(),
        waiting: [] as Proposal[],
        grants: new Map<string, LiveGrant>(),
        live: new Map<string, string>(),
        having: {
          entitlements: new Set((access.get(id) ?? []).flatMap((a) => a.entitlementId ?? [])),
          facts: people.get(id)?.attributes ?? {},
        },
      },
    ]),
  );
  for (const [id, held] of all)
    for (const { via, entitlementId, validTo } of access.get(id) ?? [])
      if (via === 'grant' && entitlementId !== undefined)
        held.ends.set(entitlementId, later(held.ends.get(entitlementId), validTo));
  for (const grant of grants) {
    const held = all.get(grant.identityId);
    held?.ends.set(grant.targetId, later(held.ends.get(grant.targetId), grant.validTo));
    held?.grants.set(grant.targetId, grant);
    held?.live.set(grant.id, grant.targetId);
  }
  for (const line of waiting) {
    const held = all.get(line.identityId);
    held?.pending.set(line.id, line.number);
    held?.waiting.push(proposalOf(tx, line));
  }
  return (id) => all.get(id) ?? NOTHING_HELD;
};
