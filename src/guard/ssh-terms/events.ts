import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

/** From the next session on, sessions on a system may do this. */
export const termsSet = defineEvent('ssh_terms.set', {
  systemId: pub(z.uuid()),
  forwardTo: pub(z.array(z.string())),
  listenOn: pub(z.array(z.int())),
  /** Absent: before an agent could be used. */
  agent: pub(z.boolean().optional()),
  files: pub(z.string()),
  deniedPaths: pub(z.array(z.string())),
  /** Which files are kept with recordings, one a line of words; absent: before files could be kept. */
  capture: pub(z.array(z.string()).optional()),
});

export const events = [termsSet];
