/** Default policies of imports: whoever stores secrets brings them in. */
export const importPolicies = `
@id("vault.officers_import")
permit (principal is Reeve::Identity, action == Reeve::Action::"secret.import", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };
`;
