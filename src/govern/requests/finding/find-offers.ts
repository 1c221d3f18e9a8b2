import type { Decide } from '#spine/decide/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { getEntitlements, getIdentity, getRoles } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { findTargets } from '../lines/find-targets.ts';
import { readHeld, type Held } from '../lines/read-held.ts';
import { byColleague, byPeers, byRoles } from './by-people.ts';
import { byWords } from './by-words.ts';
import { together, type Found, type Offer } from './model.ts';

export interface Offers {
  readonly offers: readonly Offer[];
  /** What was looked for in place of what was typed; null: what was typed. */
  readonly correctedTo: string | null;
}

/**
 * What can be asked for, for somebody: what fits the words; without words, what a colleague has, what peers have and
 * roles that are nearly had. Only what may be asked for and whoever asks may read is in it; what somebody has already
 * is found by words, and is no recommendation.
 */
export const findOffers = async (
  ctx: Ctx,
  decide: Decide,
  input: {
    readonly beneficiaryId: string;
    readonly text?: string | undefined;
    /** Whose access is looked at. */
    readonly like?: { readonly id: string; readonly named: string } | undefined;
    readonly limit: number;
  },
): Promise<Offers> => {
  const { tx } = ctx;
  const held = (await readHeld(tx, [input.beneficiaryId]))(input.beneficiaryId);
  if (input.text !== undefined && input.like === undefined) {
    const { found, correctedTo } = await byWords(tx, input.text, input.limit);
    return { offers: await shown(ctx, decide, held, together(found)), correctedTo };
  }
  const found =
    input.like === undefined
      ? [...(await byPeers(tx, input.beneficiaryId)), ...(await byRoles(tx, held.having.entitlements))]
      : await ofColleague(ctx, decide, input.like);
  const offers = (await shown(ctx, decide, held, together(found))).filter((offer) => offer.had === null);
  return { offers: offers.slice(0, input.limit), correctedTo: null };
};

/** What a colleague has. What is privileged is told of only to those who may see all somebody has. */
const ofColleague = async (
  ctx: Ctx,
  decide: Decide,
  { id, named }: { id: string; named: string },
): Promise<Found[]> => {
  const { tx, principal } = ctx;
  const resource = { type: 'Identity', id };
  const compares = await decide.may(tx, { principal, action: 'request.compare', resource });
  const colleague = await getIdentity(tx, id);
  if (!compares.allowed || colleague === undefined) throw notFound('identity', named);
  const found = await byColleague(tx, { id, name: colleague.displayName });
  if ((await decide.may(tx, { principal, action: 'access.explain', resource })).allowed) return found;
  const targets = await findTargets(tx, decide, principal, principal.id, found.map(asLine));
  return found.filter((_, i) => targets[i]?.privileged === false);
};

const asLine = ({ kind, id }: Found) => (kind === 'role' ? { roleId: id } : { entitlementId: id });

/** With what people read of it; what may not be asked for, or not be read by whoever asks, is left out. */
const shown = async (ctx: Ctx, decide: Decide, held: Held, found: readonly Found[]): Promise<Offer[]> => {
  const { tx, principal } = ctx;
  const targets = await findTargets(tx, decide, principal, principal.id, found.map(asLine));
  const ids = (kind: Found['kind']): string[] => found.filter((f) => f.kind === kind).map((f) => f.id);
  const described = [...(await getEntitlements(tx, ids('entitlement'))), ...(await getRoles(tx, ids('role')))];
  const description = new Map(described.map((d) => [d.id, d.description]));
  return found.flatMap((one, i): Offer[] => {
    const target = targets[i];
    if (target === undefined || target.gone || !target.requestable) return [];
    return [
      {
        ...one,
        name: target.name,
        systemName: target.systemName,
        description: description.get(one.id) ?? null,
        risk: target.risk,
        privileged: target.privileged,
        maxSeconds: target.maxSeconds,
        parameters: target.parameters,
        had: held.pending.has(one.id) ? 'asked' : held.ends.has(one.id) ? 'held' : null,
      },
    ];
  });
};
