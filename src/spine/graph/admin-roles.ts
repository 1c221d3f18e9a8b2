/** Reeve as a system of the graph; seeded by migration 0001. */
export const REEVE_SYSTEM_ID = '00000000-0000-7000-8000-000000000001';

/** The admin roles of Reeve: entitlements on the system `reeve`; holding one is a live grant. */
export const ADMIN_ROLES = {
  administrator: '00000000-0000-7000-8000-000000000011',
  security_officer: '00000000-0000-7000-8000-000000000012',
  auditor: '00000000-0000-7000-8000-000000000013',
  campaign_owner: '00000000-0000-7000-8000-000000000014',
  helpdesk: '00000000-0000-7000-8000-000000000015',
} as const;
export type AdminRole = keyof typeof ADMIN_ROLES;
