import { sql } from '#kit/db/index.ts';
import { conflict, denied, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { readingAccepted } from '../events.ts';
import { queueRun } from './ask-reading.ts';
import { lockRun } from './store.ts';

/** A named person takes it upon them that what a held reading does not name is gone: this reading, once. */
export async function acceptRun(
  ctx: Ctx,
  permit: Permit<'discovery_run.accept'>,
  input: { readonly id: string; readonly because: string },
): Promise<void> {
  if (ctx.principal.kind !== 'identity')
    throw denied('reading.accept_by_person', 'a held reading is accepted by a person', 'sign in and accept it');
  const run = await lockRun(ctx.tx, input.id);
  if (run === undefined) throw notFound('discovery_run', input.id);
  if (run.state !== 'held')
    throw conflict(
      'reading.not_held',
      `this reading is ${run.state}, so there is nothing to accept`,
      'look at the newest reading of the system',
    );
  const open = await ctx.tx.maybe(sql`
    select id from discovery_run where system_id = ${run.systemId} and state in ('waiting', 'applying')`);
  if (open !== undefined)
    throw conflict(
      'reading.goes_on',
      'this system is being read again just now',
      'wait for that reading, and look at it',
    );
  await ctx.tx.run(sql`
    update discovery_run set state = 'applying', accepted_by = ${ctx.principal.id}, accepted_at = ${ctx.now},
           accepted_because = ${input.because} where id = ${run.id}`);
  await ctx.record(permit, {
    event: readingAccepted,
    data: { runId: run.id, systemId: run.systemId, because: input.because },
  });
  await queueRun(ctx.tx, run.id);
}
