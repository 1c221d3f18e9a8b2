import type { Tx } from '#kit/db/index.ts';
import type { GrantControls } from '#spine/graph/index.ts';
import { openingsOf, requireOpen } from '#spine/calendars/index.ts';

/** What a session is told that ends with its person's hours of access. */
export const HOURS_OVER = 'the hours of access are over';

/** Refuses who comes outside their hours of access; what goes on ends with them. */
export const withinHours = async (tx: Tx, identityId: string, controls: GrantControls): Promise<GrantControls> => {
  const closesAt = await requireOpen(tx, identityId);
  if (closesAt === null) return controls;
  const left = Math.floor((closesAt.getTime() - tx.now.getTime()) / 1000);
  return { ...controls, sessionSeconds: Math.min(controls.sessionSeconds ?? left, left) };
};

/** Whether somebody's hours of access are over at an instant. */
export const hoursAreOver = async (tx: Tx, identityId: string, at: Date): Promise<boolean> =>
  (await openingsOf(tx, [identityId], at)).get(identityId)?.open === false;
