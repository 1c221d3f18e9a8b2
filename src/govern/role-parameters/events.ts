import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

/** What has to be said to have a role is otherwise than it was. */
export const parametersSet = defineEvent('role.parameters_set', {
  roleId: pub(z.uuid()),
  parameters: pub(z.array(z.object({ name: z.string(), allowedValues: z.array(z.string()).nullable() }))),
});
/** A template was bound to values: the role there is for them, or one made now of what its patterns name with them. */
export const roleBound = defineEvent('role.bound', {
  roleId: pub(z.uuid()),
  templateId: pub(z.uuid()),
  chosen: pub(z.record(z.string(), z.string())),
  made: pub(z.boolean()),
  entitlementIds: pub(z.array(z.uuid())),
});

export const events = [parametersSet, roleBound];
