import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Principal } from '../port.ts';

export type PolicyOrigin = 'shipped' | 'custom';
export type PolicyState = 'draft' | 'active' | 'retired';

export interface PolicyVersion {
  readonly id: string;
  readonly origin: PolicyOrigin;
  readonly number: number;
  readonly text: string;
  readonly note: string;
  readonly state: PolicyState;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly publishedAt: Date | null;
  readonly publishedBy: string | null;
  readonly retiredAt: Date | null;
}

/** Principals in rows are written `kind:id`. */
export const writtenAs = (principal: Principal): string => `${principal.kind}:${principal.id}`;

/** Number and id of the custom version in force; the text is read only where it is not compiled yet. */
export const activeCustom = async (tx: Tx): Promise<{ id: string; number: number } | undefined> =>
  await tx.maybe(
    sql.named(
      'decide_active_custom',
      sql`select id, number from policy_version where origin = 'custom' and state = 'active'`,
    ),
  );

const columns = sql`id, origin, number, text, note, state, created_at, created_by, published_at, published_by, retired_at`;

export const policyVersion = async (tx: Tx, id: string): Promise<PolicyVersion | undefined> =>
  await tx.maybe(sql`select ${columns} from policy_version where id = ${id}`);

export const requireVersion = async (tx: Tx, id: string): Promise<PolicyVersion> => {
  const found = await policyVersion(tx, id);
  if (found === undefined) throw notFound('policy_version', id);
  return found;
};

/** The version as a custom draft; throws 404 and 409 for what is none. */
export const requireDraft = async (tx: Tx, id: string): Promise<PolicyVersion> => {
  const found = await requireVersion(tx, id);
  if (found.state === 'draft') return found;
  throw conflict(
    'policy.no_draft',
    `version ${found.number} is ${found.state}`,
    'draft its text anew to bring it back',
  );
};

/** Newest first. */
export const policyVersions = async (tx: Tx): Promise<PolicyVersion[]> =>
  await tx.many(sql`select ${columns} from policy_version order by origin, number desc`);

/** Adds the next version of an origin; concurrent ones wait for each other. Returns its id and number. */
export const addVersion = async (
  tx: Tx,
  version: { origin: PolicyOrigin; text: string; note: string; state: 'draft' | 'active'; by: string },
): Promise<{ id: string; number: number }> => {
  await lockPolicies(tx);
  const published = version.state === 'active';
  return await tx.one(sql`
    insert into policy_version (id, origin, number, text, note, state, created_at, created_by, published_at, published_by)
    select ${newId()}, ${version.origin}, coalesce(max(number), 0) + 1, ${version.text}, ${version.note}, ${version.state},
           reeve_now(), ${version.by}, ${published ? tx.now : null}::timestamptz, ${published ? version.by : null}::text
      from policy_version where origin = ${version.origin}
    returning id, number`);
};

/** One change of policies at a time, over all nodes, until the transaction ends. */
export const lockPolicies = async (tx: Tx): Promise<void> => {
  await tx.run(sql`select pg_advisory_xact_lock(hashtext('reeve.policy_version'))`);
};

export const retireActive = async (tx: Tx, origin: PolicyOrigin): Promise<void> => {
  await tx.run(
    sql`update policy_version set state = 'retired', retired_at = greatest(reeve_now(), published_at) where origin = ${origin} and state = 'active'`,
  );
};

export const activate = async (tx: Tx, id: string, by: string): Promise<void> => {
  await tx.run(
    sql`update policy_version set state = 'active', published_at = reeve_now(), published_by = ${by} where id = ${id} and state = 'draft'`,
  );
};
