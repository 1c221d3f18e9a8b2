/** Default policies: officers and auditors see, administrators set, officers have it proved; Reeve itself proves and looks. */
export const policies = `
@id("isolation.officers_and_auditors_see")
permit (principal is Reeve::Identity, action == Reeve::Action::"isolation.read", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("isolation.administrators_set")
permit (principal is Reeve::Identity, action == Reeve::Action::"isolation.set", resource)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("isolation.officers_have_it_proved")
permit (principal is Reeve::Identity, action == Reeve::Action::"isolation.prove", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("isolation.reeve_proves_and_looks")
permit (
  principal == Reeve::Component::"isolation",
  action in [Reeve::Action::"isolation.prove", Reeve::Action::"isolation.keep"],
  resource
);
`;
