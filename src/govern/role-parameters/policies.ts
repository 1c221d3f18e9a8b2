/** Default policies of parameters of roles. */
export const policies = `
@id("role_parameters.administrators_and_owners_set")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"role.parameters", Reeve::Action::"role.bind", Reeve::Action::"role.bindings"],
  resource is Reeve::Role
)
when {
  principal.state == "active" &&
  (principal.roles.contains("administrator") || (resource has owner && resource.owner == principal))
};

@id("role_parameters.whoever_may_ask_for_it_binds")
permit (principal is Reeve::Identity, action == Reeve::Action::"role.bind", resource is Reeve::Role)
when { principal.state == "active" && resource.requestable };

@id("role_parameters.watchers_see_bindings")
permit (principal is Reeve::Identity, action == Reeve::Action::"role.bindings", resource)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "auditor"]) };
`;
