import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { conflict, denied, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { recordingHoldLiftAsked, recordingHoldLifted, recordingHoldPlaced } from './events.ts';

/** What a hold can be on. */
export const HOLD_SCOPES = ['session', 'identity', 'system', 'class'] as const;
export type HoldScope = (typeof HOLD_SCOPES)[number];

/** Recordings of something are kept, whatever their class says, until it is lifted. */
export interface RecordingHold {
  readonly id: string;
  readonly scope: HoldScope;
  /** Id of what it is on. */
  readonly on: string;
  /** As people read it. */
  readonly onName: string;
  readonly reason: string;
  readonly placedBy: string;
  readonly placedAt: Date;
  readonly liftAskedBy: string | null;
  readonly liftAskedAt: Date | null;
  readonly liftBecause: string | null;
  readonly liftedBy: string | null;
  readonly liftedAt: Date | null;
}

const select = sql`
  select h.id, h.scope, coalesce(h.session_id, h.identity_id, h.system_id, h.class_id) as "on",
         coalesce(f.display_name, y.name, c.name, h.session_id::text) as on_name, h.reason, h.placed_by, h.placed_at,
         h.lift_asked_by, h.lift_asked_at, h.lift_because, h.lifted_by, h.lifted_at
    from recording_hold h left join system y on y.id = h.system_id left join recording_class c on c.id = h.class_id
    left join lateral (select display_name from identity_facts f where f.identity_id = h.identity_id order by valid_from desc limit 1) f on true`;

/** Those that hold, newest first, or all there ever were. */
export const listHolds = (tx: Queryable, all: boolean): Promise<RecordingHold[]> =>
  tx.many<RecordingHold>(sql`${select} where ${all} or h.lifted_at is null order by h.id desc limit 1000`);

/** One hold. Throws 404 where there is none. */
export const getHold = async (tx: Queryable, id: string): Promise<RecordingHold> => {
  const hold = await tx.maybe<RecordingHold>(sql`${select} where h.id = ${id}`);
  if (hold === undefined) throw notFound('recording hold', id);
  return hold;
};

async function meant(tx: Tx, scope: HoldScope, subject: string): Promise<string> {
  const found = await tx.maybe<{ id: string }>(
    scope === 'session'
      ? sql`select id from session where id::text = ${subject}`
      : scope === 'system'
        ? sql`select id from system where id::text = ${subject} or name = ${subject}`
        : scope === 'class'
          ? sql`select id from recording_class where id::text = ${subject} or name = ${subject}`
          : sql`
            select i.id from identity i join identity_facts f on f.identity_id = i.id and f.valid_to is null
             where i.id::text = ${subject} or lower(f.username) = lower(${subject}) limit 1`,
  );
  if (found === undefined) throw invalid('/subject', `names no ${scope}`, 'give an id or a name');
  return found.id;
}

/** Keeps recordings of something from being purged, from now on. */
export async function placeHold(
  ctx: Ctx,
  permit: Permit<'recording_hold.place'>,
  input: { readonly scope: HoldScope; readonly subject: string; readonly reason: string },
): Promise<RecordingHold> {
  const { scope, reason } = input;
  // A class that is being changed is waited for: it may come to take in something else.
  if (scope === 'class') await ctx.tx.run(sql`lock table recording_class in row exclusive mode`);
  const on = await meant(ctx.tx, scope, input.subject);
  const of = (one: HoldScope): string | null => (one === scope ? on : null);
  const id = newId(ctx.now.getTime());
  await ctx.tx.run(sql`
    insert into recording_hold (id, scope, session_id, identity_id, system_id, class_id, reason, placed_by, placed_at)
    values (${id}, ${scope}, ${of('session')}, ${of('identity')}, ${of('system')}, ${of('class')}, ${reason},
            ${ctx.principal.id}, ${ctx.now})`);
  await ctx.record(permit, {
    event: recordingHoldPlaced,
    subject: ctx.principal.id,
    data: { holdId: id, scope, on, reason },
  });
  return await getHold(ctx.tx, id);
}

/** Somebody wants a hold lifted, and says why. It goes on holding until somebody else agrees. */
export async function askToLift(
  ctx: Ctx,
  permit: Permit<'recording_hold.lift'>,
  id: string,
  because: string,
): Promise<RecordingHold> {
  const { scope, on } = await getHold(ctx.tx, id);
  const asked = await ctx.tx.run(sql`
    update recording_hold set lift_asked_by = ${ctx.principal.id}, lift_asked_at = ${ctx.now}, lift_because = ${because}
     where id = ${id} and lifted_at is null`);
  if (asked === 0) throw conflict('recording_hold.lifted', 'this hold was lifted already');
  await ctx.record(permit, {
    event: recordingHoldLiftAsked,
    subject: ctx.principal.id,
    data: { holdId: id, scope, on, because },
  });
  return await getHold(ctx.tx, id);
}

/** Agrees to what somebody else asked for: it holds no longer. */
export async function liftHold(ctx: Ctx, permit: Permit<'recording_hold.lift'>, id: string): Promise<RecordingHold> {
  const { scope, on, liftAskedBy, liftedAt } = await getHold(ctx.tx, id);
  if (liftedAt !== null) throw conflict('recording_hold.lifted', 'this hold was lifted already');
  if (liftAskedBy === null)
    throw conflict('recording_hold.not_asked', 'nobody asked for it to be lifted', 'ask for it, with a reason');
  if (liftAskedBy === ctx.principal.id)
    throw denied(
      'recording_hold.own',
      'you asked for it, so somebody else has to agree',
      'let another officer or auditor lift it',
    );
  const lifted = await ctx.tx.run(sql`
    update recording_hold set lifted_by = ${ctx.principal.id}, lifted_at = ${ctx.now}
     where id = ${id} and lifted_at is null and lift_asked_by = ${liftAskedBy}`);
  if (lifted === 0) throw conflict('recording_hold.changed', 'somebody changed it meanwhile', 'look at it again');
  await ctx.record(permit, {
    event: recordingHoldLifted,
    subject: ctx.principal.id,
    data: { holdId: id, scope, on, askedBy: liftAskedBy },
  });
  return await getHold(ctx.tx, id);
}
