/**
 * Default policies of the keys. One person may seal. A share is worth nothing alone and is itself what proves that one
 * may bring it; taking one hands out the asker's own and no other. Root keys change by administrators. Whoever opens the
 * vault, or changes what it hangs on, proves afresh that it is them; sealing, which is for when somebody is in already,
 * waits for nothing.
 */
export const policies = `
@id("keys.everybody_sees_whether_it_is_sealed")
permit (principal is Reeve::Identity, action == Reeve::Action::"vault_key.see", resource)
when { principal.state == "active" };

@id("keys.officers_and_auditors_read_the_state")
permit (principal is Reeve::Identity, action == Reeve::Action::"vault_key.read", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("keys.one_operator_seals")
permit (principal is Reeve::Identity, action in [Reeve::Action::"vault_key.seal", Reeve::Action::"vault_key.verify"], resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("keys.one_operator_unseals_on_a_fresh_proof")
@obligation("step_up")
permit (principal is Reeve::Identity, action == Reeve::Action::"vault_key.unseal", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("keys.who_has_a_share_brings_it")
@obligation("step_up")
permit (principal is Reeve::Identity, action in [Reeve::Action::"vault_key.enter_share", Reeve::Action::"vault_key.take_share"], resource)
when { principal.state == "active" };

@id("keys.administrators_change_root_keys")
@obligation("step_up")
permit (principal is Reeve::Identity, action == Reeve::Action::"vault_key.change", resource)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("keys.administrators_record_drills")
permit (principal is Reeve::Identity, action == Reeve::Action::"vault_key.drill", resource)
when { principal.state == "active" && principal.roles.contains("administrator") };

@id("keys.reeve_moves_data_keys")
permit (principal == Reeve::Component::"keys", action in [Reeve::Action::"vault_key.rewrap", Reeve::Action::"vault_key.verify", Reeve::Action::"vault_key.lose"], resource);
`;
