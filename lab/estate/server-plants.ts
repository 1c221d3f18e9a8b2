/** Further plants on servers; how they come about is in their plans. */
import type { Plant } from './planting.ts';

export const SERVER_PLANTS: readonly Plant[] = [
  // PostgreSQL
  { on: 'pg', account: 'hash_reader', kind: 'reads_hashes', says: /pg_authid/u },
  { on: 'pg', account: 'file_reader', kind: 'server_files', says: /reads any file/u },
  { on: 'pg', account: 'would_be', kind: 'superuser', says: /superuser/u },
  { on: 'pg', account: 'trigger_author', kind: 'borrowed_trigger', says: /stamp on public\.ledger/u },
  { on: 'pg', account: '', kind: 'open_language', says: /functions in c /u },
  { on: 'pg', account: 'preloaded', kind: 'loaded_at_login', says: /auto_explain/u },
  { on: 'pg', account: 'old_md5', kind: 'weak_hash', says: /MD5/u },
  { on: 'pg', account: '', kind: 'open_to_all', says: /CREATE on schema public/u },
  { on: 'pg', account: '', kind: 'open_to_all', says: /INSERT on what/u },
  { on: 'pg', account: 'view_reader', kind: 'definer_view', says: /public\.people/u },
  { on: 'pg', account: 'mapped_free', kind: 'open_mapping', says: /copies/u },
  { on: 'pg', account: 'told_in_words', kind: 'secret_in_attribute', says: /comment on role/u },
  { on: 'pg', account: 'told_in_setting', kind: 'secret_in_attribute', says: /shop\.api_token/u },
  { on: 'pg', account: '', kind: 'definer_routine', says: /keep\(text\), which acts as file_keeper/u },
  { on: 'pg', account: 'postgres', kind: 'secret_in_attribute', says: /source of public\.far_away/u },
  // MariaDB
  { on: 'maria', account: 'two_ways', kind: 'weak_password', says: /name/u },
  { on: 'maria', account: 'by_socket@localhost', kind: 'mapped_login', says: /www-data.*unix_socket/u },
  { on: 'maria', account: 'by_socket@localhost', kind: 'superuser', says: /overrides checks/u },
  { on: 'maria', account: 'keeper_maker', kind: 'superuser', says: /keepers/u },
  { on: 'maria', account: '', kind: 'definer_view', says: /shop\.people/u },
  { on: 'maria', account: '', kind: 'stored_password', says: /far/u },
  { on: 'maria', account: 'proxy_tool', kind: 'role_control', says: /somebody else/u },
  { on: 'maria', account: 'nightly@localhost', kind: 'superuser', says: /every global privilege/u },
  { on: 'maria', account: 'tables_tool', kind: 'role_control', says: /own tables/u },
  // OpenLDAP
  { on: 'ldap', account: 'walt', kind: 'sudo', says: /any command as root.*without a password/u },
  { on: 'ldap', account: 'plain', kind: 'sudo', says: /by group %choir.*pattern/u },
  { on: 'ldap', account: '', kind: 'open_rule', says: /read password hashes/u },
  // Active Directory
  {
    on: 'ad',
    account: 'cert.clerk',
    kind: 'certificate_template',
    says: /FreeName, which names whom it logs in as \(ESC1\)/u,
  },
  { on: 'ad', account: '', kind: 'certificate_template', says: /FreeNameAll.*no authority offers it/u },
  { on: 'ad', account: 'cert.author', kind: 'certificate_template', says: /ESC4/u },
  { on: 'ad', account: 'svc-front', kind: 'acts_on_behalf', says: /WS01\$ \(resource-based/u },
  { on: 'ad', account: 'posix.zero', kind: 'directory_admin', says: /uidNumber 0/u },
  { on: 'ad', account: 'old.nis', kind: 'secret_in_attribute', says: /unixUserPassword/u },
];
