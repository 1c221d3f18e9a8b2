/** Default policies of what sessions may do besides. */
export const policies = `
@id("ssh_terms.officers_and_auditors_see")
permit (principal is Reeve::Identity, action == Reeve::Action::"ssh_terms.read", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("ssh_terms.officers_set")
permit (principal is Reeve::Identity, action == Reeve::Action::"ssh_terms.set", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };
`;
