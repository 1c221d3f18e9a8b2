import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { GrantControls } from '#spine/graph/index.ts';
import { openingsOf, requireOpen } from '#spine/calendars/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { askToEnd } from './end-sessions.ts';
import { liveSessionsOf } from './store.ts';

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

/** Ends what goes on outside its person's hours of access: they were changed, or its node did not end it. */
export async function endSessionsOutsideHours(ctx: Ctx, permit: Permit): Promise<number> {
  const people = await ctx.tx.many<{ id: string }>(sql`
    select distinct s.identity_id as id from session s join access_hours h on h.identity_id = s.identity_id where s.state = 'live'`);
  const openings = await openingsOf(
    ctx.tx,
    people.map(({ id }) => id),
    ctx.now,
  );
  let ended = 0;
  for (const [identityId, { open }] of openings) {
    if (open) continue;
    for (const session of await liveSessionsOf(ctx.tx, { identityId })) {
      await askToEnd(ctx, permit, session, { because: HOURS_OVER });
      ended += 1;
    }
  }
  return ended;
}
