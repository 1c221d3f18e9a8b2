/** Default policies of rules for commands. */
export const policies = `
@id("command_rules.officers_and_auditors_see")
permit (principal is Reeve::Identity, action == Reeve::Action::"command_rules.read", resource is Reeve::System)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("command_rules.officers_keep")
permit (principal is Reeve::Identity, action == Reeve::Action::"command_rules.keep", resource is Reeve::System)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };
`;
