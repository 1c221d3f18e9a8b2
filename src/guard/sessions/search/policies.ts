/** Who looks for what was run. What they find is of sessions they may watch. */
export const searchPolicies = `
@id("sessions.officers_and_auditors_search")
permit (principal is Reeve::Identity, action == Reeve::Action::"session.search", resource)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "auditor", "administrator"]) };

@id("sessions.managers_search_their_reports")
permit (principal is Reeve::Identity, action == Reeve::Action::"session.search", resource is Reeve::Identity)
when { principal.state == "active" && resource has manager && resource.manager == principal };
`;
