/** Who sees whose risk, and who says from where on it is which, as shipped. */
export const policies = `
@id("risk.those_who_run_watch_or_audit_see_everybodys")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"identity_risk.list", Reeve::Action::"identity_risk.read", Reeve::Action::"risk_policy.read"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("risk.active_people_see_their_own")
permit (principal is Reeve::Identity, action == Reeve::Action::"identity_risk.read", resource is Reeve::Identity)
when { principal.state == "active" && resource == principal };

@id("risk.managers_see_their_reports")
permit (principal is Reeve::Identity, action == Reeve::Action::"identity_risk.read", resource is Reeve::Identity)
when { principal.state == "active" && resource has manager && resource.manager == principal };

@id("risk.owners_see_what_they_answer_for")
permit (principal is Reeve::Identity, action == Reeve::Action::"identity_risk.read", resource is Reeve::Identity)
when { principal.state == "active" && resource has owner && resource.owner == principal };

@id("risk.officers_say_what_is_risky")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"risk_policy.put", Reeve::Action::"identity_risk.look"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("risk.reeve_keeps_them")
permit (principal == Reeve::Component::"risk", action == Reeve::Action::"identity_risk.keep", resource);
`;
