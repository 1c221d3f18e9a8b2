import { sql, type Queryable } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import { OBSERVER_GONE_MS } from './live/observer-gone.ts';
import type { LockedOn } from '#spine/locks/index.ts';
import type { Session } from './model.ts';

const columns = sql`s.id, s.identity_id, s.account_id, s.system_id, s.grant_ids, s.protocol, s.state, s.node, s.client_address,
  s.client_version, s.started_at, s.must_end_at, s.ends_at, s.ended_at, s.ended_because, s.bytes_in, s.bytes_out, s.recorded, s.recording_head, s.holds, s.observer_seconds, s.idle_seconds, s.paused_because, s.recording_behind,
  s.recording_purged_at, s.recording_purged_class`;

/** A session with the names a person reads. */
export interface NamedSession extends Session {
  readonly identityName: string;
  readonly accountName: string;
  readonly systemName: string;
  /** What lets nothing flow now; null: everything does. */
  readonly held: 'paused' | 'observer' | 'recording' | null;
  readonly watchers: number;
}

const named = sql`
  select ${columns}, f.display_name as identity_name, a.name as account_name, y.name as system_name,
         case when s.state = 'ended' then null
              when s.recording_behind is not null then 'recording'
              when s.paused_because is not null then 'paused'
              when s.observer_seconds is not null and not exists (
                select 1 from session_watch w where w.session_id = s.id and w.observes and w.left_at is null
                  and w.seen_at > reeve_now() - make_interval(secs => ${OBSERVER_GONE_MS / 1000})) then 'observer'
         end as held,
         (select count(*)::int from session_watch w where w.session_id = s.id and w.left_at is null) as watchers
  from session s join account a on a.id = s.account_id join system y on y.id = s.system_id
  join lateral (select display_name from identity_facts f where f.identity_id = s.identity_id order by valid_from desc limit 1) f on true`;

/** A live grant that lets an identity open an account, and when it ends. */
export interface JustifyingGrant {
  readonly grantId: string;
  readonly entitlementId: string | null;
  readonly roleId: string | null;
  readonly validTo: Date | null;
}

/**
 * The live grants by which an identity may open an account: for its own account any grant of something on that
 * system; for a shared account a grant of its use. Through roles and nesting. Hot path: one prepared statement.
 */
export const justifyingGrants = (
  tx: Queryable,
  ask: {
    readonly identityId: string;
    readonly accountId: string;
    readonly systemId: string;
    readonly own: boolean;
    readonly now: Date;
  },
): Promise<JustifyingGrant[]> =>
  tx.many<JustifyingGrant>(
    sql.named(
      'session_justifying_grants',
      sql`
        with recursive live as (
          select id, entitlement_id, role_id, valid_to from access_grant
          where identity_id = ${ask.identityId} and ended_because is null
            and valid_from <= ${ask.now} and (valid_to is null or valid_to > ${ask.now})
        ), roles (grant_id, role_id) as (
          select id, role_id from live where role_id is not null
          union
          select r.grant_id, c.child_role_id from roles r
          join role_content c on c.role_id = r.role_id and c.child_role_id is not null
            and c.valid_from <= ${ask.now} and (c.valid_to is null or c.valid_to > ${ask.now})
        ), held (grant_id, entitlement_id) as (
          select id, entitlement_id from live where entitlement_id is not null
          union
          select r.grant_id, c.entitlement_id from roles r
          join role_content c on c.role_id = r.role_id and c.entitlement_id is not null
            and c.valid_from <= ${ask.now} and (c.valid_to is null or c.valid_to > ${ask.now})
        ), reached (grant_id, entitlement_id) as (
          select grant_id, entitlement_id from held
          union
          select r.grant_id, e.child_id from reached r
          join entitlement_edge e on e.parent_id = r.entitlement_id and e.valid_to is null
        )
        select distinct live.id as grant_id, live.entitlement_id, live.role_id, live.valid_to from reached
        join live on live.id = reached.grant_id
        join entitlement e on e.id = reached.entitlement_id and e.valid_to is null
        where e.account_id = ${ask.accountId}
           or (${ask.own} and e.system_id = ${ask.systemId} and e.kind not in ('account', 'admin_role'))`,
    ),
  );

/** What an account holds on its target, as last read. */
export const heldByAccount = async (tx: Queryable, accountId: string): Promise<string[]> =>
  (
    await tx.many<{ id: string }>(
      sql`select entitlement_id as id from holding where account_id = ${accountId} and valid_to is null order by 1`,
    )
  ).map(({ id }) => id);

export const insertSession = (
  tx: Queryable,
  s: Pick<
    Session,
    | 'id'
    | 'identityId'
    | 'accountId'
    | 'systemId'
    | 'grantIds'
    | 'protocol'
    | 'node'
    | 'clientAddress'
    | 'clientVersion'
    | 'startedAt'
    | 'mustEndAt'
    | 'endsAt'
    | 'recorded'
    | 'holds'
    | 'observerSeconds'
    | 'idleSeconds'
  > & {
    readonly certificateId?: string | undefined;
    readonly passwordId?: string | undefined;
    readonly keyId?: string | undefined;
  },
): Promise<number> =>
  tx.run(sql`
    insert into session (id, identity_id, account_id, system_id, grant_ids, protocol, node, client_address, client_version,
                         started_at, seen_at, must_end_at, ends_at, recorded, certificate_id, password_id, holds,
                         observer_seconds, idle_seconds, ssh_key_id)
    values (${s.id}, ${s.identityId}, ${s.accountId}, ${s.systemId}, ${s.grantIds}, ${s.protocol}, ${s.node}, ${s.clientAddress},
            ${s.clientVersion}, ${s.startedAt}, clock_timestamp(), ${s.mustEndAt}, ${s.endsAt}, ${s.recorded},
            ${s.certificateId ?? null}, ${s.passwordId ?? null}, ${s.holds}, ${s.observerSeconds}, ${s.idleSeconds},
            ${s.keyId ?? null})`);

export const getSession = (tx: Queryable, id: string): Promise<NamedSession | undefined> =>
  tx.maybe<NamedSession>(sql`${named} where s.id = ${id}`);

export async function listSessions(
  tx: Queryable,
  input: {
    readonly identityId?: string | undefined;
    readonly systemId?: string | undefined;
    readonly state?: 'live' | 'ended' | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ items: NamedSession[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<NamedSession>(sql`
    ${named} where (${input.identityId ?? null}::uuid is null or s.identity_id = ${input.identityId ?? null})
      and (${input.systemId ?? null}::uuid is null or s.system_id = ${input.systemId ?? null})
      and (${input.state ?? null}::text is null or s.state = ${input.state ?? ''})
      and (${after}::uuid is null or s.id < ${after}) order by s.id desc limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.id]);
}

export const liveSessionsOf = (
  tx: Queryable,
  filter:
    | { readonly grantIds: readonly string[] }
    | { readonly grantId: string }
    | { readonly identityId: string }
    | { readonly accountId: string }
    | { readonly certificateIds: readonly string[] }
    | { readonly keyId: string }
    | { readonly locked: LockedOn }
    | { readonly silentMs: number; readonly own: { readonly node: string; readonly silentMs: number } },
): Promise<Session[]> =>
  tx.many<Session>(sql`
    select ${columns} from session s where s.state = 'live' and ${
      'grantId' in filter
        ? sql`s.grant_ids @> array[${filter.grantId}::uuid]`
        : 'grantIds' in filter
          ? sql`s.grant_ids && ${sql.array(filter.grantIds)}::uuid[]`
          : 'identityId' in filter
            ? sql`s.identity_id = ${filter.identityId}`
            : 'accountId' in filter
              ? sql`s.account_id = ${filter.accountId}`
              : 'certificateIds' in filter
                ? sql`s.certificate_id = any(${sql.array(filter.certificateIds)}::uuid[])`
                : 'keyId' in filter
                  ? sql`s.ssh_key_id = ${filter.keyId}`
                  : 'locked' in filter
                    ? sql`(${filter.locked.identityId ?? null}::uuid is null or s.identity_id = ${filter.locked.identityId ?? null})
                      and (${filter.locked.accountId ?? null}::uuid is null or s.account_id = ${filter.locked.accountId ?? null})
                      and (${filter.locked.systemId ?? null}::uuid is null or s.system_id = ${filter.locked.systemId ?? null})`
                  : sql`(s.seen_at < clock_timestamp() - make_interval(secs => ${filter.silentMs / 1000})
                      or (s.node = ${filter.own.node}
                          and s.seen_at < clock_timestamp() - make_interval(secs => ${filter.own.silentMs / 1000})))`
    }`);

/** What somebody came to a gateway by. */
export type CameBy = { readonly certificateId: string } | { readonly passwordId: string };

/** The live session that was opened by it. */
export const sessionOpenedBy = (tx: Queryable, by: CameBy): Promise<NamedSession | undefined> =>
  tx.maybe<NamedSession>(sql`
    ${named} where s.state = 'live' and ${
      'passwordId' in by ? sql`s.password_id = ${by.passwordId}` : sql`s.certificate_id = ${by.certificateId}`
    } limit 1`);

/** A session that just ended, with why it had been asked to. */
export interface EndedSession extends Session {
  readonly endingBecause: string | null;
  /** What events say in clear instead, where that is in somebody's own words. */
  readonly endingSaid: string | null;
}

/** Marks a session ended, once. */
export const markEnded = (
  tx: Queryable,
  end: {
    readonly id: string;
    readonly at: Date;
    readonly because: string;
    readonly bytesIn: number;
    readonly bytesOut: number;
    readonly recordingHead: string | undefined;
  },
): Promise<EndedSession | undefined> =>
  tx.maybe<EndedSession>(sql`
    update session s set state = 'ended', ended_at = greatest(s.started_at, ${end.at}::timestamptz), ended_because = ${end.because},
      bytes_in = ${end.bytesIn}, bytes_out = ${end.bytesOut}, recording_head = ${end.recordingHead ?? null}
    where s.id = ${end.id} and s.state = 'live' returning ${columns}, s.ending_because, s.ending_said`);

export const restOn = (tx: Queryable, id: string, grants: readonly JustifyingGrant[]): Promise<number> =>
  tx.run(sql`
    update session set grant_ids = ${grants.map((g) => g.grantId)}::uuid[], ends_at = least(${lastEnd(grants)}::timestamptz, must_end_at) where id = ${id} and state = 'live'`);

/** When the last of the grants ends; null: one is open-ended. */
export const lastEnd = (grants: readonly JustifyingGrant[]): Date | null => {
  let last: Date | null = new Date(0);
  for (const { validTo } of grants) last = last === null || validTo === null ? null : validTo > last ? validTo : last;
  return last;
};

/** The earlier of two ends, where null is never. */
export const earlier = (a: Date | null, b: Date | null): Date | null => (a === null ? b : b === null || a < b ? a : b);

/**
 * Says by the database's clock that these sessions of a node live, and of which it could: the clocks of two machines need
 * not agree. Of those only: a row nobody at the node knows of is to fall silent.
 */
export const sayAlive = async (tx: Queryable, node: string, ids: readonly string[]): Promise<string[]> => {
  const rows = await tx.many<{ id: string }>(
    sql`update session set seen_at = clock_timestamp()
         where id = any(${ids}::uuid[]) and node = ${node} and state = 'live' returning id`,
  );
  return rows.map(({ id }) => id);
};

/** Live sessions of a node that rest on a grant which is over by now. Others may carry them. */
export const restingOnEnded = async (tx: Queryable, node: string, now: Date): Promise<string[]> => {
  const rows = await tx.many<{ id: string }>(
    sql.named(
      'sessions_resting_on_ended',
      sql`
        select s.id from session s where s.node = ${node} and s.state = 'live' and exists (
          select from access_grant g where g.id = any(s.grant_ids)
             and (g.ended_because is not null or g.valid_to <= ${now}))`,
    ),
  );
  return rows.map(({ id }) => id);
};

/** Which of these sessions have a record that is closed. */
export const closedAmong = async (tx: Queryable, ids: readonly string[]): Promise<string[]> => {
  const rows = await tx.many<{ id: string }>(
    sql`select id from session where id = any(${ids}::uuid[]) and state = 'ended'`,
  );
  return rows.map((row) => row.id);
};
