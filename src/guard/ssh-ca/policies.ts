/** Default policies of the SSH authority. Whether somebody may open an account is asked as `session.open`, like for any session. */
export const policies = `
@id("ssh_ca.active_people_ask_for_certificates")
@obligation("record")
permit (principal is Reeve::Identity, action == Reeve::Action::"ssh_certificate.issue", resource)
when { principal.state == "active" };

@id("ssh_ca.active_people_prove_themselves_at_the_gateway")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"ssh_gateway.read", Reeve::Action::"ssh_certificate.issue_for_gateway"],
  resource
)
when { principal.state == "active" };

@id("ssh_ca.gateways_say_where_they_are")
permit (principal == Reeve::Component::"gateway", action == Reeve::Action::"ssh_gateway.announce", resource);

@id("ssh_ca.people_see_and_end_their_own")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"ssh_certificate.list_own", Reeve::Action::"ssh_certificate.revoke_own"],
  resource
)
when { principal.state == "active" };

@id("ssh_ca.officers_and_auditors_see")
permit (principal is Reeve::Identity, action in [Reeve::Action::"ssh_ca.read", Reeve::Action::"ssh_certificate.list"], resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("ssh_ca.officers_set_up_and_end")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"ssh_ca.set_up", Reeve::Action::"ssh_ca.certify_host", Reeve::Action::"ssh_ca.rotate",
    Reeve::Action::"ssh_certificate.revoke"
  ],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("ssh_ca.everybody_may_know_what_is_trusted_and_revoked")
permit (principal, action == Reeve::Action::"ssh_ca.publish", resource);

@id("ssh_ca.reeve_keeps_targets_current")
permit (
  principal == Reeve::Component::"ssh_ca",
  action in [
    Reeve::Action::"ssh_ca.set_up", Reeve::Action::"ssh_ca.certify_host", Reeve::Action::"ssh_ca.rotate", Reeve::Action::"ssh_ca.sign_for_host",
    Reeve::Action::"ssh_certificate.revoke"
  ],
  resource
);
`;
