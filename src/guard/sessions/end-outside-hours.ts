import { sql } from '#kit/db/index.ts';
import { openingsOf } from '#spine/calendars/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { askToEnd } from './end-sessions.ts';
import { liveSessionsOf } from './store.ts';
import { HOURS_OVER } from './within-hours.ts';

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
