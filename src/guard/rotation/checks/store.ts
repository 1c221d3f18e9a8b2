import { sql, type Queryable } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { Policy } from '../policies/model.ts';

/** Whether the current value of a secret logs in, as last tried. */
export interface CredentialCheck {
  readonly secretId: string;
  readonly secretName: string;
  readonly systemId: string;
  readonly accountId: string | null;
  readonly state: 'works' | 'refused' | 'unknown';
  readonly version: number | null;
  readonly checkedAt: Date;
  readonly since: Date;
  readonly nextAt: Date;
  readonly problem: string | null;
}

/** Keeps what came of a try; `since` stays while nothing changed. */
async function keep(
  tx: Queryable,
  check: {
    readonly secretId: string;
    readonly state: CredentialCheck['state'];
    readonly version: number | null;
    readonly seconds: number;
    readonly problem: string | null;
  },
): Promise<{ readonly before: CredentialCheck['state'] | null }> {
  const { secretId, state, version, seconds, problem } = check;
  const { before } = await tx.one<{ before: CredentialCheck['state'] | null }>(sql`
    with old as (select state from credential_check where secret_id = ${secretId})
    insert into credential_check as c (secret_id, state, version, checked_at, since, next_at, problem)
    values (${secretId}, ${state}, ${version}, reeve_now(), reeve_now(), reeve_now() + make_interval(secs => ${seconds}), ${problem})
    on conflict (secret_id) do update set state = excluded.state, version = coalesce(excluded.version, c.version),
      checked_at = excluded.checked_at, next_at = excluded.next_at, problem = excluded.problem,
      since = case when c.state = excluded.state then c.since else excluded.since end
    returning (select state from old) as before`);
  return { before };
}

/** It logged in just now. */
export const noteWorks = (
  tx: Queryable,
  input: { readonly secretId: string; readonly version: number; readonly policy: Pick<Policy, 'checkEveryHours'> },
): ReturnType<typeof keep> =>
  keep(tx, {
    secretId: input.secretId,
    state: 'works',
    version: input.version,
    seconds: input.policy.checkEveryHours * 3600,
    problem: null,
  });

/** The target refuses it. It is tried again in an hour: each try counts against the account. */
export const noteRefused = (
  tx: Queryable,
  input: { readonly secretId: string; readonly version: number; readonly problem: string },
): ReturnType<typeof keep> => keep(tx, { ...input, state: 'refused', seconds: 3600 });

/** It could not be tried. */
export const noteUnknown = (
  tx: Queryable,
  input: { readonly secretId: string; readonly version: number | null; readonly problem: string },
): ReturnType<typeof keep> => keep(tx, { ...input, state: 'unknown', seconds: 600 });

/** A rotation could prove neither value. */
export const noteUnproved = (tx: Queryable, secretId: string, problem: string): ReturnType<typeof keep> =>
  keep(tx, { secretId, state: 'refused', version: null, seconds: 3600, problem });

/** A secret that is to be tried. */
export interface DueCheck {
  readonly secretId: string;
}

/** Secrets of accounts and connections whose time to be tried has come; those never tried first. */
export const dueChecks = (tx: Queryable, now: Date, limit: number): Promise<DueCheck[]> =>
  tx.many<DueCheck>(sql`
    select s.id as secret_id from secret s left join credential_check c on c.secret_id = s.id
     where s.removed_at is null and s.purpose in ('account', 'connection') and s.current_version is not null
       and s.kind in ('password', 'ssh_key', 'api_key') and s.system_id is not null
       and (c.secret_id is null or c.next_at <= ${now})
       and not exists (select from rotation r where r.secret_id = s.id and r.ended_at is null)
       and exists (select from system y where y.id = s.system_id and y.valid_to is null and cardinality(y.pinned) > 0)
     order by c.next_at nulls first, s.id limit ${limit}`);

export async function listChecks(
  tx: Queryable,
  input: {
    readonly state?: CredentialCheck['state'] | undefined;
    readonly systemId?: string | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ items: CredentialCheck[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await tx.many<CredentialCheck>(sql`
    select c.secret_id, s.name as secret_name, s.system_id, s.account_id, c.state, c.version, c.checked_at, c.since, c.next_at, c.problem
      from credential_check c join secret s on s.id = c.secret_id
     where s.removed_at is null and (${input.state ?? null}::text is null or c.state = ${input.state ?? null})
       and (${input.systemId ?? null}::uuid is null or s.system_id = ${input.systemId ?? null})
       and (${after}::uuid is null or c.secret_id > ${after}) order by c.secret_id limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.secretId]);
}
