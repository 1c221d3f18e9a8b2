/** Default policies of rotation: officers rotate and say when, auditors look, and Reeve itself does what is due. */
export const policies = `
@id("rotation.officers_rotate")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"account.rotate", Reeve::Action::"rotation.list", Reeve::Action::"rotation_run.manage",
    Reeve::Action::"rotation_policy.manage", Reeve::Action::"dependant.manage", Reeve::Action::"credential.check"
  ],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("rotation.administrators_give_reconcile_accounts")
permit (principal is Reeve::Identity, action == Reeve::Action::"reconcile_account.set", resource)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("rotation.auditors_read")
permit (principal is Reeve::Identity, action == Reeve::Action::"rotation.list", resource)
when { principal.state == "active" && principal.roles.contains("auditor") };

@id("rotation.reeve_rotates")
permit (
  principal == Reeve::Component::"rotation",
  action in [Reeve::Action::"account.rotate", Reeve::Action::"rotation_run.advance"],
  resource
);
`;
