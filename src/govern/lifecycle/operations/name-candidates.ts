import type { Tx } from '#kit/db/index.ts';
import { getIdentities } from '#spine/graph/index.ts';

interface Named {
  readonly name: string | null;
  readonly username: string | null;
}

/** Cases with the candidates of each by name, for whoever decides. */
export async function withNames<
  K extends { readonly identityId: string },
  C extends { readonly candidates: readonly K[] },
>(
  tx: Tx,
  cases: readonly (C & { readonly candidates: readonly K[] })[],
): Promise<(Omit<C, 'candidates'> & { candidates: (K & Named)[] })[]> {
  const people = await getIdentities(tx, [...new Set(cases.flatMap((c) => c.candidates.map((k) => k.identityId)))]);
  const byId = new Map(people.map((p) => [p.id, p]));
  return cases.map((c) => ({
    ...c,
    candidates: c.candidates.map((k) => ({
      ...k,
      name: byId.get(k.identityId)?.displayName ?? null,
      username: byId.get(k.identityId)?.username ?? null,
    })),
  }));
}
