import type { Module } from '#spine/operations/index.ts';
import { operations } from './operations.ts';

const policies = `
@id("direct_grants.administrators_give")
permit (principal is Reeve::Identity, action == Reeve::Action::"grant.give", resource)
when { principal.state == "active" && principal.roles.contains("administrator") };
`;

/** Access given directly by an administrator, on the record and under separation of duties. */
export const directGrantsModule: Module = { name: 'direct-grants', operations, policies };
