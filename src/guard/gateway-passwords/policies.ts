/** Default policies of gateway passwords. Which accounts one may have one for follows from grants. */
export const policies = `
@id("gateway_passwords.people_have_their_own")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"gateway_password.issue", Reeve::Action::"gateway_password.list_own"],
  resource
)
when { principal.state == "active" };

@id("gateway_passwords.holders_end_their_own")
permit (principal is Reeve::Identity, action == Reeve::Action::"gateway_password.end", resource is Reeve::GatewayPassword)
when { principal.state == "active" && resource.holder == principal };

@id("gateway_passwords.officers_end")
permit (principal is Reeve::Identity, action == Reeve::Action::"gateway_password.end", resource)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "administrator"]) };

@id("gateway_passwords.gateways_take_them")
permit (principal == Reeve::Component::"gateway", action == Reeve::Action::"gateway_password.redeem", resource);
`;
