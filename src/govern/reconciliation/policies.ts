/** Default policies of reconciliation. */
export const policies = `
@id("reconciliation.administrators_decide")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"drift_case.decide", Reeve::Action::"drift_reaction.put", Reeve::Action::"drift.look"],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("reconciliation.those_who_run_watch_or_audit_see_drift")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"drift_case.list", Reeve::Action::"drift_reaction.list"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "auditor", "security_officer"]) };

@id("reconciliation.reeve_reacts_as_decided")
permit (principal == Reeve::Component::"reconciliation", action == Reeve::Action::"drift.react", resource);
`;
