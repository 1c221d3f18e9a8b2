/** Default policies of rules for statements. */
export const policies = `
@id("statement_rules.officers_and_auditors_see")
permit (principal is Reeve::Identity, action == Reeve::Action::"statement_rules.read", resource is Reeve::System)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("statement_rules.officers_keep")
permit (principal is Reeve::Identity, action == Reeve::Action::"statement_rules.keep", resource is Reeve::System)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };
`;
