import type { Tx } from '#kit/db/index.ts';
import type { IdentityState } from '#spine/graph/index.ts';
import { readSaid } from '../precedence/read-said.ts';

/** A source that decides about somebody, and what it says of who answers for them and until when they are here. */
export interface DecidingSource {
  readonly name: string;
  readonly externalId: string;
  readonly endsOn: string | null;
  readonly managerId: string | null;
  readonly managerState: IdentityState | null;
}

/** The sources that decide who joins and leaves and know this identity now. */
export const decidingSources = async (tx: Tx, identityId: string): Promise<DecidingSource[]> =>
  ((await readSaid(tx, [identityId])).get(identityId) ?? [])
    .filter((said) => said.present && said.terms.lifecycle)
    .map((said) => ({
      name: said.sourceName,
      externalId: said.externalId,
      endsOn: said.record.endsOn,
      managerId: said.managerId,
      managerState: said.managerState,
    }));
