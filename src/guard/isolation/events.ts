import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

const system = { systemId: pub(z.uuid()) };

export const isolationSet = defineEvent('isolation.set', {
  ...system,
  gateways: pub(z.array(z.string())),
  exemptions: pub(z.array(z.string())),
  everySeconds: pub(z.int()),
});
export const proofAsked = defineEvent('isolation.proof_asked', system);
export const proofCame = defineEvent('isolation.looked_at', {
  ...system,
  state: pub(z.string()),
  failed: pub(z.array(z.string())),
  unknown: pub(z.array(z.string())),
});
/** It was proved before, and is not so any more. */
export const isolationLost = defineEvent('isolation.lost', { ...system, failed: pub(z.array(z.string())) });
/** Somebody who may logged on without Reeve. */
export const exemptionUsed = defineEvent('isolation.exemption_used', {
  ...system,
  account: pub(z.string()),
  from: pub(z.string()),
  at: pub(z.iso.datetime()),
  how: pub(z.string()),
});
/** Log-ons can no longer be read there, so that one past Reeve would not be noticed. */
export const lookoutBlind = defineEvent('isolation.lookout_blind', { ...system, problem: pub(z.string()) });
export const lookoutSees = defineEvent('isolation.lookout_sees', system);

export const events = [isolationSet, proofAsked, proofCame, isolationLost, exemptionUsed, lookoutBlind, lookoutSees];
