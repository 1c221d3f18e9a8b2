import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

const change = {
  identityId: pub(z.uuid()),
  /** What lists all that followed. */
  receiptId: pub(z.uuid()),
  /** Since when it is true; earlier than the event where it was found out late. */
  effectiveAt: pub(z.iso.datetime()),
  /** The record that said so, for instance `hr E1042`; absent where a person said it. */
  source: pub(z.string().optional()),
};

/** Somebody's first day has come. The first load of a source makes nobody join. */
export const identityJoined = defineEvent('identity.joined', change);
/** Somebody works elsewhere or for somebody else now; `changed` names the facts. */
export const identityMoved = defineEvent('identity.moved', { ...change, changed: pub(z.array(z.string())) });
/** Somebody left: their grants have ended, and whatever else proves them ends now. */
export const identityLeft = defineEvent('identity.left', change);
/** Somebody who had left is back. */
export const identityReturned = defineEvent('identity.returned', change);
/** Every sign-in and token of an identity was ended. */
export const identityProofsEnded = defineEvent('identity.proofs_ended', {
  identityId: pub(z.uuid()),
  ended: pub(z.number().int()),
});

export const lifecycleEvents = [identityJoined, identityMoved, identityLeft, identityReturned, identityProofsEnded];
