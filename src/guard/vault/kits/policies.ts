/** Default policies of kits: officers make and drill them; a share goes to its holder and nobody else. */
export const kitPolicies = `
@id("vault.officers_and_auditors_see_kits")
permit (principal is Reeve::Identity, action == Reeve::Action::"break_glass_kit.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("vault.officers_keep_kits")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"break_glass_kit.make", Reeve::Action::"break_glass_kit.take_envelope",
    Reeve::Action::"break_glass_kit.drill", Reeve::Action::"break_glass_kit.retire"
  ],
  resource
)
when { principal.state == "active" && principal.roles.contains("security_officer") };

@id("vault.holders_take_their_share")
permit (principal is Reeve::Identity, action == Reeve::Action::"break_glass_kit.take_share", resource)
when { principal.state == "active" };
`;
