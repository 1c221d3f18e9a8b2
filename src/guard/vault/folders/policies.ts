/** Default policies of folders. What opens one is an entitlement; an officer makes folders and does not thereby read them. */
export const folderPolicies = `
@id("vault.officers_and_auditors_see_folders")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"secret_folder.list", Reeve::Action::"secret_folder.read"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("vault.officers_keep_folders")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"secret_folder.create", Reeve::Action::"secret_folder.remove"],
  resource
)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer"]) };

@id("vault.owners_see_their_folders")
permit (principal is Reeve::Identity, action == Reeve::Action::"secret_folder.read", resource is Reeve::SecretFolder)
when { principal.state == "active" && resource.owner == principal };

@id("vault.readers_fetch")
@obligation("record")
permit (
  principal is Reeve::Identity,
  action in [Reeve::Action::"secret_folder.read", Reeve::Action::"secret_folder.fetch"],
  resource is Reeve::SecretFolder
)
when { principal.state == "active" && principal.folders.contains(resource.reading) };

@id("vault.what_lies_in_a_folder_is_written_by_who_may_write_there")
forbid (principal, action == Reeve::Action::"secret.update", resource is Reeve::Secret)
when { resource has folder };

@id("vault.writers_write")
@obligation("record")
permit (principal is Reeve::Identity, action == Reeve::Action::"secret_folder.write", resource is Reeve::SecretFolder)
when { principal.state == "active" && principal.folders.contains(resource.writing) };
`;
