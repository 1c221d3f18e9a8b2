/** Who activates, who sees what somebody is eligible for, and who makes it possible. */
export const activatingPolicies = `
@id("requests.active_people_activate_for_themselves")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"request.activate", Reeve::Action::"eligibility.list"],
  resource == Reeve::Platform::"reeve"
)
when { principal.state == "active" };

@id("requests.those_concerned_see_what_somebody_is_eligible_for")
permit (principal is Reeve::Identity, action == Reeve::Action::"eligibility.list", resource is Reeve::Identity)
when {
  principal.state == "active" &&
  (resource == principal ||
   (resource has manager && resource.manager == principal) ||
   (resource has owner && resource.owner == principal) ||
   principal.roles.containsAny(["administrator", "security_officer", "auditor"]))
};

@id("requests.owners_and_administrators_open_eligibilities")
permit (principal is Reeve::Identity, action == Reeve::Action::"eligibility.open", resource)
when {
  principal.state == "active" &&
  (principal.roles.contains("administrator") ||
   ((resource is Reeve::Entitlement && resource has owner && resource.owner == principal) ||
    (resource is Reeve::Role && resource has owner && resource.owner == principal)))
};
`;
