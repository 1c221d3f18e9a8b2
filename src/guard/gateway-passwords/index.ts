import { sql } from '#kit/db/index.ts';
import type { Module, ResourceType } from '#spine/operations/index.ts';
import { events } from './events.ts';
import type { PasswordProtocol } from './model.ts';
import { operations, type GatewayPlace } from './operations.ts';
import { policies } from './policies.ts';

export { issuePassword } from './issue-password.ts';
export { redeemPassword } from './redeem-password.ts';
export { whosePassword } from './whose-password.ts';
export { type GatewayPlace } from './operations.ts';

const passwordType: ResourceType = {
  type: 'GatewayPassword',
  attributes: { holder: { type: 'Entity', name: 'Identity' }, system: { type: 'Entity', name: 'System' } },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; identityId: string; systemId: string }>(
      sql`select id, identity_id, system_id from gateway_password where id = any(${ids}::uuid[])`,
    );
    return new Map(
      rows.map(({ id, identityId, systemId }) => [
        id,
        {
          holder: { entity: { type: 'Identity', id: identityId } },
          system: { entity: { type: 'System', id: systemId } },
        },
      ]),
    );
  },
};

/** Passwords that gateways take: for one account, for minutes. */
export const gatewayPasswordsModule = (edges: Readonly<Record<PasswordProtocol, GatewayPlace>>): Module => ({
  name: 'gateway-passwords',
  operations: operations(edges),
  events,
  policies,
  resources: [passwordType],
  actions: [{ action: 'gateway_password.redeem' }],
});
