import { Link } from '@tanstack/react-router';
import type { Account, Drift, Grant } from '../../api/shapes/people.ts';
import { Privileged, RiskBadge, StateBadge } from '../../ui/show/badges.tsx';
import { Countdown, TimeAgo } from '../../ui/show/time-ago.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { effectTone } from '../requests/request-words.ts';
import { accountTone } from './identity-words.ts';

/** What should be: each grant with why it is there. */
export const GrantTable = ({ grants }: { readonly grants: readonly Grant[] }) => (
  <PlainTable
    label="Grants"
    rows={grants}
    rowId={({ id }) => id}
    empty="Holds no access through Reeve."
    columns={[
      { id: 'what', header: 'Access', title: true, cell: (grant) => grant.entitlement?.name ?? grant.role?.name },
      {
        id: 'system',
        header: 'System',
        cell: (grant) => grant.entitlement?.system.name ?? <span className="dim">role</span>,
      },
      {
        id: 'risk',
        header: 'Risk',
        cell: (grant) => (grant.entitlement === null ? '' : <RiskBadge risk={grant.entitlement.risk} />),
      },
      {
        id: 'because',
        header: 'Why',
        cell: (grant) =>
          grant.origin === 'request' && grant.originId !== null ? (
            <Link to="/requests/$id" params={{ id: grant.originId }}>
              {grant.because}
            </Link>
          ) : (
            grant.because
          ),
      },
      {
        id: 'until',
        header: 'Until',
        cell: (grant) =>
          grant.state === 'ended' ? (
            <span className="dim">ended: {grant.endedBecause}</span>
          ) : grant.validTo === null ? (
            <span className="dim">for good</span>
          ) : (
            <Countdown to={grant.validTo} />
          ),
      },
      { id: 'used', header: 'Last used', cell: (grant) => <TimeAgo at={grant.lastUsedAt} never="never" /> },
      {
        id: 'effect',
        header: 'On the target',
        cell: (grant) => <StateBadge tone={effectTone[grant.effect]}>{grant.effect}</StateBadge>,
      },
    ]}
  />
);

/** What is, as last read: the accounts on the targets. */
export const AccountTable = ({ accounts }: { readonly accounts: readonly Account[] }) => (
  <PlainTable
    label="Accounts"
    rows={accounts}
    rowId={({ id }) => id}
    empty="No account on any system read so far."
    columns={[
      {
        id: 'account',
        header: 'Account',
        title: true,
        cell: (account) => <span className="mono">{account.name}</span>,
      },
      { id: 'system', header: 'System', cell: (account) => account.system.name },
      {
        id: 'state',
        header: 'State',
        cell: (account) => <StateBadge tone={accountTone[account.state]}>{account.state}</StateBadge>,
      },
      {
        id: 'privileged',
        header: 'Privilege',
        cell: (account) =>
          account.privileged ? (
            <span className="row">
              <Privileged because={account.privilegedBecause} />
              <span className="dim small">{account.privilegedBecause.join('; ')}</span>
            </span>
          ) : (
            <span className="dim">none</span>
          ),
      },
      { id: 'used', header: 'Last used', cell: (account) => <TimeAgo at={account.lastUsedAt} never="unknown" /> },
    ]}
  />
);

/** Where the two differ. Drift is never silent: it is adopted, reviewed or removed. */
export const DriftTable = ({ drift }: { readonly drift: readonly Drift[] }) => (
  <PlainTable
    label="Drift"
    rows={drift}
    rowId={({ id }) => id}
    empty="What should be and what is agree."
    columns={[
      { id: 'what', header: 'Access', title: true, cell: (row) => row.entitlement.name },
      {
        id: 'account',
        header: 'Account',
        cell: (row) => (
          <span className="mono">
            {row.account.name}@{row.system.name}
          </span>
        ),
      },
      {
        id: 'kind',
        header: 'Difference',
        cell: (row) => (
          <StateBadge tone={row.kind === 'unexpected' ? 'bad' : 'wait'}>
            {row.kind === 'unexpected' ? 'on the target, not granted' : 'granted, not on the target'}
          </StateBadge>
        ),
      },
      { id: 'since', header: 'Since', cell: (row) => <TimeAgo at={row.since} /> },
    ]}
  />
);
