/** Default policies: officers and auditors see, officers answer, administrators say when and sweep; Reeve itself looks. */
export const policies = `
@id("privileges.officers_and_auditors_see")
permit (principal is Reeve::Identity, action == Reeve::Action::"privilege.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("privileges.officers_look_and_answer")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"privilege.look", Reeve::Action::"privilege.answer", Reeve::Action::"privilege.change"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("privileges.administrators_schedule_and_sweep")
permit (principal is Reeve::Identity, action in [Reeve::Action::"privilege.schedule", Reeve::Action::"privilege.sweep"], resource)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("privileges.reeve_looks")
permit (
  principal == Reeve::Component::"privileges",
  action in [Reeve::Action::"privilege.keep", Reeve::Action::"privilege.look", Reeve::Action::"privilege.carry_out"],
  resource
);
`;
