import type { Module } from '#spine/operations/index.ts';
import { operations } from './operations.ts';

const policies = `
@id("lineage.officers_see_where_access_comes_from")
permit (principal is Reeve::Identity, action == Reeve::Action::"access.lineage", resource is Reeve::Identity)
when {
  principal.state == "active" &&
  principal.roles.containsAny(["administrator", "auditor", "security_officer"])
};

@id("lineage.people_see_where_their_own_access_comes_from")
permit (principal is Reeve::Identity, action == Reeve::Action::"access.lineage", resource is Reeve::Identity)
when { principal.state == "active" && principal == resource };
`;

/** From any access back to the row of a source, or the decision, that caused it. */
export const lineageModule: Module = { name: 'lineage', operations, policies };
