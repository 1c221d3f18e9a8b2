import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

export const policySet = defineEvent('rotation_policy.set', {
  policyId: pub(z.uuid()),
  systemId: pub(z.uuid().optional()),
  accountId: pub(z.uuid().optional()),
  maxAgeDays: pub(z.int().nullable()),
  maxUses: pub(z.int().nullable()),
  afterCheckout: pub(z.boolean()),
  afterLeaver: pub(z.boolean()),
  checkEveryHours: pub(z.int()),
  onDrift: pub(z.string()),
  length: pub(z.int()),
});
export const policyDropped = defineEvent('rotation_policy.removed', { policyId: pub(z.uuid()) });
export const policyEvents = [policySet, policyDropped];
