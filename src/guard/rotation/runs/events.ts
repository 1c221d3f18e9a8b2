import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

const run = { runId: pub(z.uuid()) };
export const runStarted = defineEvent('rotation_run.started', {
  ...run,
  rotations: pub(z.int()),
  incident: pub(z.boolean()),
  /** In the words of whoever started it, the event's subject. */
  words: personal(z.string().optional()),
});
export const runReleased = defineEvent('rotation_run.wave_released', {
  ...run,
  wave: pub(z.int()),
  rotations: pub(z.int()),
});
/** More failed than may: nothing else is released until a person says so. */
export const runStopped = defineEvent('rotation_run.stopped', { ...run, wave: pub(z.int()), failed: pub(z.int()) });
export const runResumed = defineEvent('rotation_run.resumed', run);
export const runCancelled = defineEvent('rotation_run.cancelled', { ...run, rotations: pub(z.int()) });
export const runDone = defineEvent('rotation_run.done', { ...run, done: pub(z.int()), failed: pub(z.int()) });
export const runEvents = [runStarted, runReleased, runStopped, runResumed, runCancelled, runDone];
