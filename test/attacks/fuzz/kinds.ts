import type { Operation } from '#spine/operations/index.ts';

/** What the last collection in a path holds. A new one belongs here, and a row of it into one-of-each.ts. */
const KIND_OF: Readonly<Record<string, string>> = {
  identities: 'Identity',
  subjects: 'Identity',
  accounts: 'Account',
  systems: 'System',
  entitlements: 'Entitlement',
  catalogue: 'Entitlement',
  stewards: 'Steward',
  'rename-cases': 'RenameCase',
  roles: 'Role',
  grants: 'Grant',
  requests: 'Request',
  campaigns: 'Campaign',
  items: 'CampaignItem',
  sessions: 'Session',
  findings: 'Finding',
  runs: 'Run',
  sources: 'Source',
  clients: 'ScimClient',
  'mass-changes': 'MassChange',
  'change-limits': 'ChangeLimits',
  maintenance: 'MaintenanceWindow',
  receipts: 'Receipt',
  handovers: 'Handover',
  cases: 'CorrelationCase',
  provisioning: 'ProvisionTask',
  secrets: 'Secret',
  checkouts: 'Checkout',
  rules: 'SodRule',
  exceptions: 'SodException',
  versions: 'PolicyVersion',
  events: 'Event',
  birthrights: 'Birthright',
  passkeys: 'Passkey',
  tokens: 'Token',
  'ssh-keys': 'SshKey',
  'role-mining': 'MiningRun',
  'candidate-roles': 'CandidateRole',
  'role-versions': 'RoleVersion',
  notices: 'Notice',
  deputies: 'ApprovalDeputy',
};

/** What a path speaks of: the word before its parameter; empty where it has none. */
export const kindOf = (operation: Operation): string =>
  KIND_OF[/([a-z-]+)\/\{\w+\}/.exec(operation.path)?.[1] ?? ''] ?? '';
