import { openEnvelope, type Keys } from '#kit/crypto/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { AppError } from '#kit/errors/index.ts';
import { sealContext, type SealedPlace, type VersionState } from './model.ts';
import { wrapping } from './seal-version.ts';

/** A secret that is not as the log says. */
export interface WrongSecret {
  readonly secretId: string;
  readonly name: string;
  readonly problem: string;
}

/** What holding the vault against the log found. */
export interface VaultCheck {
  readonly secrets: number;
  /** Current values that opened. */
  readonly opened: number;
  readonly wrong: readonly WrongSecret[];
}

interface Row extends SealedPlace {
  readonly name: string;
  /** By the vault: what its row says, and whether there is a row of the version the log names. */
  readonly currentVersion: number | null;
  readonly removed: boolean;
  readonly state: VersionState | null;
  readonly wrappedKey: Buffer | null;
  readonly sealed: Buffer | null;
  /** By the log: the version that was promoted or written last; null for none. */
  readonly recorded: number | null;
}

/**
 * Holds every secret against the audit log and opens its current value, telling nobody what it is. A row that was put
 * back whole from an older copy opens, since it was right once: what shows it is that the log promoted a later version.
 * The log itself is proved by its own verifier. Throws `vault.sealed`.
 */
export async function verifySecrets(tx: Tx, keys: Keys): Promise<VaultCheck> {
  const key = wrapping(keys);
  const rows = await tx.many<Row>(sql`
    with told as (
      select (data->>'secretId')::uuid as id, max(data->>'name') as name,
             max((data->>'version')::int) filter (where type in ('secret.version_promoted', 'secret.written')) as recorded,
             bool_or(type = 'secret.removed') as removed
      from audit_event where type in ('secret.created', 'secret.version_promoted', 'secret.written', 'secret.removed')
      group by 1)
    select coalesce(s.id, told.id) as id, coalesce(s.name, told.name) as name, s.kind, s.purpose, s.account_id, s.system_id,
           s.current_version, (s.removed_at is not null or coalesce(told.removed, false)) as removed,
           v.version, v.state, v.username, v.wrapped_key, v.sealed, told.recorded
    from told full join secret s on s.id = told.id
    left join secret_version v on v.secret_id = told.id and v.version = told.recorded
    order by 2, 1`);
  const kept = rows.filter((row) => !row.removed);
  const wrong: WrongSecret[] = [];
  let opened = 0;
  for (const row of kept) {
    const problem = problemOf(row) ?? whetherItOpens(key, row);
    if (typeof problem === 'string') wrong.push({ secretId: row.id, name: row.name, problem });
    else if (problem) opened += 1;
  }
  return { secrets: kept.length, opened, wrong };
}

function problemOf(row: Row): string | undefined {
  const { currentVersion, recorded } = row;
  if (row.kind === null) return 'the log tells of it and the vault does not have it';
  if ((currentVersion ?? 0) !== (recorded ?? 0))
    return `the log made version ${recorded ?? 'none'} the current one, the vault has version ${currentVersion ?? 'none'}: it was put back, or changed by hand`;
  if (recorded !== null && row.state === null)
    return `version ${recorded}, which the log made the current one, is gone`;
  if (row.state !== null && row.state !== 'current' && row.state !== 'destroyed')
    return `version ${recorded ?? 'none'} is ${row.state}, though the log made it the current one`;
  return undefined;
}

function whetherItOpens(key: ReturnType<typeof wrapping>, row: Row): string | boolean {
  const { wrappedKey, sealed, state } = row;
  if (wrappedKey === null || sealed === null || state === null) return false;
  try {
    openEnvelope(key, { wrappedKey, sealed }, sealContext(row, state)).fill(0);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'crypto.does_not_open') return 'its current value does not open';
    throw error;
  }
}
