/** Default policies of what is said of secrets, and of codes: whoever may take a secret out gets codes from a seed. */
export const kindPolicies = `
@id("vault.officers_describe")
permit (principal is Reeve::Identity, action == Reeve::Action::"secret.describe", resource is Reeve::Secret)
when {
  principal.state == "active" &&
  (principal.roles.containsAny(["administrator", "security_officer"]) || (resource has owner && resource.owner == principal))
};

@id("vault.officers_get_codes")
@obligation("record")
permit (principal is Reeve::Identity, action == Reeve::Action::"secret.code", resource is Reeve::Secret)
when {
  principal.state == "active" && resource.purpose != "connection" &&
  (principal.roles.contains("security_officer") || (resource has owner && resource.owner == principal))
};
`;
