/** Default policies of SCIM: who lets directories in, and what these may do. */
export const policies = `
@id("scim.administrators_let_directories_in")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"scim_client.create", Reeve::Action::"scim_client.rotate", Reeve::Action::"scim_client.remove",
    Reeve::Action::"scim_client.list", Reeve::Action::"scim_client.read"
  ],
  resource
)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("scim.those_who_watch_or_audit_see_directories")
permit (principal is Reeve::Identity, action == Reeve::Action::"scim_client.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["auditor", "security_officer"]) };

@id("scim.directories_push_to_their_own_source")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"scim.query", Reeve::Action::"scim.push"],
  resource is Reeve::ScimClient
)
when { principal.kind == "service" && principal.state == "active" && resource.identity == principal };

@id("scim.directories_know_themselves")
permit (principal is Reeve::Identity, action == Reeve::Action::"scim_client.read", resource is Reeve::ScimClient)
when { resource.identity == principal };

@id("scim.reeve_applies_what_was_accepted")
permit (principal == Reeve::Component::"scim", action == Reeve::Action::"scim.apply", resource);
`;
