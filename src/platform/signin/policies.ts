/** Default policies of sign-in: what somebody may do before and after they are known. */
export const policies = `
@id("signin.anyone_may_prove_who_they_are")
permit (
  principal is Reeve::Anonymous,
  action in [
    Reeve::Action::"signin.start", Reeve::Action::"signin.status", Reeve::Action::"enrolment.use",
    Reeve::Action::"device_login.ask", Reeve::Action::"device_login.take"
  ],
  resource
);

@id("signin.signed_in_people_may_sign_in_again")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"signin.start", Reeve::Action::"signin.status", Reeve::Action::"enrolment.use",
             Reeve::Action::"device_login.ask", Reeve::Action::"device_login.take"],
  resource
);

@id("signin.active_people_manage_their_own_proofs")
permit (
  principal is Reeve::Identity,
  action in [
    Reeve::Action::"me.read", Reeve::Action::"signin.end", Reeve::Action::"signin.step_up", Reeve::Action::"signin_method.manage",
    Reeve::Action::"token.create", Reeve::Action::"token.list", Reeve::Action::"token.revoke",
    Reeve::Action::"device_login.read", Reeve::Action::"device_login.decide",
    Reeve::Action::"ssh_key.add", Reeve::Action::"ssh_key.list", Reeve::Action::"ssh_key.remove"
  ],
  resource
)
when { principal.state == "active" };

@id("signin.helpdesk_enrols_people")
permit (principal is Reeve::Identity, action == Reeve::Action::"enrolment.create", resource)
when { principal.state == "active" && (principal.roles.contains("administrator") || principal.roles.contains("helpdesk")) };

@id("signin.only_administrators_enrol_who_runs_reeve")
forbid (principal is Reeve::Identity, action == Reeve::Action::"enrolment.create", resource is Reeve::Identity)
when { !resource.roles.isEmpty() && !principal.roles.contains("administrator") };

@id("signin.boot_prints_the_first_link")
permit (principal == Reeve::Component::"boot", action == Reeve::Action::"enrolment.create", resource);

@id("signin.reeve_signs_leavers_out")
permit (principal == Reeve::Component::"signin", action == Reeve::Action::"signin.end_all", resource);

@id("signin.reeve_removes_keys_of_who_is_another")
permit (principal == Reeve::Component::"devices", action == Reeve::Action::"ssh_key.end_all", resource);
`;
