import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { rotateAccount } from '../../api/guard.ts';
import { can, useMe } from '../../api/me.ts';
import { useRows } from '../../api/pages.ts';
import { accountList, lockOrphans } from '../../api/people.ts';
import type { Account } from '../../api/shapes/people.ts';
import { useAct } from '../../ui/feedback/act.ts';
import { confirm } from '../../ui/feedback/confirm.tsx';
import { Page } from '../../ui/page.tsx';
import { Privileged, StateBadge } from '../../ui/show/badges.tsx';
import { Facts } from '../../ui/show/facts.tsx';
import { TimeAgo } from '../../ui/show/time-ago.tsx';
import type { Column, Command } from '../../ui/table/column.ts';
import { ListView } from '../../ui/table/list-view.tsx';
import { parseTokens } from '../../ui/table/tokens.ts';
import { useListSearch } from '../../ui/table/use-list-search.ts';
import { stateTone } from '../identities/identity-words.ts';
import { AssignDialog } from './assign-dialog.tsx';

const facets = {
  system: { label: 'System' },
  privileged: { label: 'Privileged', values: ['yes', 'no'] },
  owner: { label: 'Owner', values: ['none', 'known'] },
  state: { label: 'State', values: ['active', 'locked', 'gone'] },
  kind: { label: 'Kind', values: ['personal', 'service', 'shared', 'unknown'] },
};
const reasons = (row: Account): readonly string[] => row.privilegedBecause.map(({ reason }) => reason);
const whose = (row: Account) =>
  row.identityId === null ? (
    <StateBadge tone="bad">nobody</StateBadge>
  ) : (
    <Link to="/identities/$id" params={{ id: row.identityId }}>
      {row.identityName ?? row.identityId}
    </Link>
  );
const state = (row: Account) => <StateBadge tone={stateTone(row.state)}>{row.state}</StateBadge>;

const columns: readonly Column<Account>[] = [
  {
    id: 'account',
    header: 'Account',
    width: '17%',
    title: true,
    cell: (row) => <span className="mono">{row.name}</span>,
  },
  { id: 'system', header: 'System', width: '14%', cell: (row) => row.systemName ?? '' },
  { id: 'whose', header: 'Whose', width: '17%', cell: whose },
  { id: 'kind', minor: true, header: 'Kind', width: '7rem', cell: (row) => row.kind },
  { id: 'state', header: 'State', width: '7rem', cell: state },
  {
    id: 'privilege',
    header: 'Privilege',
    width: '7rem',
    cell: (row) => (row.privileged ? <Privileged because={reasons(row)} /> : <span className="dim">none</span>),
  },
  {
    id: 'because',
    minor: true,
    header: 'Because',
    cell: (row) => <span title={reasons(row).join('\n')}>{reasons(row).join('; ')}</span>,
  },
  {
    id: 'used',
    minor: true,
    header: 'Last used',
    width: '8rem',
    cell: (row) => <TimeAgo at={row.lastUsedAt} never="unknown" />,
  },
];

const Detail = ({ account }: { readonly account: Account }) => (
  <div className="stack">
    <Facts
      of={[
        [
          'Account',
          <span key="name" className="mono">
            {account.name}
          </span>,
        ],
        ['System', account.systemName ?? undefined],
        ['Whose', whose(account)],
        ['Known by', account.linkedBecause ?? undefined],
        ['Kind', account.kind],
        ['State', state(account)],
        ['Last used', <TimeAgo key="used" at={account.lastUsedAt} never="the system does not say" />],
        ['Seen since', <TimeAgo key="since" at={account.validFrom} />],
      ]}
    />
    {account.privileged ? (
      <section>
        <h3>Privileged because</h3>
        <ul>
          {account.privilegedBecause.map(({ source, reason, evidence }) => (
            <li key={`${source} ${reason}`}>
              {reason}
              {evidence === '' ? null : <div className="mono dim">{evidence}</div>}
            </li>
          ))}
        </ul>
      </section>
    ) : null}
  </div>
);

/** Every account on every system, with whose it is and why it counts as privileged. */
export const AccountsPage = () => {
  const me = useMe();
  const navigate = useNavigate();
  const [search, setSearch] = useListSearch();
  const { filters, words } = parseTokens(search.q ?? '', facets);
  const list = useRows(
    accountList({
      system: filters['system'],
      kind: filters['kind'],
      state: filters['state'],
      privileged: filters['privileged'] === undefined ? undefined : filters['privileged'] === 'yes',
      orphan: filters['owner'] === undefined ? undefined : filters['owner'] === 'none',
      search: words === '' ? undefined : words,
    }),
  );
  const rotate = useAct({
    run: ({ accounts, because }: { accounts: readonly Account[]; because: string }) =>
      Promise.all(accounts.map(({ id }) => rotateAccount(id, because))),
    stales: ['rotations', 'secrets'],
    done: () => 'Rotation planned; the vault shows when the new credential is proved',
    after: () => void navigate({ to: '/vault' }),
  });
  const [assigning, setAssigning] = useState<readonly Account[]>();
  const lock = useAct({
    run: ({ accounts, because }: { accounts: readonly Account[]; because: string }) =>
      lockOrphans(
        accounts.map(({ id }) => id),
        because,
      ),
    stales: ['accounts', 'drift', 'mass-changes'],
    done: ({ state: made }) =>
      made === 'held'
        ? 'Over the limit: it waits under Changes until somebody accepts it'
        : 'Locking them now; Drift shows how it went',
  });
  const commands: readonly Command<Account>[] = [
    {
      id: 'assign',
      label: 'Say whose it is…',
      keys: 'w',
      bulk: true,
      when: (row) => row.identityId === null && row.state !== 'gone' && can(me, 'account.assign'),
      run: (accounts) => setAssigning(accounts),
    },
    {
      id: 'lock',
      label: 'Lock, it is nobody’s…',
      keys: 'l',
      bulk: true,
      when: (row) =>
        row.identityId === null &&
        row.state === 'active' &&
        (row.kind === 'personal' || row.kind === 'unknown') &&
        can(me, 'drift_case.decide'),
      run: (accounts) =>
        void confirm({
          title:
            accounts.length === 1 && accounts[0] !== undefined
              ? `Lock ${accounts[0].name} on ${accounts[0].systemName ?? ''}?`
              : `Lock ${String(accounts.length)} accounts?`,
          text: 'Each is locked on its system and read back. It can be undone under Changes. Over a limit it waits until somebody accepts it.',
          action: 'Lock',
          danger: true,
          reason: 'required',
        }).then((answer) => (answer === undefined ? undefined : lock.mutate({ accounts, because: answer.reason }))),
    },
    {
      id: 'rotate',
      label: 'Take into the vault and rotate…',
      keys: 'e',
      bulk: true,
      when: (row) => row.state === 'active' && row.kind !== 'personal' && can(me, 'account.rotate'),
      run: (accounts) =>
        void confirm({
          title:
            accounts.length === 1 && accounts[0] !== undefined
              ? `Rotate ${accounts[0].name}@${accounts[0].systemName ?? ''}?`
              : `Rotate ${String(accounts.length)} accounts?`,
          text: 'Reeve sets a new credential on the target, proves it, and keeps it. Whoever knows the old one is locked out.',
          action: 'Rotate',
          danger: true,
          reason: 'required',
        }).then((answer) => (answer === undefined ? undefined : rotate.mutate({ accounts, because: answer.reason }))),
    },
  ];
  return (
    <Page
      fill
      title="Accounts"
      crumbs={<Link to="/systems">Systems</Link>}
      lead="Every account as last read, whose it is, and why it counts as privileged."
    >
      <ListView
        label="Accounts"
        list={list}
        columns={columns}
        rowId={(row) => row.id}
        rowName={(row) => `${row.name}@${row.systemName ?? ''}`}
        facets={facets}
        search={search}
        onSearch={setSearch}
        commands={commands}
        selectable
        detail={(row) => <Detail account={row} />}
        empty={{ title: 'No account read yet', text: 'Accounts appear once a connector has read a system.' }}
        cli={`reeve accounts ls${filters['privileged'] === 'yes' ? ' --privileged' : ''}${filters['system'] === undefined ? '' : ` --system ${filters['system']}`}`}
      />
      {assigning === undefined ? null : <AssignDialog accounts={assigning} onClose={() => setAssigning(undefined)} />}
    </Page>
  );
};
