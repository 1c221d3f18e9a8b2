/** Default policies of how web applications are served. */
export const policies = `
@id("web_terms.officers_and_auditors_see")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"web_terms.read", Reeve::Action::"request_rules.read"],
  resource is Reeve::System
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("web_terms.officers_set")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"web_terms.set", Reeve::Action::"request_rules.keep"],
  resource is Reeve::System
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };
`;
