import { z } from 'zod';
import { defineEvent, personal, pub } from '#spine/audit/event-type.ts';

/** What grants of one person want of targets from now on, and how much of it is news. */
export const accessWanted = defineEvent('access.wanted', {
  wanted: pub(z.enum(['present', 'absent'])),
  grants: pub(z.array(z.object({ grantId: z.uuid(), targets: z.int() }))),
});
/** A target will not be made to agree by trying again: a person is needed. */
export const provisioningStuck = defineEvent('provisioning.stuck', {
  taskId: pub(z.uuid()),
  grantId: pub(z.uuid()),
  systemId: pub(z.uuid()),
  wanted: pub(z.enum(['present', 'absent'])),
  problem: pub(z.string()),
});
export const provisioningRetried = defineEvent('provisioning.retried', { taskId: pub(z.uuid()) });
/** A person says that a target was changed by hand, and what shows it. */
export const provisioningCompleted = defineEvent('provisioning.completed', {
  taskId: pub(z.uuid()),
  grantId: pub(z.uuid()),
  wanted: pub(z.enum(['present', 'absent'])),
  proof: personal(z.string()),
});

const window = { windowId: pub(z.uuid()), systemId: pub(z.uuid()) };
/** A time in which a system is not written to. */
export const maintenancePlanned = defineEvent('maintenance.planned', window);
export const maintenanceCancelled = defineEvent('maintenance.cancelled', window);
/** After which systems somebody gets access on one. */
export const systemOrderPut = defineEvent('system_order.put', {
  systemId: pub(z.uuid()),
  after: pub(z.array(z.uuid())),
});

export const events = [
  accessWanted,
  provisioningStuck,
  provisioningRetried,
  provisioningCompleted,
  maintenancePlanned,
  maintenanceCancelled,
  systemOrderPut,
];
