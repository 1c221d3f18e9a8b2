/** Every kind of observation, with the rule that says what it means. */
import type { Observation } from '#connectors/port.ts';
import { keyOf, worse, type PrivilegePath, type Rule, type Severity, type Surroundings } from '../model.ts';
import * as database from './database.ts';
import * as domain from './domain.ts';
import { held } from './held.ts';
import * as passwords from './passwords.ts';
import { sudo } from './sudo.ts';
import * as accounts from './unix-accounts.ts';
import * as doors from './unix-doors.ts';
import * as files from './unix-files.ts';

/** Rules that need to know of nobody else; then those that weigh by the power found, in an order in which power can be lent on. */
const first: Readonly<Record<string, Rule>> = {
  held,
  uid_zero: accounts.uidZero,
  group: accounts.group,
  setgid: files.setgid,
  capability: files.capability,
  writable_file: files.writableFile,
  control_socket: files.writableFile,
  root_runs_writable: files.rootRunsWritable,
  readable_secret: files.readableSecret,
  docker_tcp: doors.dockerTcp,
  given_capability: doors.givenCapability,
  pam_trust: doors.pamTrust,
  root_by_password: doors.rootByPassword,
  group_admin: doors.groupAdmin,
  group_password: doors.groupPassword,
  polkit: doors.polkit,
  kerberos_login: doors.kerberosLogin,
  export: doors.exported,
  open_pam: doors.openPam,
  trusted_ca: doors.trustedCa,
  empty_by_network: doors.emptyByNetwork,
  doas: sudo,
  open_service: doors.openService,
  loose_block: doors.looseBlock,
  password_tap: doors.passwordTap,
  current_folder: doors.currentFolder,
  definer_routine: database.definerRoutine,
  server_function: database.serverFunction,
  dangerous_function: database.dangerousFunction,
  grant_option: database.grantOption,
  open_to_all: database.openToAll,
  owns: database.owns,
  parameter: database.parameter,
  open_login: database.openLogin,
  open_language: database.openLanguage,
  reads_hashes: database.readsHashes,
  borrowed_trigger: database.borrowedTrigger,
  mapped_login: database.mappedLogin,
  loaded_at_login: database.loadedAtLogin,
  definer_view: database.definerView,
  open_mapping: database.openMapping,
  writes_catalogue: database.writesCatalogue,
  borrowed_code: database.borrowedCode,
  borrowed_path: database.borrowedPath,
  delegation: domain.delegation,
  acts_on_behalf: domain.actsOnBehalf,
  reads_password_of: domain.readsPasswordOf,
  reads_local_password: domain.readsLocalPassword,
  certificate_login: doors.certificateLogin,
  id_range: doors.idRange,
  network_accounts: doors.networkAccounts,
  controls_computer: domain.controlsComputer,
  key_credential: domain.keyCredential,
  certificate_template: domain.certificateTemplate,
  certificate_authority: domain.certificateAuthority,
  posix_root: domain.posixRoot,
  mapped_certificate: domain.mappedCertificate,
  guest_enabled: domain.guestEnabled,
  admin_count: domain.adminCount,
  open_rule: domain.openRule,
};
const lending: Readonly<Record<string, Rule>> = {
  sudo,
  setuid: files.setuid,
  runs_writable: files.runsWritable,
  startup_writable: files.startupWritable,
  uid_twin: doors.uidTwin,
};
const last: Readonly<Record<string, Rule>> = {
  sudo_exempt: doors.sudoExempt,
  keys_writable: files.keysWritable,
  trusted_host: doors.trustedHost,
  auto_login: doors.autoLogin,
  weak_hash: passwords.weakHash,
  private_key_readable: files.privateKeyReadable,
  secret_in_file: files.secretInFile,
  secret_in_attribute: passwords.secretInAttribute,
  service_shell: accounts.serviceShell,
  password: passwords.password,
  weak_password: passwords.weakPassword,
  plain_password: passwords.plainPassword,
  reversible_password: passwords.reversiblePassword,
  password_not_required: passwords.passwordNotRequired,
  stored_password: passwords.storedPassword,
  anonymous: passwords.anonymous,
  last_use: passwords.lastUse,
  scheduled_event: database.scheduledEvent,
  no_laps: domain.noLaps,
  machine_quota: domain.machineQuota,
  anonymous_read: domain.anonymousRead,
  unprotected_groups: domain.unprotectedGroups,
  ticket_key: domain.ticketKey,
};

/** Everything a look comes to, each path once, in a stable order. What no rule knows is left out. */
export function judge(
  observations: readonly Observation[],
  around: Omit<Surroundings, 'powerOf'>,
): readonly PrivilegePath[] {
  const power = new Map<string, Severity>();
  const paths = new Map<string, PrivilegePath>();
  const surroundings: Surroundings = { ...around, powerOf: (account) => power.get(account) };
  const run = (rules: Readonly<Record<string, Rule>>): void => {
    for (const observation of observations)
      for (const judgement of rules[observation.kind]?.(observation, surroundings) ?? []) {
        const { account, about, place } = observation;
        const path: PrivilegePath = { about, ...judgement, account, evidence: place };
        paths.set(keyOf(path), path);
        if (!judgement.power || judgement.severity === 'low' || account === '') continue;
        // A set-user-ID program is power of whoever runs it, not of its owner.
        const worst = judgement.kind === 'setuid' ? undefined : worse(power.get(account), judgement.severity);
        if (worst !== undefined) power.set(account, worst);
      }
  };
  run(first);
  // Twice: a rule may run as somebody whose power is itself a rule's.
  run(lending);
  run(lending);
  run(last);
  // What a superuser owns adds nothing to what it may do anyway.
  const masters = new Set([...paths.values()].filter(({ kind }) => kind === 'superuser').map(({ account }) => account));
  for (const [key, { kind, account }] of paths) if (kind === 'owns' && masters.has(account)) paths.delete(key);
  return [...paths].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}
