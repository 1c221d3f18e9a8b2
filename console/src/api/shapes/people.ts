import type { Item, Out } from './of-contract.ts';

export type Me = Out<'me.show'> & {
  /** Actions policy allows this person on anything at all; the rail shows what they open. Absent: told by roles. */
  readonly actions?: readonly string[];
  /** Shown as a ribbon, for instance `demo`. */
  readonly environment?: string;
};
export type IdentityRow = Item<'graph.listIdentities'>;
export type IdentityDetail = Out<'graph.showIdentity'>;
export type Account = Item<'graph.listAccounts'>;
export type Grant = Item<'graph.listGrants'>;
export type System = Item<'graph.listSystems'>;
export type Entitlement = Item<'graph.listEntitlements'>;
/** One thing an identity reaches, with the path to it: through a grant (should be) or a holding (is, as last read). */
export type Reach = Item<'graph.why'>;
