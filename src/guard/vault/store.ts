import type { LockedOn } from '#spine/locks/index.ts';
import { sql, type Queryable } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import type { Checkout, Secret, SecretKind, VersionState } from './model.ts';

const columns = sql`s.id, s.name, s.kind, s.purpose, s.account_id, s.system_id, s.owner_id, s.description,
  s.current_version, s.longest_checkout_seconds, s.labels, s.facts, s.expires_at, s.created_at, s.changed_at`;

/** A version as stored: sealed. */
export interface SealedVersion {
  readonly secretId: string;
  readonly version: number;
  readonly state: VersionState;
  readonly username: string | null;
  readonly wrappedKey: Buffer;
  readonly sealed: Buffer;
  readonly createdAt: Date;
  /** From then on it is not opened, unless it is brought back. */
  readonly deletedAt: Date | null;
}

export const findSecret = (tx: Queryable, id: string): Promise<Secret | undefined> =>
  tx.maybe<Secret>(sql`select ${columns} from secret s where s.id = ${id} and s.removed_at is null`);

/** Locks the secret against another change of its versions. Throws `secret.not_found`. */
export async function lockSecret(tx: Queryable, id: string): Promise<Secret> {
  const found = await tx.maybe<Secret>(
    sql`select ${columns} from secret s where s.id = ${id} and s.removed_at is null for update`,
  );
  if (found === undefined) throw notFound('secret', id);
  return found;
}

/** The secret that holds the credential of an account, if the vault has one. */
export const secretOfAccount = (tx: Queryable, accountId: string): Promise<Secret | undefined> =>
  tx.maybe<Secret>(sql`select ${columns} from secret s where s.account_id = ${accountId} and s.removed_at is null`);

/** Secrets by name. */
export async function listSecrets(
  tx: Queryable,
  input: {
    readonly search?: string | undefined;
    readonly systemId?: string | undefined;
    readonly kind?: SecretKind | undefined;
    /** `name` or `name=value`. */
    readonly label?: string | undefined;
    readonly expiresBefore?: Date | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
): Promise<{ items: (Secret & { checkedOutBy: string | null; out: number })[]; nextCursor: string | null }> {
  const after = readCursor(input.cursor, ['name'])?.[0];
  const word = input.search ?? '';
  const [label = '', labelled] = (input.label ?? '').split(/=(.*)/s);
  const rows = await tx.many<Secret & { checkedOutBy: string | null; out: number }>(sql`
    select ${columns}, c.by as checked_out_by, c.out from secret s
    cross join lateral (select count(*)::int as out, (array_agg(identity_id order by started_at))[1] as by
      from secret_checkout where secret_id = s.id and ended_at is null) c
    where s.removed_at is null
      and (${word} = '' or strpos(lower(concat_ws(' ', s.name, s.description, s.labels::text, s.facts::text)), lower(${word})) > 0)
      and (${input.kind ?? null}::text is null or s.kind = ${input.kind ?? ''})
      and (${label} = '' or s.labels ->> ${label} = ${labelled ?? null} or (${labelled ?? null}::text is null and s.labels ? ${label}))
      and (${input.expiresBefore ?? null}::timestamptz is null or s.expires_at <= ${input.expiresBefore ?? null})
      and (${input.systemId ?? null}::uuid is null or s.system_id = ${input.systemId ?? null})
      and (${after ?? null}::text is null or s.name > ${after ?? ''})
    order by s.name limit ${input.limit + 1}`);
  return page(rows, input.limit, (r) => [r.name]);
}

export const readVersion = (
  tx: Queryable,
  secretId: string,
  which: { readonly version: number } | { readonly state: VersionState },
): Promise<SealedVersion | undefined> =>
  tx.maybe<SealedVersion>(sql`
    select secret_id, version, state, username, wrapped_key, sealed, created_at, deleted_at from secret_version
    where secret_id = ${secretId} and state <> 'destroyed' and ${'version' in which ? sql`version = ${which.version}` : sql`state = ${which.state}`}
    order by version desc limit 1`);

/** Versions without their values, newest first. */
export const listVersions = (
  tx: Queryable,
  secretId: string,
): Promise<{ readonly version: number; readonly state: VersionState; readonly createdAt: Date }[]> =>
  tx.many(
    sql`select version, state, created_at from secret_version where secret_id = ${secretId} order by version desc`,
  );

export const insertSecret = (
  tx: Queryable,
  secret: Omit<Secret, 'currentVersion' | 'labels' | 'facts' | 'expiresAt' | 'createdAt' | 'changedAt'>,
): Promise<number> =>
  tx.run(sql`
    insert into secret (id, name, kind, purpose, account_id, system_id, owner_id, description, longest_checkout_seconds)
    values (${secret.id}, ${secret.name}, ${secret.kind satisfies SecretKind}, ${secret.purpose}, ${secret.accountId},
            ${secret.systemId}, ${secret.ownerId}, ${secret.description}, ${secret.longestCheckoutSeconds})
    on conflict (name) where removed_at is null do nothing`);

export const insertVersion = (tx: Queryable, v: Omit<SealedVersion, 'createdAt' | 'deletedAt'>): Promise<number> =>
  tx.run(sql`
    insert into secret_version (secret_id, version, state, username, wrapped_key, sealed)
    values (${v.secretId}, ${v.version}, ${v.state}, ${v.username}, ${v.wrappedKey}, ${v.sealed})`);

const checkoutColumns = sql`id, secret_id, version, identity_id, reason, shared, extended, showing, started_at, ends_at, ended_at`;

/** Who has it out now, the first who took it first. */
export const liveCheckouts = (tx: Queryable, secretId: string): Promise<Checkout[]> =>
  tx.many<Checkout>(
    sql`select ${checkoutColumns} from secret_checkout where secret_id = ${secretId} and ended_at is null order by started_at`,
  );

export const checkoutById = (tx: Queryable, id: string): Promise<Checkout | undefined> =>
  tx.maybe<Checkout>(sql`select ${checkoutColumns} from secret_checkout where id = ${id}`);

/** Checkouts whose time is over, or that an identity still has. */
export const checkoutsToEnd = (
  tx: Queryable,
  filter: { readonly overAt: Date } | { readonly identityId: string } | { readonly locked: LockedOn },
): Promise<Checkout[]> =>
  tx.many<Checkout>(sql`
    select ${checkoutColumns} from secret_checkout
    where ended_at is null and ${
      'overAt' in filter
        ? sql`ends_at <= ${filter.overAt}`
        : 'identityId' in filter
          ? sql`identity_id = ${filter.identityId}`
          : sql`(${filter.locked.identityId ?? null}::uuid is null or identity_id = ${filter.locked.identityId ?? null})
                and secret_id in (
                  select s.id from secret s
                   where (${filter.locked.accountId ?? null}::uuid is null or s.account_id = ${filter.locked.accountId ?? null})
                     and (${filter.locked.systemId ?? null}::uuid is null or s.system_id = ${filter.locked.systemId ?? null}))`
    }
    order by id limit 500`);

/** Accounts whose current secret an identity has seen since it was last rotated. */
export const accountsSeenBy = (tx: Queryable, identityId: string): Promise<{ readonly accountId: string }[]> =>
  tx.many(sql`
    select distinct s.account_id from secret_checkout c join secret s on s.id = c.secret_id
    where c.identity_id = ${identityId} and s.account_id is not null and c.version = s.current_version`);
