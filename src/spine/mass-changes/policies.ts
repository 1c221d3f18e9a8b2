/** Default policies of mass changes: those who run Reeve decide about them, those who watch and audit see them. */
export const policies = `
@id("mass_changes.administrators_decide")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"mass_change.accept", Reeve::Action::"mass_change.undo", Reeve::Action::"change_limits.put"],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("mass_changes.those_who_run_watch_or_audit_see_them")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"mass_change.list", Reeve::Action::"mass_change.read", Reeve::Action::"change_limits.list"
  ],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "auditor", "security_officer"]) };

@id("mass_changes.reeve_applies_what_was_released")
permit (principal == Reeve::Component::"mass_changes", action == Reeve::Action::"mass_change.apply", resource);
`;
