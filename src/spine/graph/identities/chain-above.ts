import type { Tx } from '#kit/db/index.ts';
import type { Identity } from '../model.ts';
import { getIdentity } from './read-identities.ts';

/** Deeper chains of managers are a mistake in the feed. */
const HIGHEST = 12;

/** The managers above somebody, nearest first; of a service or agent, those above who answers for it, that person included. */
export const chainAbove = async (tx: Tx, id: string): Promise<Identity[]> => {
  const chain: Identity[] = [];
  const seen = new Set([id]);
  let here = await getIdentity(tx, id);
  while (here !== undefined && chain.length < HIGHEST) {
    const next: string | null = here.managerId ?? here.ownerId;
    if (next === null || seen.has(next)) break;
    seen.add(next);
    here = await getIdentity(tx, next);
    if (here !== undefined) chain.push(here);
  }
  return chain;
};
