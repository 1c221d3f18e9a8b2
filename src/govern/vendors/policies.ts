/** Who asks for people from outside, and who sees them. */
export const policies = `
@id("vendors.active_people_ask_for_people_from_outside")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"vendor.ask", Reeve::Action::"vendor.list"],
  resource == Reeve::Platform::"reeve"
)
when { principal.state == "active" };

@id("vendors.sponsors_limit_hours_and_end_theirs")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"vendor.set_hours", Reeve::Action::"vendor.end"],
  resource is Reeve::Identity
)
when {
  principal.state == "active" &&
  ((resource has owner && resource.owner == principal) ||
   principal.roles.containsAny(["administrator", "security_officer"]))
};

@id("vendors.those_who_run_or_watch_widen_hours")
permit (
  principal is Reeve::Identity,
  action == Reeve::Action::"vendor.widen_hours",
  resource == Reeve::Platform::"reeve"
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("vendors.nobody_says_their_own_hours")
forbid (principal, action == Reeve::Action::"vendor.set_hours", resource)
when { principal == resource };

@id("vendors.reeve_lets_in_who_was_approved")
permit (principal == Reeve::Component::"vendors", action == Reeve::Action::"vendor.admit", resource);
`;
