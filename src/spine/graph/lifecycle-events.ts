import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

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
/** Somebody is away for a while, on leave or suspended: their ways through Reeve are shut, and what they have out is taken back. */
export const identityRested = defineEvent('identity.rested', {
  ...change,
  /** True where what proves them ends too; otherwise they find it again. */
  proofsEnd: pub(z.boolean()),
});
/** Somebody who was away is here again. */
export const identityBack = defineEvent('identity.back', change);
/** Every sign-in and token of an identity was ended. */
export const identityProofsEnded = defineEvent('identity.proofs_ended', {
  identityId: pub(z.uuid()),
  ended: pub(z.number().int()),
});

/** A registered SSH key proves nobody any more. `because`: an officer's words. */
export const sshKeyRemoved = defineEvent('ssh_key.removed', {
  keyId: pub(z.uuid()),
  fingerprint: pub(z.string()),
  because: personal(z.string().optional()),
});

/** Grants that ended because an equal one goes on, and that one. */
const goesOn = pub(z.array(z.object({ from: z.uuid(), to: z.uuid() })));
const counts = pub(z.record(z.string(), z.number().int()));
/** Two identities turned out to be one person: from now on `duplicateId` is `survivorId`, and what proved it proves nothing. */
export const identityMerged = defineEvent('identity.merged', {
  mergeId: pub(z.uuid()),
  duplicateId: pub(z.uuid()),
  survivorId: pub(z.uuid()),
  /** How much of each went over, ended or was put aside. */
  counts,
  goesOn,
  /** Words of whoever said so. */
  because: personal(z.string()),
});
/** One identity turned out to be two: what was named went from one to the other, which is new or was merged into it. */
export const identitySplit = defineEvent('identity.split', {
  identityId: pub(z.uuid()),
  otherId: pub(z.uuid()),
  /** The merge that was undone, where it was one. */
  mergeId: pub(z.uuid().optional()),
  counts,
  goesOn,
  because: personal(z.string()),
});

export const lifecycleEvents = [
  identityJoined,
  identityMoved,
  identityLeft,
  identityReturned,
  identityRested,
  identityBack,
  identityProofsEnded,
  identityMerged,
  identitySplit,
  sshKeyRemoved,
];
