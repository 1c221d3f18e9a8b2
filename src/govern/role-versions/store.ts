import { sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import type { Impact, PersonImpact, RoleVersion } from './model.ts';

const columns = sql`id, role_id, number, state, kind, content, reason, revision, made_by, made_at, edited_by, asked_by, asked_at,
  settled_by, settled_at, settled_because`;
const impactColumns = sql`version_id, revision, state, asked_at, progress, problem, as_of, snapshot, server_started, good_until, numbers`;

/** Throws `role_version.not_found`. */
export async function requireVersion(tx: Tx, id: string): Promise<RoleVersion> {
  const found = await tx.maybe<RoleVersion>(sql`select ${columns} from role_version where id = ${id}`);
  if (found === undefined) throw notFound('role_version', id);
  return found;
}

/** The version, held until the transaction ends. */
export async function lockVersion(tx: Tx, id: string): Promise<RoleVersion> {
  const found = await tx.maybe<RoleVersion>(
    sql`select ${columns} from role_version where id = ${id} for no key update`,
  );
  if (found === undefined) throw notFound('role_version', id);
  return found;
}

export const openVersion = async (tx: Tx, roleId: string): Promise<RoleVersion | undefined> =>
  await tx.maybe<RoleVersion>(sql`
    select ${columns} from role_version where role_id = ${roleId} and state in ('draft', 'awaiting') for no key update`);

export const latestVersion = async (tx: Tx, roleId: string): Promise<RoleVersion | undefined> =>
  await tx.maybe<RoleVersion>(
    sql`select ${columns} from role_version where role_id = ${roleId} order by number desc limit 1`,
  );

/** The version in force. */
export const publishedVersion = async (tx: Tx, roleId: string): Promise<RoleVersion | undefined> =>
  await tx.maybe<RoleVersion>(
    sql`select ${columns} from role_version where role_id = ${roleId} and state = 'published'`,
  );

export const listVersions = async (
  tx: Tx,
  asked: {
    readonly roleId?: string | undefined;
    readonly state?: string | undefined;
    readonly before: string | null;
    readonly limit: number;
  },
): Promise<RoleVersion[]> =>
  await tx.many<RoleVersion>(sql`
    select ${columns} from role_version
     where (${asked.roleId ?? null}::uuid is null or role_id = ${asked.roleId ?? null})
       and (${asked.state ?? null}::text is null or state = ${asked.state ?? null})
       and (${asked.before}::uuid is null or id < ${asked.before}) order by id desc limit ${asked.limit}`);

export const findImpact = async (tx: Tx, versionId: string): Promise<Impact | undefined> =>
  await tx.maybe<Impact>(sql`select ${impactColumns} from role_impact where version_id = ${versionId}`);

/** Asks for a report of a version as it is; one there was is gone. */
export const askImpact = async (tx: Tx, version: RoleVersion): Promise<void> => {
  await tx.run(sql`delete from role_impact where version_id = ${version.id}`);
  await tx.run(sql`
    insert into role_impact (version_id, revision, asked_at) values (${version.id}, ${version.revision}, ${tx.now})`);
};

export const writePeople = async (tx: Tx, versionId: string, people: readonly PersonImpact[]): Promise<void> => {
  for (let n = 0; n < people.length; n += 5_000) {
    const rows = people.slice(n, n + 5_000).map((person, place) => ({ ...person, position: n + place + 1 }));
    await tx.run(sql`
      insert into role_impact_person (version_id, position, identity_id, gains, loses, privileged, new_conflicts, cleared_conflicts)
      select ${versionId}::uuid, position, "identityId", gains, loses, privileged, "newConflicts", "clearedConflicts"
        from jsonb_to_recordset(${sql.json(rows)}::jsonb)
             as r(position integer, "identityId" uuid, gains uuid[], loses uuid[], privileged uuid[], "newConflicts" jsonb, "clearedConflicts" jsonb)`);
  }
};

export const listPeople = async (
  tx: Tx,
  asked: { readonly versionId: string; readonly after: number; readonly limit: number },
): Promise<(PersonImpact & { readonly position: number })[]> =>
  await tx.many(sql`
    select position, identity_id, gains, loses, privileged, new_conflicts, cleared_conflicts from role_impact_person
     where version_id = ${asked.versionId} and position > ${asked.after} order by position limit ${asked.limit}`);

export const isNamed = async (tx: Tx, versionId: string, identityId: string): Promise<boolean> =>
  (
    await tx.one<{ named: boolean }>(sql`
      select exists (select from role_impact_person
                      where version_id = ${versionId} and identity_id = ${identityId} and cardinality(gains) > 0) as named`)
  ).named;
