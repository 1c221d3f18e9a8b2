import { sql, type Tx } from '#kit/db/index.ts';
import { lasting } from '../direct-grants-of.ts';
import type { CandidateRole } from '../model.ts';
import { readUses, type Grant } from './read-uses.ts';
import { splitByUse, standingOf, type Standing, type Use } from './split-by-use.ts';

/** How far back use is looked at. */
export const USE_DAYS = 90;
const DAY_MS = 86_400_000;

/** A candidate in two parts by how its people used what they hold of it directly, with what is known of each entitlement. */
export interface CandidateSplit {
  readonly standing: readonly string[];
  readonly onDemand: readonly string[];
  readonly uses: readonly (Use & { readonly entitlementId: string; readonly why: Standing })[];
}

/** Splits a candidate into what stays standing and what is better asked for when it is needed. */
export async function splitCandidate(
  tx: Tx,
  { identityIds, entitlementIds }: Pick<CandidateRole, 'identityIds' | 'entitlementIds'>,
): Promise<CandidateSplit> {
  const grants = await tx.many<Grant & { readonly entitlementId: string }>(sql`
    select g.id, g.identity_id, g.entitlement_id, g.valid_from from access_grant g
     where g.identity_id = any(${sql.array(identityIds)}::uuid[])
       and g.entitlement_id = any(${sql.array(entitlementIds)}::uuid[]) and ${lasting}`);
  const since = new Date(tx.now.getTime() - USE_DAYS * DAY_MS);
  const known = await readUses(tx, since, entitlementIds, identityIds);
  const holders = new Map(entitlementIds.map((id) => [id, new Map<string, Grant[]>()]));
  for (const { entitlementId, ...grant } of grants) {
    const of = holders.get(entitlementId);
    of?.set(grant.identityId, [...(of.get(grant.identityId) ?? []), grant]);
  }
  const uses = entitlementIds.map((id) => known.of(id, holders.get(id) ?? new Map()));
  const { standing, onDemand } = splitByUse(uses);
  const named = (places: readonly number[]): string[] => places.map((n) => entitlementIds[n] as string);
  return {
    standing: named(standing),
    onDemand: named(onDemand),
    uses: uses.map((use, n) => ({ ...use, entitlementId: entitlementIds[n] as string, why: standingOf(use) })),
  };
}
