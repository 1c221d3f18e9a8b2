import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { changeIdentityFacts, nowOf, type IdentityRow } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';

/**
 * Leaves out usernames that somebody else has, of the people in `of`: where another source's name comes into force
 * because this one fell silent, nobody has looked whether it is free. The person keeps the one they have.
 */
export async function keepFreeUsernames(
  tx: Tx,
  rows: readonly IdentityRow[],
  of: readonly string[],
): Promise<readonly IdentityRow[]> {
  const asked = new Set(of);
  const named = rows.filter((r) => asked.has(r.identityId) && typeof r.facts.username === 'string');
  if (named.length === 0) return rows;
  const taken = await tx.many<{ identityId: string }>(sql`
    select r.identity_id
      from unnest(${sql.array(named.map((r) => r.identityId))}::uuid[], ${sql.array(named.map((r) => r.facts.username?.toLowerCase() ?? ''))}::text[]) as r(identity_id, username)
     where exists (select from identity_facts f
                    where lower(f.username) = r.username and f.identity_id <> r.identity_id
                      and ${nowOf(sql`f.identity_id`)} <> r.identity_id
                      and (f.valid_to is null or f.valid_to > ${tx.now})
                      and f.identity_id <> all(${named.map((n) => n.identityId)}::uuid[]))`);
  const without = new Set(taken.map((t) => t.identityId));
  return rows.map((row) => {
    if (!without.has(row.identityId)) return row;
    const { username: _, ...facts } = row.facts;
    return { ...row, facts };
  });
}

/** A username of an identity that turned out to be one of these people is theirs to have: the other gives it up. */
export async function takeMergedUsernames(ctx: Ctx, permit: Permit, rows: readonly IdentityRow[]): Promise<void> {
  const named = rows.filter((r) => typeof r.facts.username === 'string');
  if (named.length === 0) return;
  const held = await ctx.tx.many<{ identityId: string }>(sql`
    select m.duplicate_id as identity_id
      from unnest(${sql.array(named.map((r) => r.identityId))}::uuid[], ${sql.array(named.map((r) => r.facts.username?.toLowerCase() ?? ''))}::text[]) as r(identity_id, username)
      join identity_merge m on m.now_id = r.identity_id and m.undone_at is null
      join identity_facts f on f.identity_id = m.duplicate_id and lower(f.username) = r.username
       and (f.valid_to is null or f.valid_to > ${ctx.now})`);
  for (const { identityId } of held) await changeIdentityFacts(ctx, permit, { identityId, change: { username: null } });
}
