/** Default policies of the vault. Reading metadata never shows a value; only checkout does. */
export const policies = `
@id("vault.officers_and_auditors_read_metadata")
permit (principal is Reeve::Identity, action in [Reeve::Action::"secret.list", Reeve::Action::"secret.read"], resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("vault.owners_read_their_own")
permit (principal is Reeve::Identity, action == Reeve::Action::"secret.read", resource is Reeve::Secret)
when { principal.state == "active" && resource has owner && resource.owner == principal };

@id("vault.officers_store_secrets")
permit (principal is Reeve::Identity, action == Reeve::Action::"secret.create", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("vault.owners_update_their_own")
permit (principal is Reeve::Identity, action == Reeve::Action::"secret.update", resource is Reeve::Secret)
when { principal.state == "active" && resource.purpose == "free" && resource has owner && resource.owner == principal };

@id("vault.officers_check_out")
@obligation("record")
permit (principal is Reeve::Identity, action == Reeve::Action::"secret.checkout", resource is Reeve::Secret)
when {
  principal.state == "active" && resource.purpose != "connection" &&
  (principal.roles.contains("security_officer") || (resource has owner && resource.owner == principal))
};

@id("vault.connections_are_never_shown")
forbid (principal is Reeve::Identity, action == Reeve::Action::"secret.checkout", resource is Reeve::Secret)
when { resource.purpose == "connection" };

@id("vault.authorities_are_never_shown")
forbid (principal is Reeve::Identity, action == Reeve::Action::"secret.checkout", resource is Reeve::Secret)
when { resource.purpose == "authority" };

@id("vault.holders_check_in")
permit (principal is Reeve::Identity, action == Reeve::Action::"secret.checkin", resource)
when { principal.state == "active" };

@id("vault.reeve_uses_secrets")
permit (principal is Reeve::Component, action in [Reeve::Action::"secret.use", Reeve::Action::"secret.checkin"], resource);

@id("vault.reeve_keeps_the_credentials_of_accounts")
permit (
  principal is Reeve::Component,
  action in [Reeve::Action::"secret.create", Reeve::Action::"secret.update"],
  resource
)
when { [Reeve::Component::"rotation", Reeve::Component::"discovery", Reeve::Component::"boot"].contains(principal) };
`;
