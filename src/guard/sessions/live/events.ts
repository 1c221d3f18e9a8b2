import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

/** Somebody began to watch a session as it runs; `observes`: as the observer it needs. */
export const sessionWatched = defineEvent('session.watched', {
  sessionId: pub(z.uuid()),
  watchId: pub(z.uuid()),
  watcherId: pub(z.uuid()),
  observes: pub(z.boolean()),
});
/** They watch no longer: they left, or fetched nothing any more. */
export const sessionWatchEnded = defineEvent('session.watch_ended', {
  sessionId: pub(z.uuid()),
  watchId: pub(z.uuid()),
  watcherId: pub(z.uuid()),
  observed: pub(z.boolean()),
  because: pub(z.enum(['left', 'fell_silent', 'session_ended'])),
});
/** Somebody in charge let nothing flow any more. */
export const sessionPaused = defineEvent('session.paused', {
  sessionId: pub(z.uuid()),
  reason: personal(z.string()),
});
export const sessionResumed = defineEvent('session.resumed', {
  sessionId: pub(z.uuid()),
  reason: personal(z.string()),
});
/** Somebody in charge told the person something. */
export const sessionMessaged = defineEvent('session.messaged', {
  sessionId: pub(z.uuid()),
  words: personal(z.string()),
});

export const liveEvents = [sessionWatched, sessionWatchEnded, sessionPaused, sessionResumed, sessionMessaged];
