import { sql } from '#kit/db/index.ts';
import type { AdmissionEdges, Recording } from './edges.ts';
import { recordingBehind, recordingCaughtUp } from './events.ts';
import type { SessionControl } from './live/session-control.ts';
import { inMinutes } from './model.ts';
import type { BehindWhy, Standing } from './recording/keep-up.ts';
import { RecordingLost } from './recording/recording-lost.ts';

const SAID: Readonly<Record<BehindWhy, string>> = {
  unwritable: 'the store of recordings cannot be written',
  full: 'the store of recordings is full',
  slow: 'the store of recordings is too slow',
};

/**
 * Lets nothing of a session flow while its recording is not taken, and ends it where that lasts too long: nothing runs
 * unrecorded. Its person is told, and the record says when and why. Call `settled` once the session is over.
 */
export function holdForRecording(
  edges: Pick<AdmissionEdges, 'operator' | 'live' | 'log'>,
  on: {
    readonly sessionId: string;
    readonly identityId: string;
    readonly recording: Recording;
    readonly control: SessionControl;
  },
): { readonly settled: () => Promise<void> } {
  const { sessionId, control } = on;
  let told: Promise<void> = Promise.resolve();
  on.recording.onStanding((standing) => {
    if (standing.is === 'over') {
      edges.live.end(sessionId, `this session can no longer be recorded and was ended: ${SAID[standing.why]}`);
      return;
    }
    if (standing.is === 'kept_up') control.release('this session is recorded again and goes on', 'recording');
    else
      control.hold(
        `${SAID[standing.why]}; nothing flows until it takes this session again, and after ${inMinutes(standing.waitSeconds)} it ends`,
        'recording',
      );
    told = told
      .then(() => putOnRecord(edges, on, standing))
      .catch((error: unknown) =>
        edges.log.error('that a session waits for its recording could not be put on the record', { sessionId, error }),
      );
  });
  return { settled: () => told };
}

async function putOnRecord(
  edges: Pick<AdmissionEdges, 'operator'>,
  { sessionId, identityId }: { readonly sessionId: string; readonly identityId: string },
  standing: Exclude<Standing, { readonly is: 'over' }>,
): Promise<void> {
  const why = standing.is === 'behind' ? standing.why : null;
  await edges.operator
    .jobCtx('gateway', sessionId)
    .act({ action: 'session.hold_for_recording' }, async (ctx, permit) => {
      await ctx.tx.run(sql`update session set recording_behind = ${why} where id = ${sessionId} and state = 'live'`);
      if (standing.is === 'kept_up')
        await ctx.record(permit, { event: recordingCaughtUp, subject: identityId, data: { sessionId } });
      else
        await ctx.record(permit, {
          event: recordingBehind,
          subject: identityId,
          data: { sessionId, why: standing.why, waitSeconds: standing.waitSeconds },
        });
    });
}

/** Closes a recording. What it ends in goes on the record also where the last of it is lost. */
export async function closeRecording(
  edges: Pick<AdmissionEdges, 'log'>,
  sessionId: string,
  recording: Recording,
): Promise<{ readonly head: string | undefined; readonly lost: boolean }> {
  try {
    return { head: (await recording.finish()).head, lost: false };
  } catch (error) {
    edges.log.error('a recording could not be closed', { sessionId, error });
    return { head: error instanceof RecordingLost ? error.head : undefined, lost: true };
  }
}
