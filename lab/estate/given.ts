/** What such systems are privileged by anyway: true, found, and nobody's plant. */
export const GIVEN: readonly { readonly on: RegExp; readonly account: RegExp; readonly kind: RegExp }[] = [
  {
    on: /^(?:web|db|app|jump)/u,
    account: /^root$/u,
    kind: /^(?:uid_zero|never_expiring_password|key_opens_privileged|root_by_password)$/u,
  },
  // The lab's own management account: a key, a password without an end, every command.
  {
    on: /^(?:web|db|app|jump)/u,
    account: /^reeve$/u,
    kind: /^(?:sudo|never_expiring_password|service_shell|key_opens_privileged)$/u,
  },
  { on: /^pg$/u, account: /^postgres$|^lab_|^admin$|^labadmin$/u, kind: /^superuser$|^role_control$|^all_data$/u },
  { on: /^maria$/u, account: /^reeve$|^root@|^mariadb\.sys@/u, kind: /./u },
  { on: /^ldap$/u, account: /^(?:cn=|reeve)/u, kind: /./u },
  { on: /^ad$/u, account: /^(?:Administrator|krbtgt|dns-dc1)$/u, kind: /./u },
];

/** Second findings of one plant: the same thing seen from its other side. */
export const ALSO: readonly { readonly on: string; readonly account: string; readonly kind: string }[] = [
  { on: 'web1', account: 'toor', kind: 'key_opens_privileged' },
  { on: 'web1', account: 'root', kind: 'key_opens_privileged' },
  { on: 'web2', account: 'mia', kind: 'sudo' },
  { on: 'app1', account: 'ines', kind: 'group' },
  { on: 'app1', account: 'ines', kind: 'sudo' },
  { on: 'app1', account: 'rosa', kind: 'group' },
  { on: 'app1', account: 'rosa', kind: 'sudo' },
  { on: 'jump1', account: 'deploybot', kind: 'sudo' },
  { on: 'jump1', account: 'hugo', kind: 'key_leads_to' },
  { on: 'app1', account: 'svc-backup', kind: 'never_expiring_password' },
  { on: 'app1', account: 'jonas', kind: 'group' },
  { on: 'db1', account: 'root', kind: 'key_opens_privileged' },
  { on: 'web1', account: 'toor', kind: 'keys_writable' },
  { on: 'app1', account: 'magne', kind: 'group' },
  { on: 'app1', account: 'rosa', kind: 'key_opens_privileged' },
  { on: 'jump1', account: 'pia', kind: 'sudo' },
  { on: 'ldap', account: 'walt', kind: 'sudo' },
  { on: 'maria', account: 'boss', kind: 'role_control' },
  { on: 'web1', account: 'halvdan', kind: 'sudo' },
  { on: 'app1', account: 'root', kind: 'trusted_ca' },
  { on: 'pg', account: '', kind: 'stored_password' },
  { on: 'pg', account: 'path_maker', kind: 'owns' },
  ...['boss', 'filer', 'tom', 'giver', 'caller', 'proxy_tool', 'tables_tool', 'keeper_maker', 'columns', 'definer', 'far_maker', 'library_loader', 'outer', 'reloader', 'replayer', 'routine_caller', 'stopper', 'wide'].map((account) => ({
    on: 'maria',
    account,
    kind: 'open_to_network',
  })),
];
