/** Default policies of keys and of logins that their person agrees to. Keys of one's own are in sign-in's. */
export const policies = `
@id("devices.active_people_decide_about_their_logins")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"ssh_login.find", Reeve::Action::"ssh_login.agree", Reeve::Action::"ssh_login.deny"],
  resource
)
when { principal.state == "active" };

@id("devices.gateways_ask_for_people")
permit (
  principal == Reeve::Component::"devices",
  action in [Reeve::Action::"ssh_login.ask", Reeve::Action::"ssh_login.keep"],
  resource
);

@id("devices.officers_and_auditors_see_how_people_sign_in")
permit (principal is Reeve::Identity, action == Reeve::Action::"ssh_login_policy.read", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("devices.officers_say_how_people_sign_in")
permit (principal is Reeve::Identity, action == Reeve::Action::"ssh_login_policy.set", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("devices.officers_and_auditors_see_keys")
permit (principal is Reeve::Identity, action == Reeve::Action::"ssh_key.list_of", resource is Reeve::Identity)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("devices.officers_revoke_keys")
permit (principal is Reeve::Identity, action == Reeve::Action::"ssh_key.revoke", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };
`;
