import type { Module } from '#spine/operations/index.ts';
import { nodeEvents } from './events.ts';
import { operations } from './operations.ts';

export { holdNode, type NodeParts } from './hold-node.ts';

const policies = `
@id("nodes.those_who_run_or_audit_see")
permit (principal is Reeve::Identity, action == Reeve::Action::"node.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("nodes.administrators_drain")
permit (principal is Reeve::Identity, action == Reeve::Action::"node.drain", resource)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("nodes.reeve_keeps_the_list")
permit (principal == Reeve::Component::"nodes", action == Reeve::Action::"node.keep", resource);
`;

/** The processes Reeve consists of. */
export const nodesModule: Module = {
  name: 'nodes',
  operations,
  events: nodeEvents,
  actions: [{ action: 'node.keep' }],
  policies,
};
