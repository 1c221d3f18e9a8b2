import { z } from 'zod';
import { keepingEvents } from './keeping/events.ts';
import { commandEvents } from './commands/events.ts';
import { liveEvents } from './live/events.ts';
import { recordingsSearched } from './search/events.ts';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

/** Somebody asked a gateway for a session and was refused. */
export const sessionRefused = defineEvent('session.refused', {
  account: pub(z.string()),
  system: pub(z.string()),
  protocol: pub(z.string()),
  code: pub(z.string()),
});
/** An operator, or Reeve itself, said that a live session must end. `use.ended` follows when it has. */
export const sessionEndAsked = defineEvent('session.end_asked', {
  sessionId: pub(z.uuid()),
  because: pub(z.string()),
  /** Why, where a person said it in their own words. */
  words: personal(z.string().optional()),
});
/** Somebody watched a recording. */
export const recordingOpened = defineEvent('recording.opened', { sessionId: pub(z.uuid()) });
/** Somebody fetched a file that was kept with a recording. */
export const fileFetched = defineEvent('recording.file_fetched', {
  sessionId: pub(z.uuid()),
  n: pub(z.int()),
  path: personal(z.string()),
});
/** The store of recordings did not take what a session showed: nothing flows until it does, for so long at most. */
export const recordingBehind = defineEvent('recording.behind', {
  sessionId: pub(z.uuid()),
  why: pub(z.enum(['unwritable', 'full', 'slow'])),
  waitSeconds: pub(z.int()),
});
/** It takes it again, and the session goes on. */
export const recordingCaughtUp = defineEvent('recording.caught_up', { sessionId: pub(z.uuid()) });
/** A session goes on, resting on fewer grants than before. */
export const sessionRests = defineEvent('session.rests_on_fewer_grants', {
  sessionId: pub(z.uuid()),
  grantIds: pub(z.array(z.uuid())),
});

export const events = [
  sessionRefused,
  sessionEndAsked,
  recordingOpened,
  fileFetched,
  recordingBehind,
  recordingCaughtUp,
  recordingsSearched,
  ...keepingEvents,
  sessionRests,
  ...commandEvents,
  ...liveEvents,
];
