import type { Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { IdentityKind } from '../model.ts';
import { insertIdentities } from './store-facts.ts';

/**
 * Makes ids that rows of a feed may name before their own facts come, such as a manager who is further down. An
 * identity without facts is found by nobody; the batch that brings the facts records it.
 */
export const reserveIdentities = async (
  tx: Tx,
  _permit: Permit,
  rows: readonly { readonly id: string; readonly kind: IdentityKind }[],
): Promise<void> => {
  if (rows.length > 0) await insertIdentities(tx, rows);
};
