/** Default policies of role mining. */
export const policies = `
@id("roles.administrators_and_officers_mine")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"role_mining.start", Reeve::Action::"role_mining.cancel",
    Reeve::Action::"role_improvement.start", Reeve::Action::"role_improvement.cancel"
  ],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("roles.administrators_make_roles_of_candidates")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"candidate_role.draft", Reeve::Action::"candidate_role.apply"],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("roles.those_who_run_watch_or_audit_see_what_was_mined")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"role_mining.list", Reeve::Action::"role_mining.read", Reeve::Action::"candidate_role.read", Reeve::Action::"role_improvement.list"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("roles.reeve_mines_what_was_asked_for")
permit (
  principal == Reeve::Component::"roles",
  action in [Reeve::Action::"role_mining.run", Reeve::Action::"role_improvement.run"],
  resource
);
`;
