import { sql } from '#kit/db/index.ts';
import { endUse } from '#spine/graph/index.ts';
import type { AdmissionEdges } from './edges.ts';
import { markEnded, type EndedSession } from './store.ts';

/** How a session ended, as its gateway or the one who closed its record saw it. */
export interface SessionEnd {
  readonly id: string;
  readonly at: Date;
  readonly because: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly recordingHead?: string | undefined;
}

/** Closes the record of a session, once, with what was exercised in it. */
export async function finishSession(edges: Pick<AdmissionEdges, 'operator'>, end: SessionEnd): Promise<void> {
  await edges.operator.jobCtx('gateway', end.id).act({ action: 'session.finish' }, async (ctx, permit) => {
    const session = await markEnded(ctx.tx, { ...end, recordingHead: end.recordingHead });
    if (session === undefined) return;
    const done = await ctx.tx.one<{ commands: number; classes: string[] | null }>(sql`
      select count(*)::int as commands, array_agg(distinct class) as classes from session_event
      where session_id = ${end.id} and type in ('exec', 'command')`);
    await endUse(ctx, permit, {
      id: end.id,
      at: end.at,
      because: end.because,
      said: saidOf(end.because, session),
      commands: done.commands,
      commandClasses: done.classes ?? [],
      recordingHead: end.recordingHead,
    });
  });
}

/** The end in clear, where a person had asked for it in words of their own: those are within what the gateway says. */
const saidOf = (because: string, { endingBecause, endingSaid }: EndedSession): string | undefined =>
  endingBecause !== null && endingSaid !== null && because.endsWith(endingBecause)
    ? because.slice(0, because.length - endingBecause.length) + endingSaid
    : undefined;
