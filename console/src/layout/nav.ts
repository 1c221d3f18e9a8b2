import type { RegisteredRouter } from '@tanstack/react-router';
import { can } from '../api/me.ts';
import type { Me } from '../api/shapes/people.ts';
import type { IconName } from '../ui/show/icon.tsx';

interface NavEntry {
  readonly to: keyof RegisteredRouter['routesByPath'];
  readonly label: string;
  readonly icon: IconName;
  readonly keys: string;
  readonly keywords?: string;
  /** Any of these actions opens it; none: everybody has it. */
  readonly needs?: readonly string[];
}

interface NavGroup {
  readonly label: string | undefined;
  readonly entries: readonly NavEntry[];
}

const groups: readonly NavGroup[] = [
  {
    label: undefined,
    entries: [
      { to: '/', label: 'Home', icon: 'home', keys: 'g h' },
      { to: '/inbox', label: 'Inbox', icon: 'inbox', keys: 'g i', keywords: 'approvals approve decide' },
      { to: '/access', label: 'My access', icon: 'key', keys: 'g m', keywords: 'grants connect give back' },
      {
        to: '/connect',
        label: 'Connect',
        icon: 'terminal',
        keys: 'g T',
        keywords: 'terminal ssh open account launcher files browser',
        needs: ['browser_session.ask'],
      },
      {
        to: '/answering',
        label: 'What you answer for',
        icon: 'people',
        keys: 'g q',
        keywords: 'sponsor owner vendor contractor service agent renew handover',
      },
      {
        to: '/vendors',
        label: 'Vendors',
        icon: 'people',
        keys: 'g 2',
        keywords: 'outside third party contractors companies sponsor invite hours window',
        needs: ['vendor.list'],
      },
      { to: '/requests', label: 'Requests', icon: 'list', keys: 'g r' },
      {
        to: '/emergency',
        label: 'Emergency access',
        icon: 'alert',
        keys: 'g x',
        keywords: 'break-glass firecall urgent locked path review',
      },
      {
        to: '/identities',
        label: 'Identities',
        icon: 'people',
        keys: 'g p',
        keywords: 'people users services',
        needs: ['identity.list'],
      },
    ],
  },
  {
    label: 'Govern',
    entries: [
      {
        to: '/sources',
        label: 'People sources',
        icon: 'rotate',
        keys: 'g u',
        keywords: 'hr feed delivery import joiner leaver',
        needs: ['source.list'],
      },
      {
        to: '/receipts',
        label: 'Joiners and leavers',
        icon: 'person',
        keys: 'g j',
        keywords: 'receipts mover leaver joiner lifecycle',
        needs: ['receipt.list'],
      },
      {
        to: '/correlation',
        label: 'Whose accounts are',
        icon: 'search',
        keys: 'g w',
        keywords: 'correlation owner orphan match rules weights',
        needs: ['correlation_case.list'],
      },
      {
        to: '/drift',
        label: 'Drift',
        icon: 'columns',
        keys: 'g t',
        keywords: 'reconciliation out-of-band unfounded missing orphan',
        needs: ['drift_case.list'],
      },
      {
        to: '/changes',
        label: 'Changes',
        icon: 'alert',
        keys: 'g n',
        keywords: 'mass change guard held limits undo canary',
        needs: ['mass_change.list'],
      },
      {
        to: '/direct-grants',
        label: 'Given directly',
        icon: 'key',
        keys: 'g 0',
        keywords: 'direct grants give access without request appoint administrator',
        needs: ['grant.list'],
      },
      {
        to: '/birthrights',
        label: 'Birthrights',
        icon: 'list',
        keys: 'g x',
        keywords: 'rules automatic default assignment joiner',
        needs: ['birthright.list'],
      },
      {
        to: '/roles',
        label: 'Roles',
        icon: 'columns',
        keys: 'g b',
        keywords: 'business it hierarchy versions impact publish',
        needs: ['role_version.list'],
      },
      {
        to: '/catalogue',
        label: 'Catalogue',
        icon: 'list',
        keys: 'g k',
        keywords: 'entitlements groups permissions owners stewardship tags data class',
      },
      {
        to: '/role-mining',
        label: 'Role mining',
        icon: 'search',
        keys: 'g l',
        keywords: 'candidate roles outliers matrix bundles',
        needs: ['role_mining.list'],
      },
      {
        to: '/campaigns',
        label: 'Certifications',
        icon: 'certify',
        keys: 'g c',
        keywords: 'campaigns review recertify',
      },
      {
        to: '/sod',
        label: 'Separation of duties',
        icon: 'scale',
        keys: 'g d',
        keywords: 'sod conflicts violations',
        needs: ['sod_rule.list'],
      },
      {
        to: '/risk',
        label: 'Risk',
        icon: 'alert',
        keys: 'g 1',
        keywords: 'riskiest people score level jump outlier',
        needs: ['identity_risk.list'],
      },
    ],
  },
  {
    label: 'Guard',
    entries: [
      {
        to: '/sessions',
        label: 'Sessions',
        icon: 'terminal',
        keys: 'g s',
        keywords: 'recordings replay live',
        needs: ['session.list'],
      },
      {
        to: '/find',
        label: 'Find in sessions',
        icon: 'search',
        keys: 'g F',
        keywords: 'search command statement recording',
        needs: ['session.search'],
      },
      {
        to: '/keeping',
        label: 'Keeping recordings',
        icon: 'clock',
        keys: 'g H',
        keywords: 'retention legal hold purge class',
        needs: ['recording.see_keeping'],
      },
      {
        to: '/live',
        label: 'Live sessions',
        icon: 'play',
        keys: 'g V',
        keywords: 'wall watch observe pause',
        needs: ['session.watch'],
      },
      {
        to: '/ssh-sign-in',
        label: 'SSH sign-in',
        keys: 'g S',
        icon: 'lock',
        keywords: 'ssh login key step-up device code gateway',
        needs: ['ssh_login_policy.read'],
      },
      {
        to: '/locks',
        label: 'Locks',
        icon: 'lock',
        keys: 'g K',
        keywords: 'lock unlock stop contain incident',
        needs: ['lock.list'],
      },
      {
        to: '/systems',
        label: 'Systems',
        icon: 'server',
        keys: 'g y',
        keywords: 'targets accounts privileged',
        needs: ['system.list'],
      },
      {
        to: '/vault',
        label: 'Vault',
        icon: 'lock',
        keys: 'g v',
        keywords: 'secrets passwords checkout',
        needs: ['secret.list'],
      },
      {
        to: '/rotations',
        label: 'Rotations',
        icon: 'rotate',
        keys: 'g ,',
        keywords: 'rotate credentials passwords keys waves canary drift policies',
        needs: ['rotation.list'],
      },
      {
        to: '/certificates',
        label: 'SSH certificates',
        icon: 'key',
        keys: 'g C',
        keywords: 'ssh ca authority krl revocation hosts',
        needs: ['ssh_ca.read'],
      },
      {
        to: '/leases',
        label: 'Leases',
        icon: 'clock',
        keys: 'g L',
        keywords: 'dynamic database users postgres mariadb temporary',
        needs: ['lease.list_own'],
      },
      {
        to: '/workloads',
        label: 'Programs',
        icon: 'key',
        keys: 'g P',
        keywords: 'workloads oidc jwt mtls certificates spiffe ssh host keys issuers',
        needs: ['workload.list'],
      },
      {
        to: '/findings',
        label: 'Discovery',
        icon: 'radar',
        keys: 'g f',
        keywords: 'findings orphan privileged',
        needs: ['finding.list'],
      },
    ],
  },
  {
    label: undefined,
    entries: [
      { to: '/audit', label: 'Audit', icon: 'log', keys: 'g a', keywords: 'events log proof', needs: ['audit.read'] },
      {
        to: '/policies',
        label: 'Policies',
        icon: 'policy',
        keys: 'g o',
        keywords: 'cedar rules',
        needs: ['policy.list'],
      },
      {
        to: '/approval-policy',
        label: 'Approval policy',
        icon: 'policy',
        keys: 'g z',
        keywords: 'who approves what approvers steps dry run',
        needs: ['approval_policy.read'],
      },
      {
        to: '/notices',
        label: 'Notices',
        icon: 'inbox',
        keys: 'g g',
        keywords: 'webhooks mail calendars holidays working hours links',
        needs: ['webhook.list', 'notice.list'],
      },
      {
        to: '/nodes',
        label: 'Nodes',
        icon: 'server',
        keys: 'g 8',
        keywords: 'processes gateways api worker drain upgrade version',
        needs: ['node.list'],
      },
      {
        to: '/settings',
        label: 'Settings',
        icon: 'settings',
        keys: 'g e',
        keywords: 'passkeys ssh keys tokens theme deputies absence',
      },
    ],
  },
];

/** The rail as this person sees it: what policy would refuse is not offered. */
export const navFor = (me: Me): readonly NavGroup[] =>
  groups
    .map(({ label, entries }) => ({
      label,
      entries: entries.filter(({ needs }) => needs === undefined || needs.some((action) => can(me, action))),
    }))
    .filter(({ entries }) => entries.length > 0);
