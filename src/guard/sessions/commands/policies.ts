/** Who decides about commands that wait for somebody's word. */
export const commandPolicies = `
@id("sessions.officers_decide_commands")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"held_command.list", Reeve::Action::"held_command.decide"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["security_officer", "administrator"]) };

@id("sessions.nobody_decides_their_own_commands")
forbid (principal is Reeve::Identity, action == Reeve::Action::"held_command.decide", resource is Reeve::HeldCommand)
when { resource.session.holder == principal };

@id("sessions.only_people_decide_commands")
forbid (principal is Reeve::Identity, action == Reeve::Action::"held_command.decide", resource is Reeve::HeldCommand)
when { principal.kind != "person" };

@id("sessions.reeve_notes_commands")
permit (principal == Reeve::Component::"gateway", action == Reeve::Action::"session.note_command", resource);
`;
