import type { Item, Out } from './of-contract.ts';

/** Who may take what at once, and who reviews it. */
export type EmergencyPath = Item<'emergency.paths'>;
/** One time it was taken, with its sessions and review. */
export type EmergencyUse = Out<'emergency.showUse'>;
