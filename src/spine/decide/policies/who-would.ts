import type { Tx } from '#kit/db/index.ts';
import { listIdentities, type Identity } from '#spine/graph/index.ts';
import { askPolicies } from '../ask-policies.ts';
import type { Decide } from '../create-decide.ts';
import type { ResourceRef } from '../port.ts';
import { requireVersion } from './store.ts';

export interface Reach {
  readonly identityId: string;
  readonly displayName: string;
}
export interface WhoWould {
  /** Identities asked about. */
  readonly asked: number;
  readonly gains: readonly Reach[];
  readonly loses: readonly Reach[];
  readonly allowedBefore: number;
  readonly allowedAfter: number;
}

/** Identities asked in one go: one load of entities each. */
const BATCH = 500;

/** Who of all identities could do something under the policies in force, and who under another version: by live data. */
export const whoWould = async (
  tx: Tx,
  decide: Decide,
  input: { readonly versionId: string; readonly action: string; readonly resource: ResourceRef },
): Promise<WhoWould> => {
  const { house, sets } = decide.inside;
  const version = await requireVersion(tx, input.versionId);
  const [before, after] = [await sets.active(tx), sets.withCustom(version.text)];
  const [gains, loses] = [[] as Reach[], [] as Reach[]];
  let [asked, allowedBefore, allowedAfter] = [0, 0, 0];
  let cursor: string | undefined;
  do {
    const page: { items: Identity[]; nextCursor: string | null } = await listIdentities(tx, { cursor, limit: BATCH });
    const question = {
      principals: page.items.map(({ id }) => ({ kind: 'identity' as const, id })),
      action: input.action,
      resources: [input.resource],
    };
    const was = await askPolicies(tx, house().vocabulary, before, question);
    const would = await askPolicies(tx, house().vocabulary, after, question);
    page.items.forEach(({ id: identityId, displayName }, i) => {
      const [a, b] = [was[i]?.allowed === true, would[i]?.allowed === true];
      allowedBefore += Number(a);
      allowedAfter += Number(b);
      if (a !== b) (b ? gains : loses).push({ identityId, displayName });
    });
    asked += page.items.length;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { asked, gains, loses, allowedBefore, allowedAfter };
};
