/** Default policies of checkouts: who sets terms takes nothing out by that, and who agrees could take it out as well. */
export const checkoutPolicies = `
@id("vault.administrators_set_terms")
permit (principal is Reeve::Identity, action == Reeve::Action::"secret.set_terms", resource)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("vault.second_persons_agree")
permit (principal is Reeve::Identity, action == Reeve::Action::"secret.approve_checkout", resource is Reeve::Secret)
when {
  principal.state == "active" && resource.purpose != "connection" &&
  (principal.roles.contains("security_officer") || (resource has owner && resource.owner == principal))
};

@id("vault.everybody_sees_what_they_have_out")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"secret.list_mine", Reeve::Action::"secret.withdraw_ask"],
  resource
)
when { principal.state == "active" };
`;
