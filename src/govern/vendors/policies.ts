/** Who asks for people from outside, and who sees them. */
export const policies = `
@id("vendors.active_people_ask_for_people_from_outside")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"vendor.ask", Reeve::Action::"vendor.list"],
  resource == Reeve::Platform::"reeve"
)
when { principal.state == "active" };

@id("vendors.reeve_lets_in_who_was_approved")
permit (principal == Reeve::Component::"vendors", action == Reeve::Action::"vendor.admit", resource);
`;
