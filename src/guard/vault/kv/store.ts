import { sql, type Queryable, type Sql } from '#kit/db/index.ts';
import type { KvSecret, KvVersion } from './model.ts';

export const kvColumns = sql`s.id, s.name, s.kind, s.purpose, s.account_id, s.system_id, s.folder_id,
  coalesce(s.current_version, 0) as current_version, s.max_versions, s.cas_required, s.delete_after_seconds, s.labels,
  s.created_at, s.changed_at`;
const readable = sql`s.removed_at is null and s.kind = 'key_value' and s.purpose = 'free' and s.folder_id is not null`;

/** The secret of a path, if it lies in a folder. */
export const findKvSecret = (tx: Queryable, name: string): Promise<KvSecret | undefined> =>
  tx.maybe<KvSecret>(sql`select ${kvColumns} from secret s where s.name = ${name} and ${readable}`);

/** As findKvSecret, held against every other change of it. */
export const lockKvSecret = (tx: Queryable, name: string): Promise<KvSecret | undefined> =>
  tx.maybe<KvSecret>(sql`select ${kvColumns} from secret s where s.name = ${name} and ${readable} for update`);

/** Versions that are kept, oldest first. */
export const kvVersions = (tx: Queryable, secret: KvSecret): Promise<KvVersion[]> =>
  tx.many<KvVersion>(sql`
    select version, created_at, deleted_at, state = 'destroyed' as destroyed from secret_version
     where secret_id = ${secret.id} and version > ${secret.currentVersion - secret.maxVersions} order by version`);

/** Names one step below a path, folders ending in a slash, in order; of one folder's secrets only. */
export async function namesBelow(tx: Queryable, folderId: string, path: string): Promise<string[]> {
  const prefix = `${path}/`;
  const rows = await tx.many<{ name: string }>(sql`
    select distinct case when strpos(rest, '/') = 0 then rest else left(rest, strpos(rest, '/')) end as name
      from (select substr(s.name, ${prefix.length + 1}) as rest from secret s
             where ${readable} and s.folder_id = ${folderId} and left(s.name, ${prefix.length}) = ${prefix}) below
     order by name limit 10000`);
  return rows.map((row) => row.name);
}

/** A sealed version with all that is needed to decide and to open it. */
export interface SealedKv {
  readonly secret: KvSecret;
  readonly version: KvVersion & {
    readonly state: 'current' | 'previous' | 'destroyed';
    readonly username: null;
    readonly wrappedKey: Buffer | null;
    readonly sealed: Buffer | null;
  };
}

/** What is asked for, in order. One path is no array: PostgreSQL would guess an array to be of ten, and plan anew each time. */
const asked = (asks: readonly { readonly name: string; readonly version?: number | undefined }[]): Sql => {
  const [only] = asks;
  return only !== undefined && asks.length === 1
    ? sql`(values (${only.name}::text, ${only.version ?? 0}::int, 1)) as q(name, version, at)`
    : sql`unnest(${asks.map((a) => a.name)}::text[], ${asks.map((a) => a.version ?? 0)}::int[])
               with ordinality q(name, version, at)`;
};

/** Secrets by path with one version each (the current one where none is named), in one prepared statement. */
export async function sealedVersions(
  tx: Queryable,
  asks: readonly { readonly name: string; readonly version?: number | undefined }[],
): Promise<readonly (SealedKv | undefined)[]> {
  type Row = KvSecret & {
    readonly at: number;
    readonly version: number;
    readonly state: SealedKv['version']['state'];
    readonly wrappedKey: Buffer | null;
    readonly sealed: Buffer | null;
    readonly versionCreatedAt: Date;
    readonly deletedAt: Date | null;
  };
  const rows = await tx.many<Row>(
    sql.named(
      asks.length === 1 ? 'vault_sealed_version' : 'vault_sealed_versions',
      sql`
        select q.at::int as at, ${kvColumns}, v.version, v.state, v.wrapped_key, v.sealed,
               v.created_at as version_created_at, v.deleted_at
          from ${asked(asks)}
          join secret s on s.name = q.name and ${readable}
          join secret_version v on v.secret_id = s.id
           and v.version = case when q.version = 0 then s.current_version else q.version end
           and v.version > s.current_version - s.max_versions
           and v.state in ('current', 'previous', 'destroyed')`,
    ),
  );
  const found: (SealedKv | undefined)[] = asks.map(() => undefined);
  for (const { at, version, state, wrappedKey, sealed, versionCreatedAt, deletedAt, ...secret } of rows) {
    const known = { version, createdAt: versionCreatedAt, deletedAt, destroyed: state === 'destroyed' };
    found[at - 1] = { secret, version: { ...known, state, username: null, wrappedKey, sealed } };
  }
  return found;
}
