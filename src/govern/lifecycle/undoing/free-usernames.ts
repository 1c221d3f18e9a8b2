import { sql, type Tx } from '#kit/db/index.ts';
import type { IdentityRow } from '#spine/graph/index.ts';

/** Somebody, the username they have and the one they are to have again. */
interface Wish {
  readonly identityId: string;
  readonly has: string | null;
  readonly wants: string | null;
}

const same = (a: string | null, b: string | null): boolean =>
  a !== null && b !== null && a.toLowerCase() === b.toLowerCase();

/**
 * Who cannot have the username they are to have again, because somebody else keeps it: one of `taken`, or one of these
 * who cannot have theirs either. Pure.
 */
export function withoutTheirName(wishes: readonly Wish[], taken: ReadonlySet<string>): ReadonlySet<string> {
  const without = new Set<string>();
  const keeps = (w: Wish): string | null => (without.has(w.identityId) ? w.has : w.wants);
  for (let settled = false; !settled;) {
    settled = true;
    for (const wish of wishes) {
      if (wish.wants === null || without.has(wish.identityId) || same(wish.has, wish.wants)) continue;
      const held = wishes.some((o) => o.identityId !== wish.identityId && same(keeps(o), wish.wants));
      if (!held && !taken.has(wish.wants.toLowerCase())) continue;
      without.add(wish.identityId);
      settled = false;
    }
  }
  return without;
}

/**
 * Leaves out usernames that somebody else has by now, of people who are put back together; they keep the one they have.
 * Returns the rows and whom it concerns.
 */
export async function keepNamesApart(
  tx: Tx,
  rows: readonly IdentityRow[],
  now: ReadonlyMap<string, string | null>,
): Promise<{ readonly rows: readonly IdentityRow[]; readonly without: ReadonlySet<string> }> {
  const wishes = rows.map(({ identityId, facts }): Wish => {
    const has = now.get(identityId) ?? null;
    return { identityId, has, wants: facts.username === undefined ? has : facts.username };
  });
  const changing = wishes.filter((w) => w.wants !== null && !same(w.has, w.wants));
  if (changing.length === 0) return { rows, without: new Set() };
  const held = await tx.many<{ username: string }>(sql`
    select distinct lower(f.username) as username from identity_facts f
     where lower(f.username) = any(${sql.array(changing.map((w) => w.wants?.toLowerCase() ?? ''))}::text[])
       and f.identity_id <> all(${sql.array(rows.map((r) => r.identityId))}::uuid[])
       and (f.valid_to is null or f.valid_to > ${tx.now})`);
  const without = withoutTheirName(wishes, new Set(held.map((h) => h.username)));
  return {
    without,
    rows: rows.map((row) => {
      if (!without.has(row.identityId)) return row;
      const { username: _, ...facts } = row.facts;
      return { ...row, facts };
    }),
  };
}
